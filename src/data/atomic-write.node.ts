import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writingProblem } from "./file-problem.node.ts";

/** How unfinished files begin; `removeUnfinished` deletes them. */
const prefix = ".unfinished-";

/** Whether a file is one that `atomicWrite` is still writing, or that a killed process left. */
export const isUnfinished = (name: string): boolean => name.startsWith(prefix);

/**
 * Writes a file so that it is there whole or not at all, whatever happens meanwhile: into a temporary file of
 * the same folder, flushed to the disk, then renamed. Makes the folder. A list of parts is written one after
 * another.
 * Throws a UserError where the disk is full, read-only or closed to us; an older file of that name is then as
 * it was.
 */
export async function atomicWrite(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `${prefix}${basename(path)}-${randomBytes(4).toString("hex")}`);
  const parts =
    typeof content === "string"
      ? [Buffer.from(content)]
      : content instanceof Uint8Array
        ? [content]
        : content;
  try {
    await mkdir(folder, { recursive: true });
    await writeFlushed(temporary, parts);
    await rename(temporary, path);
    await flushFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw writingProblem(error, path);
  }
}

/** Deletes what a killed process left unfinished in a folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(names.filter(isUnfinished).map((name) => rm(join(folder, name), { force: true })));
}

async function writeFlushed(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, "wx");
  try {
    for (const part of parts) await file.writeFile(part);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename itself survive a power cut, where the system can flush folders (Windows cannot). */
async function flushFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    await handle.sync().finally(() => handle.close());
  } catch {
    // The file itself is whole either way.
  }
}
