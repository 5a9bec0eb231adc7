import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser"];

/** The Chromium to test with: IMAGO_CHROMIUM, or the first on the PATH; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env["IMAGO_CHROMIUM"];
  if (named) return existsSync(named) ? realpathSync(named) : undefined;
  const folders = process.env["PATH"]?.split(delimiter) ?? [];
  return folders
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));
}
