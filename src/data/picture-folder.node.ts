/** All pictures of a folder as one set for evaluation: of any number, since they are decoded into a file, not into memory. */
import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readFile, rename, rm, utimes } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { UserError } from "../tensor/index.ts";
import { atomicWrite } from "./atomic-write.node.ts";
import { withChannels } from "./channels.ts";
import { cacheFolder } from "./data-folders.node.ts";
import type { Dataset } from "./dataset.ts";
import { imageDecoder, imageSides, isGrey, writePlanes } from "./decode-image.node.ts";
import { fileDataset } from "./file-dataset.node.ts";
import { writingProblem } from "./file-problem.node.ts";
import { imageCacheKey } from "./image-cache.node.ts";
import { inParallel } from "./in-parallel.ts";
import { labelled } from "./labels.ts";
import { distinct, folderClasses, type ImageFile, listImages } from "./list-images.node.ts";
import type { DataProgress } from "./progress.ts";
import { pruneFolder } from "./prune-folder.node.ts";
import { subset } from "./subset.ts";

export interface PictureFolderOptions {
  /** Pictures are scaled until they cover size × size pixels and cropped. Without it all must be of one size. */
  readonly size?: number;
  onProgress?(progress: DataProgress): void;
}

export interface PictureFolder {
  readonly dataset: Dataset;
  /** Sentences about files that could not be read and were left out. */
  readonly warnings: readonly string[];
}

/** What decoding found; kept beside the pixels. */
const foundSchema = z.object({
  height: z.int().positive(),
  width: z.int().positive(),
  channels: z.union([z.literal(1), z.literal(3)]),
  /** Numbers of the files that could be read. */
  good: z.array(z.int().nonnegative()),
  skipped: z.array(z.string()),
  fingerprint: z.string(),
});
type Found = z.infer<typeof foundSchema>;

/**
 * All pictures of a folder and the folders in it, none held out. Decoded pixels lie in the cache folder until the pictures change.
 * Throws (UserError) where there are none, or where they are of different sizes and no size is given.
 */
export async function loadPictureFolder(
  folder: string,
  options: PictureFolderOptions = {},
): Promise<PictureFolder> {
  const files = await listImages(folder);
  if (files.length === 0) {
    throw new UserError(`${folder} has no pictures; put PNG, JPEG, WebP, GIF, TIFF or AVIF files there.`);
  }
  const list = files.map(({ path, bytes, modified }) => `${path}\n${bytes} ${modified}`);
  const key = imageCacheKey("file", resolve(folder), `${options.size ?? "own"}`, ...list);
  const place = join(cacheFolder(), "pictures", key);
  const found = (await known(place)) ?? (await decodeInto(place, folder, files, options));
  const { height, width, channels, good, skipped, fingerprint } = found;
  const all = fileDataset({
    name: basename(resolve(folder)),
    file: `${place}.raw`,
    ...{ offset: 0, type: "uint8", shape: [3, height, width], length: files.length },
    scale: { a: 1 / 127.5, b: -1 },
    fingerprint,
  });
  const labels = labelsOf(files);
  const dataset = withChannels(labels ? { ...all, ...labels } : all, channels);
  const whole = skipped.length === 0 ? dataset : subset(dataset, Int32Array.from(good), "readable");
  return { dataset: { ...whole, fingerprint }, warnings: warningsOf(folder, files.length, skipped) };
}

const splitFolder = /^(train|test|val|valid|validation)\//;

function labelsOf(files: readonly ImageFile[]): ReturnType<typeof labelled> | undefined {
  const paths = files.map((f) => f.path);
  const splits = paths.every((path) => splitFolder.test(path)); // then the classes are the folders inside
  const folders = folderClasses(splits ? paths.map((path) => path.replace(splitFolder, "")) : paths);
  const names = distinct(folders ?? []);
  if (!folders || names.length < 2) return undefined;
  return labelled(
    folders.map((name) => names.indexOf(name)),
    names,
  );
}

function warningsOf(folder: string, total: number, skipped: readonly string[]): string[] {
  if (skipped.length === 0) return [];
  const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : "";
  return [
    `${skipped.length} of ${total} pictures in ${folder} could not be read and were left out: ${skipped.slice(0, 3).join(", ")}${more}.`,
  ];
}

async function known(place: string): Promise<Found | undefined> {
  try {
    const found = foundSchema.parse(JSON.parse(await readFile(`${place}.json`, "utf8")));
    for (const ending of ["raw", "json"]) await utimes(`${place}.${ending}`, new Date(), new Date());
    return found;
  } catch {
    return undefined; // not there, cut short, or cleared away
  }
}

/** Decodes every picture to its place in one file. The description is written last: where it is, the pixels are whole. */
async function decodeInto(
  place: string,
  folder: string,
  files: readonly ImageFile[],
  { size, onProgress }: PictureFolderOptions,
): Promise<Found> {
  const sides = size === undefined ? await commonSides(folder, files) : { height: size, width: size };
  const length = 3 * sides.height * sides.width;
  const decode = await imageDecoder(size);
  const temporary = `${place}-${randomBytes(4).toString("hex")}.part`;
  let done = 0;
  const one = async (file: Awaited<ReturnType<typeof open>>, path: string, i: number) => {
    try {
      const pixels = await decode(join(folder, path));
      if (pixels.length !== length) throw new Error("of another size than its header says");
      const planes = new Uint8Array(length);
      writePlanes(pixels, planes);
      await writeAt(file, planes, i * length, temporary);
      return { grey: isGrey(planes), hash: createHash("sha256").update(planes).digest("hex") };
    } catch (error) {
      if (error instanceof UserError) throw error;
      return { skipped: `${path} (${reasonOf(error)})` };
    } finally {
      onProgress?.({ stage: "decoding pictures", done: ++done, total: files.length });
    }
  };
  const results = await intoFile(temporary, `${place}.raw`, (file) =>
    inParallel(files, availableParallelism() + 2, ({ path }, i) => one(file, path, i)),
  );
  const found = summary(results, sides);
  if (found.good.length === 0) throw new UserError(warningsOf(folder, files.length, found.skipped)[0]!);
  await atomicWrite(`${place}.json`, JSON.stringify(found));
  await pruneFolder(join(place, ".."), Math.max(8 * 2 ** 30, 3 * length * files.length));
  return found;
}

type Result = { readonly grey: boolean; readonly hash: string } | { readonly skipped: string };

function summary(results: readonly Result[], sides: { height: number; width: number }): Found {
  const good = results.flatMap((result, i) => ("skipped" in result ? [] : [i]));
  const hash = createHash("sha256").update(`${sides.height}×${sides.width}`);
  let greys = 0;
  for (const result of results) {
    if ("skipped" in result) continue;
    hash.update(result.hash);
    if (result.grey) greys++;
  }
  const skipped = results.flatMap((result) => ("skipped" in result ? [result.skipped] : []));
  const channels = 2 * greys > good.length ? 1 : 3;
  return { ...sides, channels, good, skipped, fingerprint: hash.update(`${channels}`).digest("hex") };
}

/** Opens `temporary`, lets `work` fill it, and gives it its name; takes it away where the work fails. */
async function intoFile<T>(
  temporary: string,
  path: string,
  work: (file: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  try {
    await mkdir(join(path, ".."), { recursive: true });
    const file = await open(temporary, "w");
    try {
      const result = await work(file);
      await file.close();
      await rename(temporary, path);
      return result;
    } finally {
      await file.close().catch(() => undefined);
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw writingProblem(error, path);
  }
}

async function writeAt(
  file: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array,
  at: number,
  path: string,
): Promise<void> {
  try {
    await file.write(bytes, 0, bytes.length, at);
  } catch (error) {
    throw writingProblem(error, path);
  }
}

/** The size that all pictures have, read from their headers. Those that cannot be read are left to the decoder. */
async function commonSides(
  folder: string,
  files: readonly ImageFile[],
): Promise<{ height: number; width: number }> {
  const sizes = await inParallel(files, 16, ({ path }) =>
    imageSides(join(folder, path)).catch(() => undefined),
  );
  const first = sizes.findIndex((s) => s !== undefined);
  const own = sizes[first];
  if (!own) {
    throw new UserError(`None of the ${files.length} pictures in ${folder} can be read; give others.`);
  }
  const other = sizes.findIndex((s) => s && (s.height !== own.height || s.width !== own.width));
  if (other >= 0) {
    const [a, b] = [own, sizes[other]!];
    throw new UserError(
      `${folder} has pictures of different sizes: ${files[first]!.path} is ${a.width}×${a.height} and ${files[other]!.path} ${b.width}×${b.height}; give --size to scale and crop all to one.`,
    );
  }
  return own;
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return (message.split("\n").at(-1) ?? message).trim();
}
