import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { isUnfinished } from "./atomic-write.node.ts";

/**
 * Deletes the files of a folder that were used longest ago (by modification time) until the rest fits `limit` bytes. Others may
 * write there meanwhile: what they have not finished is left alone, and what has gone needs no deleting.
 */
export async function pruneFolder(folder: string, limit: number): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names
      .filter((name) => !isUnfinished(name))
      .map(async (name) => {
        const path = join(folder, name);
        const found = await stat(path).catch(ifGone);
        return found && { path, size: found.size, mtimeMs: found.mtimeMs };
      }),
  );
  let total = 0;
  for (const { path, size } of files
    .filter((file) => file !== undefined)
    .sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    total += size;
    if (total > limit) await rm(path, { force: true });
  }
}

function ifGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== "ENOENT") throw error;
}
