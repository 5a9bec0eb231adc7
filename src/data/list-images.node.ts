import { readdir, stat } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { UserError } from "../tensor/index.ts";
import { inParallel } from "./in-parallel.ts";

/** A picture's file before it is read. */
export interface ImageFile {
  readonly path: string; // relative to the folder, with "/"
  readonly bytes: number;
  readonly modified: number; // milliseconds since 1970
}

const extensions = new Set([".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".avif"]);

/** The pictures of a folder and of all folders inside it, by file name extension, in the order of their paths. */
export async function listImages(folder: string): Promise<ImageFile[]> {
  const entries = await readFolder(folder);
  const paths = entries
    .filter((e) => extensions.has(extname(e.name).toLowerCase()) && !e.name.startsWith("."))
    .filter((e) => e.isFile() || e.isSymbolicLink())
    .map((e) => relative(folder, join(e.parentPath, e.name)).split(sep).join("/"))
    .sort(byCodeUnit);
  const files = await inParallel(paths, 16, async (path) => {
    const found = await stat(join(folder, path)).catch(() => undefined);
    return found?.isFile() ? { path, bytes: found.size, modified: found.mtimeMs } : undefined;
  });
  return files.filter((f) => f !== undefined);
}

// The same order in every locale: the numbers of the examples depend on it.
function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`${folder} cannot be read (${code}); check that it is a folder and readable.`, {
      cause: error,
    });
  }
}

/**
 * The class of each picture: the first folder below the deepest one that holds them all, so that `pets/cat/x.jpg` and
 * `pets/dog/old/y.jpg` are a cat and a dog. Nothing where some picture lies in no such folder, or all in the same.
 */
export function folderClasses(paths: readonly string[]): readonly string[] | undefined {
  const folders = paths.map((path) => path.split("/").slice(0, -1));
  const first = folders[0] ?? [];
  let common = 0;
  while (common < first.length && folders.every((f) => f[common] === first[common])) common++;
  const names = folders.map((f) => f[common]);
  return names.some((name) => name === undefined) ? undefined : (names as string[]);
}

/** Sorts the distinct names. */
export function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].sort(byCodeUnit);
}
