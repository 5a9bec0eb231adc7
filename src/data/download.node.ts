import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../tensor/index.ts";
import { atomicWrite } from "./atomic-write.node.ts";
import { downloadFolder } from "./data-folders.node.ts";
import { type DownloadSource, downloadSources } from "./download-sources.ts";
import { type FetchFileOptions, fetchFile } from "./fetch-file.node.ts";
import { writingProblem } from "./file-problem.node.ts";
import type { DataProgress } from "./progress.ts";
import { readBytes } from "./read-bytes.node.ts";
import { untar } from "./untar.ts";

export interface DownloadOptions extends Pick<FetchFileOptions, "attempts" | "retryDelay" | "idleLimit"> {
  /** URL of a folder with a folder of files for each data set, instead of the public homes; default IMAGO_MIRROR. */
  readonly mirror?: string;
  /** Where to put the data set's folder; default: the cache folder, in which `loadData` looks. */
  readonly folder?: string;
  /** Other sources than the public ones, for tests. */
  readonly sources?: { readonly [name: string]: DownloadSource };
  onProgress?(progress: DataProgress): void;
}

/**
 * Downloads a data set (`mnist`, `fashion-mnist`, `cifar10`) from its public home or a mirror and gives the folder. Files that
 * are there already are not fetched again, and a download that broke off goes on where it was.
 */
export async function downloadData(name: string, options: DownloadOptions = {}): Promise<string> {
  const { sources = downloadSources, folder = downloadFolder(), onProgress, ...rest } = options;
  const source = Object.hasOwn(sources, name)
    ? (sources as NonNullable<typeof options.sources>)[name]
    : undefined;
  if (source === undefined) {
    throw new UserError(
      `There is no download called ${name}; expected one of ${Object.keys(sources).join(", ")}.`,
    );
  }
  const { mirror = process.env["IMAGO_MIRROR"] } = options;
  const home = mirror ? `${mirror.replace(/\/*$/, "")}/${name}/` : source.home;
  const target = join(folder, name);
  if (source.unpack?.every((member) => existsSync(join(target, member)))) return target;
  for (const file of source.files) {
    const path = join(target, file.name);
    if (existsSync(path)) continue;
    await fetchFile(urlOf(home, file.name), path, {
      ...rest,
      ...file,
      onProgress: (done, total) => onProgress?.({ stage: `downloading ${file.name}`, done, total }),
    });
  }
  if (source.unpack !== undefined) {
    const archive = join(target, source.files[0]!.name);
    await unpack(archive, target, source.unpack).catch((error: unknown) => {
      throw writingProblem(error, archive);
    });
  }
  return target;
}

function urlOf(home: string, file: string): string {
  try {
    return new URL(file, home).href;
  } catch (error) {
    throw new UserError(`The mirror ${home} is no URL; expected one such as https://example.org/data.`, {
      cause: error,
    });
  }
}

async function unpack(archive: string, folder: string, names: readonly string[]): Promise<void> {
  const members = untar(await readBytes(archive), archive);
  for (const name of names) {
    const bytes = members.get(name);
    if (bytes === undefined) throw new UserError(`${archive} has no ${name}; get it again.`);
    await atomicWrite(join(folder, name), bytes);
  }
  await rm(archive);
}
