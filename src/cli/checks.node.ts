/** What `imago doctor` looks at: each check says what it found and whether that is good enough. */
import { constants } from "node:fs";
import { access, mkdir, statfs } from "node:fs/promises";
import { arch, availableParallelism, cpus, freemem, totalmem, type } from "node:os";
import { platform } from "#platform";
import type { Device } from "../runtime/engine.ts";
import { createRuntime, type Runtime } from "../runtime/index.ts";
import { timeProducts } from "../runtime/probe.ts";
import { bytes, rounded } from "./format.ts";

export interface Check {
  readonly name: string;
  /** "bad" is something Imago cannot do without; "missing" is something it can. */
  readonly state: "good" | "missing" | "bad";
  readonly found: string;
  /** The numbers behind the words, for --json. */
  readonly details?: { readonly [key: string]: string | number };
}

/** Node's oldest version that works: `engines` in package.json. */
const oldestNode = [20, 19] as const;

export function checkNode(version = process.versions.node): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const good = major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]);
  const found = good ? version : `${version} is too old; install Node ${oldestNode.join(".")} or later`;
  return { name: "node", state: good ? "good" : "bad", found };
}

export function checkMachine(): Check[] {
  const cores = availableParallelism();
  const model = cpus()[0]?.model.trim();
  const processor = `${cores} cores, ${type()} ${arch()}${model && model !== "unknown" ? `, ${model}` : ""}`;
  const memory = `${bytes(totalmem())}, ${bytes(freemem())} of it free`;
  return [
    { name: "processor", state: "good", found: processor, details: { cores } },
    { name: "memory", state: "good", found: memory, details: { total: totalmem(), free: freemem() } },
  ];
}

/** Starts each device of this platform and lets it multiply matrices. */
export async function checkDevices(): Promise<Check[]> {
  const checks: Check[] = [];
  for (const device of platform.devices) checks.push(await checkDevice(device));
  return checks;
}

async function checkDevice(device: Device): Promise<Check> {
  const failed = device === platform.fallbackDevice ? "bad" : "missing";
  const { missing, slow } = await platform.inspect(device);
  const objection = missing ?? slow;
  if (objection !== undefined) return { name: device, state: failed, found: `not here: ${objection}` };
  const runtime = createRuntime({ device });
  try {
    await runtime.ready();
    const { gflops, milliseconds } = await measureProducts(runtime);
    return {
      name: device,
      state: "good",
      found: `works: ${rounded(gflops)} GFLOP/s (a product of 1024 × 1024 matrices in ${rounded(milliseconds)} ms)`,
      details: { gflops },
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { name: device, state: failed, found: message };
  } finally {
    await runtime.dispose().catch(() => undefined);
  }
}

const side = 1024;
const productsPerRun = 4;

/** Speed of matrix products in 10⁹ multiplications and additions per second. */
async function measureProducts(runtime: Runtime): Promise<{ gflops: number; milliseconds: number }> {
  const engine = await runtime.internals.engine();
  const total = await timeProducts(engine, side, { threads: runtime.threads, repeats: 5 });
  const milliseconds = total / productsPerRun;
  return { gflops: (2 * side ** 3) / (milliseconds * 1e6), milliseconds };
}

/** sharp decodes pictures and writes sheets; it has a part for each platform, which an installation can lack. */
export async function checkSharp(): Promise<Check> {
  try {
    const { default: sharp } = await import("sharp");
    const png = await sharp({ create: { width: 2, height: 2, channels: 3, background: "red" } })
      .png()
      .toBuffer();
    await sharp(png).raw().toBuffer();
    const { sharp: own, vips } = sharp.versions;
    return { name: "sharp", state: "good", found: `works: ${own} with libvips ${vips}` };
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split("\n")[0] : String(error);
    return { name: "sharp", state: "bad", found: `${reason}; run npm install again on this machine` };
  }
}

/** Whether a folder can be made and written to, and how much room is left there. */
export async function checkFolder(name: string, folder: string, { make }: { make: boolean }): Promise<Check> {
  try {
    if (make) await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const full = free < 50e6;
    const room = `${bytes(free)} free${full ? ", too little for runs: make room" : ""}`;
    return { name, state: full ? "bad" : "good", found: `${folder}, writable, ${room}`, details: { free } };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, state: "bad", found: `${folder} cannot be written to: ${reason}` };
  }
}
