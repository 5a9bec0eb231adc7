import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { UserError } from "../tensor/index.ts";
import { byteDataset } from "./byte-dataset.ts";
import { withChannels } from "./channels.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { decodeFolder } from "./decode-folder.node.ts";
import { type CachedImages, imageCacheKey, readImageCache, writeImageCache } from "./image-cache.node.ts";
import { withoutLabels } from "./labels.ts";
import { distinct, folderClasses, type ImageFile, listImages } from "./list-images.node.ts";
import type { DataProgress } from "./progress.ts";
import { sha256 } from "./read-bytes.node.ts";
import { holdOut } from "./subset.ts";

export interface ImageFolderOptions {
  /** Pictures are made size × size pixels; 64 unless given. */
  readonly size?: number;
  onProgress?(progress: DataProgress): void;
}

const defaultSize = 64;
const testNames = ["test", "val", "valid", "validation"];

/**
 * A folder of pictures (PNG, JPEG, WebP, GIF, TIFF, AVIF), with folders inside it as classes. Where it has a folder `train` and
 * one called test, val, valid or validation, these are the splits; otherwise one picture in ten is held out. The
 * decoded pictures are kept in the cache folder until a file's name, size or time changes.
 */
export async function loadImageFolder(folder: string, options: ImageFolderOptions = {}): Promise<Splits> {
  const testName = testNames.find((name) => existsSync(join(folder, name)));
  if (testName === undefined || !existsSync(join(folder, "train"))) {
    const { dataset, warnings } = await loadPart(folder, await listImages(folder), options);
    return { ...holdOut(dataset), warnings };
  }
  const folders = [join(folder, "train"), join(folder, testName)];
  const files = await Promise.all(folders.map(listImages));
  const classes = distinct(files.flatMap((list) => folderClasses(list.map((f) => f.path)) ?? []));
  const name = basename(resolve(folder));
  const train = await loadPart(folders[0]!, files[0]!, { ...options, name, classes });
  if (files[1]!.length === 0) return { ...holdOut(train.dataset), warnings: train.warnings };
  const test = await loadPart(folders[1]!, files[1]!, { ...options, name, classes });
  const warnings = [...train.warnings, ...test.warnings];
  return { ...matching(train.dataset, test.dataset), warnings };
}

/** The test pictures with as many channels as the training pictures; labels where both have them. */
function matching(train: Dataset, test: Dataset): Splits {
  const same = withChannels(test, train.shape[0] as 1 | 3);
  if ((train.labels === undefined) === (test.labels === undefined)) return { train, test: same };
  return { train: withoutLabels(train), test: withoutLabels(same) };
}

interface PartOptions extends ImageFolderOptions {
  readonly name?: string;
  /** Class names that several parts share. */
  readonly classes?: readonly string[];
}

async function loadPart(
  folder: string,
  files: readonly ImageFile[],
  options: PartOptions,
): Promise<{ dataset: Dataset; warnings: string[] }> {
  if (files.length === 0) {
    throw new UserError(`${folder} has no pictures; put PNG, JPEG, WebP, GIF, TIFF or AVIF files there.`);
  }
  const { size = defaultSize, name = basename(resolve(folder)) } = options;
  const images = await cachedOrDecoded(resolve(folder), files, { ...options, size });
  const { channels, bytes, fileNumbers, fingerprint, skipped } = images;
  const warnings = skipped.length === 0 ? [] : [skippedSentence(folder, files.length, skipped)];
  if (fileNumbers.length === 0) throw new UserError(warnings[0]!);
  const folders = folderClasses(files.map((f) => f.path));
  const classNames = options.classes?.length ? options.classes : distinct(folders ?? []);
  const numbers = new Map(classNames.map((c, i) => [c, i]));
  const labels =
    folders === undefined || classNames.length < 2
      ? undefined
      : Int32Array.from(fileNumbers, (file) => numbers.get(folders[file]!)!);
  const dataset = byteDataset({
    name,
    shape: [channels, size, size],
    bytes,
    fingerprint:
      labels === undefined ? fingerprint : sha256(fingerprint, classNames.join("\n"), labels.join()),
    ...(labels === undefined ? {} : { labels, classNames }),
  });
  return { dataset, warnings };
}

async function cachedOrDecoded(
  folder: string,
  files: readonly ImageFile[],
  { size, onProgress }: ImageFolderOptions & { size: number },
): Promise<CachedImages> {
  const list = files.map(({ path, bytes, modified }) => `${path}\n${bytes} ${modified}`);
  const key = imageCacheKey(folder, `${size}`, ...list);
  const cached = await readImageCache(key);
  if (cached !== undefined) return cached;
  const decoded = await decodeFolder(folder, files, size, onProgress);
  const images = { ...decoded, fingerprint: sha256(`${decoded.channels}×${size}×${size}`, decoded.bytes) };
  await writeImageCache(key, images);
  return images;
}

function skippedSentence(folder: string, total: number, skipped: readonly string[]): string {
  const named = skipped.slice(0, 3).join(", ");
  const more = skipped.length > 3 ? ` and ${skipped.length - 3} more` : "";
  return `${skipped.length} of ${total} pictures in ${folder} could not be read and were left out: ${named}${more}.`;
}
