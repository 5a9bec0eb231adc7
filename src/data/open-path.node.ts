import { existsSync, type Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { UserError } from "../tensor/index.ts";
import { cifarFiles, loadCifarFile, loadCifarFolder } from "./cifar.node.ts";
import { parsePoints } from "./csv.ts";
import type { Splits } from "./dataset.ts";
import { floatDataset } from "./float-dataset.ts";
import { looksLikeIdx } from "./idx.ts";
import { type ImageFolderOptions, loadImageFolder } from "./image-folder.node.ts";
import { loadIdxFile, loadMnistFolder, mnistFiles } from "./mnist.node.ts";
import { looksLikeNpy } from "./npy.ts";
import { looksLikeZip } from "./npz.ts";
import { loadNpy, loadNpz } from "./numpy.node.ts";
import { readBytes, sha256 } from "./read-bytes.node.ts";
import { holdOut } from "./subset.ts";

/** Data from a file or folder, told apart by what is in it rather than by its name. Nothing where there is no such path. */
export async function openPath(path: string, options: ImageFolderOptions): Promise<Splits | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isDirectory() ? openFolder(path, options) : openFile(path, found);
}

async function openFolder(folder: string, options: ImageFolderOptions): Promise<Splits> {
  const name = basename(resolve(folder));
  if (mnistFiles(folder).train !== undefined) return loadMnistFolder(folder, name);
  const inside = cifarFolder(folder);
  return inside === undefined ? loadImageFolder(folder, options) : loadCifarFolder(inside, name);
}

/** The folder of CIFAR-10's binary files: this one, or the one that its archive unpacks to. */
function cifarFolder(folder: string): string | undefined {
  return [folder, join(folder, "cifar-10-batches-bin")].find(
    (inside) => existsSync(inside) && cifarFiles(inside).train.length > 0,
  );
}

/** Whether a folder is one of picture files, rather than of the formats of MNIST or CIFAR-10. */
export function holdsPictures(folder: string): boolean {
  return mnistFiles(folder).train === undefined && cifarFolder(folder) === undefined;
}

async function openFile(file: string, { size }: Stats): Promise<Splits> {
  if (size === 0) throw new UserError(`${file} is empty; expected IDX, CIFAR-10 binary, .npy, .npz or .csv.`);
  const extension = extname(file.replace(/\.gz$/i, "")).toLowerCase();
  if ([".png", ".jpg", ".jpeg", ".webp", ".gif", ".tif", ".tiff", ".avif"].includes(extension)) {
    throw new UserError(`${file} is one picture; give the folder that holds your pictures.`);
  }
  const bytes = await readBytes(file);
  if (looksLikeIdx(bytes)) return loadIdxFile(file);
  if (looksLikeNpy(bytes)) return loadNpy(bytes, file);
  if (looksLikeZip(bytes)) return loadNpz(bytes, file);
  if (extension === ".bin") return loadCifarFile(file);
  if (extension === ".npy" || extension === ".npz" || /ubyte$/.test(extension)) {
    throw new UserError(`${file} does not begin as its name promises; it is damaged: get it again.`);
  }
  if (![".csv", ".tsv", ".txt"].includes(extension)) {
    throw new UserError(
      `${file} is of no format known here; expected IDX, CIFAR-10 binary, .npy, .npz or .csv.`,
    );
  }
  const values = parsePoints(new TextDecoder().decode(bytes), file);
  const name = basename(file, extname(file));
  return holdOut(floatDataset({ name, kind: "points", shape: [2], values, fingerprint: sha256(bytes) }));
}
