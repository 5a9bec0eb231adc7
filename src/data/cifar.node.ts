import { basename, dirname, join } from "node:path";
import { UserError } from "../tensor/index.ts";
import { byteDataset } from "./byte-dataset.ts";
import { parseCifar } from "./cifar.ts";
import { classNames } from "./class-names.ts";
import { findFile } from "./data-folders.node.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { readBytes, sha256 } from "./read-bytes.node.ts";
import { holdOut } from "./subset.ts";

/** Folders in which CIFAR-10's binary files are looked for. */
export const cifarFolders = ["cifar10", "cifar-10-batches-bin", "cifar10-batches-bin"] as const;

/** The training and test files of a folder in CIFAR-10's binary layout, plain or gzipped. */
export function cifarFiles(folder: string): { train: string[]; test?: string } {
  const train = [1, 2, 3, 4, 5].map((i) => findFile(folder, [`data_batch_${i}.bin`]));
  const test = findFile(folder, ["test_batch.bin"]);
  return { train: train.filter((f) => f !== undefined), ...(test === undefined ? {} : { test }) };
}

/** Reads data_batch_1.bin … data_batch_5.bin, as many as there are, test_batch.bin and batches.meta.txt. */
export async function loadCifarFolder(folder: string, name: string): Promise<Splits> {
  const { train, test } = cifarFiles(folder);
  if (train.length === 0)
    throw new UserError(`${folder} has no data_batch_1.bin; put CIFAR-10's binary files there.`);
  const names = await readClassNames(folder);
  const trainSet = await readRecords(train, name, names);
  return test === undefined
    ? holdOut(trainSet)
    : { train: trainSet, test: await readRecords([test], name, names) };
}

/** A single file of CIFAR-10 records. */
export async function loadCifarFile(file: string): Promise<Splits> {
  const names = await readClassNames(dirname(file));
  return holdOut(await readRecords([file], basename(file).replace(/(\.bin)?(\.gz)?$/, ""), names));
}

async function readRecords(
  files: readonly string[],
  name: string,
  names: readonly string[],
): Promise<Dataset> {
  const contents = await Promise.all(
    files.map(async (file) => ({ name: file, bytes: await readBytes(file) })),
  );
  const { bytes, labels } = parseCifar(contents, names.length);
  const fingerprint = sha256("3×32×32", bytes, labels);
  return byteDataset({ name, shape: [3, 32, 32], bytes, labels, classNames: names, fingerprint });
}

const metaLimit = 2 ** 16;

async function readClassNames(folder: string): Promise<readonly string[]> {
  const file = findFile(folder, ["batches.meta.txt"]);
  if (file === undefined) return classNames.cifar10;
  const text = new TextDecoder().decode(await readBytes(file, metaLimit));
  const names = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (names.length < 1 || names.length > 256) {
    throw new UserError(
      `${join(file)} names ${names.length} classes; expected one name on each of 1 to 256 lines.`,
    );
  }
  return names;
}
