import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Where Imago keeps what it can make or get again: IMAGO_CACHE, else ~/.cache/imago (XDG_CACHE_HOME/imago). */
export function cacheFolder(): string {
  const { IMAGO_CACHE, XDG_CACHE_HOME } = process.env;
  return IMAGO_CACHE || join(XDG_CACHE_HOME || join(homedir(), ".cache"), "imago");
}

/** Where downloaded data sets are kept. */
export function downloadFolder(): string {
  return join(cacheFolder(), "data");
}

/** Folders that are searched for data sets, in this order: IMAGO_DATA, then the cache folder. */
export function dataFolders(): string[] {
  const { IMAGO_DATA } = process.env;
  return [...(IMAGO_DATA ? [IMAGO_DATA] : []), downloadFolder()];
}

/** The first folder of one of these names in which `file` exists, plain or gzipped. */
export function findDataFolder(names: readonly string[], file: string): string | undefined {
  return dataFolders()
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((folder) => findFile(folder, [file]) !== undefined);
}

/** The first of these files in `folder` that exists, plain or gzipped. */
export function findFile(folder: string, names: readonly string[]): string | undefined {
  return names.flatMap((name) => [join(folder, name), join(folder, `${name}.gz`)]).find((f) => existsSync(f));
}
