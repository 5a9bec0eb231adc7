/** A run that is killed again and again ends in the same bytes as one that was never stopped. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStream, deriveKey } from "../../src/tensor/random/index.ts";

const child = fileURLToPath(new URL("./kill-child.js", import.meta.url));
const kills = 20;
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "imago-kill-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** How one process is to end: by itself, at a file operation, or from outside so many ms after an event. */
type Fate = { crashAt: number } | { event: number; delay: number } | "live";
type End = { signal: NodeJS.Signals | null; errors: string };

/** Runs the child to its end. */
function run(out: string, fate: Fate): Promise<End> {
  const crashAt = fate !== "live" && "crashAt" in fate ? fate.crashAt : 0;
  const process = spawn(globalThis.process.execPath, [child, out, String(crashAt)]);
  let [events, errors] = [0, ""];
  process.stderr.on("data", (text) => (errors += text));
  process.stdout.on("data", (text: Buffer) => {
    const before = events;
    events += text.filter((byte) => byte === 10).length;
    if (fate === "live" || "crashAt" in fate || before >= fate.event || events < fate.event) return;
    setTimeout(() => process.kill("SIGKILL"), fate.delay);
  });
  return new Promise((resolve) => process.on("close", (_, signal) => resolve({ signal, errors })));
}

/** Half of the kills strike inside a file operation, half at any other moment. */
function fates(): Fate[] {
  const draws = createStream(deriveKey(7, "kills", 0)).uniform(new Float32Array(2 * kills));
  return Array.from({ length: kills }, (_, i) => {
    const [a, b] = [draws[2 * i]!, draws[2 * i + 1]!];
    return i % 2 === 0 ? { crashAt: 1 + Math.floor(a * 70) } : { event: 1 + Math.floor(a * 6), delay: b * 8 };
  });
}

const sha256 = async (file: string): Promise<string> =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
/** The log without what depends on the clock. */
const losses = async (out: string): Promise<unknown[]> =>
  (await readFile(join(out, "metrics.jsonl"), "utf8"))
    .trim()
    .split("\n")
    .map((line) => {
      const { step, losses, gradNorms } = JSON.parse(line) as { [key: string]: unknown };
      return { step, losses, gradNorms };
    });

describe(`a run killed ${kills} times (kill -9) and resumed each time`, () => {
  it("ends in the checkpoint, log and pictures of the uninterrupted run", async () => {
    const [whole, torn] = [join(folder, "whole"), join(folder, "torn")];
    expect(await run(whole, "live")).toEqual({ signal: null, errors: "" });
    let unfinished = 0;
    for (const fate of fates()) {
      expect(await run(torn, fate)).toEqual({ signal: "SIGKILL", errors: "" });
      const left = await readdir(join(torn, "checkpoints")).catch(() => []);
      if (left.some((name) => name.startsWith("."))) unfinished++;
    }
    // Otherwise no kill would have struck while a checkpoint was being written.
    expect(unfinished).toBeGreaterThan(2);
    expect(await run(torn, "live")).toEqual({ signal: null, errors: "" });
    for (const file of ["checkpoints/000400.safetensors", "samples/000300.png", "samples/000400.png"])
      expect(await sha256(join(torn, file)), file).toBe(await sha256(join(whole, file)));
    expect(await losses(torn)).toEqual(await losses(whole));
    expect(await readdir(join(torn, "checkpoints"))).toEqual(await readdir(join(whole, "checkpoints")));
  });
});
