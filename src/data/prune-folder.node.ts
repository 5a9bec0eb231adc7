import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Deletes the files of a folder that were used longest ago (by modification time) until the rest fits `limit` bytes. */
export async function pruneFolder(folder: string, limit: number): Promise<void> {
  const names = await readdir(folder);
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const { size, mtimeMs } = await stat(path);
      return { path, size, mtimeMs };
    }),
  );
  let total = 0;
  for (const { path, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs)) {
    total += size;
    if (total > limit) await rm(path, { force: true });
  }
}
