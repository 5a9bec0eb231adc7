import { basename, dirname, join } from "node:path";
import { UserError } from "../tensor/index.ts";
import { byteDataset } from "./byte-dataset.ts";
import { findFile } from "./data-folders.node.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { type Idx, parseIdx } from "./idx.ts";
import { readBytes, sha256 } from "./read-bytes.node.ts";
import { holdOut } from "./subset.ts";

// The official names have a hyphen before "idx"; files unpacked by some programs have a dot.
const imageName = /-images[-.]idx3-ubyte(\.gz)?$/;

/** Files of a folder in MNIST's layout. */
export function mnistFiles(folder: string): { train?: string; test?: string } {
  const find = (part: string): string | undefined =>
    findFile(folder, [`${part}-images-idx3-ubyte`, `${part}-images.idx3-ubyte`]);
  const [train, test] = [find("train"), find("t10k")];
  return { ...(train === undefined ? {} : { train }), ...(test === undefined ? {} : { test }) };
}

/** Reads the IDX files of a folder in MNIST's layout: train-images-idx3-ubyte and its companions, plain or gzipped. */
export async function loadMnistFolder(
  folder: string,
  name: string,
  classNames?: readonly string[],
): Promise<Splits> {
  const { train, test } = mnistFiles(folder);
  if (train === undefined) {
    throw new UserError(`${folder} has no train-images-idx3-ubyte (or .gz); put the four MNIST files there.`);
  }
  const sets = await Promise.all(
    [train, test].filter((f) => f !== undefined).map((file) => readIdxImages(file, name, classNames)),
  );
  return sets[1] === undefined ? holdOut(sets[0]!) : { train: sets[0]!, test: sets[1] };
}

/** Reads one IDX file of pictures [N, H, W] or [N, C, H, W], and labels from the file that is named like it. */
async function readIdxImages(file: string, name: string, classNames?: readonly string[]): Promise<Dataset> {
  const labelFile = findLabels(file);
  const [images, labels] = await Promise.all([
    readIdx(file),
    labelFile === undefined ? undefined : readIdx(labelFile),
  ]);
  const [length, ...rest] = images.shape;
  const shape = rest.length === 2 ? [1, ...rest] : rest;
  if (shape.length !== 3 || !(shape[0] === 1 || shape[0] === 3) || images.data.length === 0) {
    throw new UserError(
      `${file} holds an array ${images.shape.join("×")}; expected pictures N×H×W or N×C×H×W with 1 or 3 channels.`,
    );
  }
  if (labels !== undefined && (labels.shape.length !== 1 || labels.shape[0] !== length)) {
    throw new UserError(
      `${labelFile} holds an array ${labels.shape.join("×")}, but ${basename(file)} has ${length} pictures: ` +
        "expected one label for each.",
    );
  }
  const fingerprint = sha256(shape.join("×"), images.data, labels?.data ?? "");
  return byteDataset({
    name,
    shape,
    bytes: images.data,
    fingerprint,
    ...(labels === undefined ? {} : { labels: labels.data }),
    ...(classNames === undefined ? {} : { classNames }),
  });
}

async function readIdx(file: string): Promise<Idx> {
  return parseIdx(await readBytes(file), file);
}

function findLabels(file: string): string | undefined {
  if (!imageName.test(file)) return undefined;
  const part = basename(file).replace(imageName, "");
  return findFile(dirname(file), [`${part}-labels-idx1-ubyte`, `${part}-labels.idx1-ubyte`]);
}

/** A single IDX file: the training pictures, with t10k beside train as the test set, else some held out. */
export async function loadIdxFile(file: string): Promise<Splits> {
  const folder = dirname(file);
  const name = basename(file).replace(/\.gz$/, "");
  const { train, test } = mnistFiles(folder);
  if (test !== undefined && train === file) return loadMnistFolder(folder, basename(folder));
  return holdOut(await readIdxImages(join(folder, basename(file)), name));
}
