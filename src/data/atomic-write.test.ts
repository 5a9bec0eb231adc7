import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { atomicWrite, removeUnfinished } from "./atomic-write.node.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "imago-write-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("atomicWrite", () => {
  it("makes the folder, joins the parts, replaces what was there and leaves nothing else", async () => {
    const file = join(folder, "a", "b.txt");
    await atomicWrite(file, "first");
    await atomicWrite(file, [Buffer.from("sec"), Buffer.from("ond")]);
    expect(await readFile(file, "utf8")).toBe("second");
    expect(await readdir(join(folder, "a"))).toEqual(["b.txt"]);
  });

  it("says in a sentence what stands in the way, and cleans up", async () => {
    const place = join(folder, "taken");
    await mkdir(join(place, "inside"), { recursive: true });
    await writeFile(join(place, "inside", "x"), "");
    await expect(atomicWrite(join(place, "inside", "x", "y"), "…")).rejects.toThrow(
      /^Cannot write .*a file is in the way of the folder/,
    );
    await expect(atomicWrite(join(place, "inside"), "…")).rejects.toThrow(
      /a folder of that name is in the way/,
    );
    expect(await readdir(place)).toEqual(["inside"]);
  });

  // A limit on the size of files stands in for a full disk: the write fails half-way in both cases.
  it.skipIf(process.platform === "win32")(
    "leaves the old file whole when the new one does not fit",
    async () => {
      const file = join(folder, "large.bin");
      await writeFile(file, "old");
      const built = fileURLToPath(new URL("../../dist/data/atomic-write.node.js", import.meta.url));
      const program = `
      const { atomicWrite } = await import(${JSON.stringify(built)});
      await atomicWrite(${JSON.stringify(file)}, new Uint8Array(1_000_000)).catch((e) => console.log(e.name, e.message));`;
      const command = `ulimit -f 100; exec "${process.execPath}" --input-type=module -e '${program}'`;
      const { stdout } = await promisify(execFile)("bash", ["-c", command]);
      expect(stdout).toMatch(/^UserError Cannot write .*large\.bin: the file would be larger/);
      expect(await readFile(file, "utf8")).toBe("old");
      expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
    },
  );

  it("removes what a killed process left", async () => {
    const place = join(folder, "left");
    await mkdir(place);
    await writeFile(join(place, ".unfinished-000100.safetensors-0a1b2c3d"), "half");
    await writeFile(join(place, "000090.safetensors"), "whole");
    await removeUnfinished(place);
    expect(await readdir(place)).toEqual(["000090.safetensors"]);
    await removeUnfinished(join(folder, "nowhere"));
  });
});
