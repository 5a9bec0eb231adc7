import { UserError } from "../tensor/index.ts";
import { type BinarySetName, binarySet, binarySets } from "./binary/binary-sets.ts";
import { builtInData } from "./built-in.ts";
import { withChannels } from "./channels.ts";
import { cifarFolders, loadCifarFolder } from "./cifar.node.ts";
import { classNames } from "./class-names.ts";
import { dataFolders, findDataFolder } from "./data-folders.node.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { faces } from "./faces/faces.ts";
import { glyphs } from "./glyphs/glyphs.ts";
import { byteLevels, thresholded, withLevels } from "./levels.ts";
import { smallDigits } from "./mean-pool.ts";
import { loadMnistFolder } from "./mnist.node.ts";
import { openPath } from "./open-path.node.ts";
import { type PointSetName, pointSet, pointSets } from "./points/point-sets.ts";
import type { DataProgress } from "./progress.ts";
import { resized } from "./resize.ts";
import { shapes } from "./shapes/shapes.ts";
import { stackedDigits } from "./stacked-digits.ts";
import { twoEars } from "./two-ears.ts";

export interface LoadDataOptions {
  /** Pictures are made size × size pixels; without it they keep their own size (folders of files: 64). */
  readonly size?: number;
  /** Seed of the procedural sets. */
  readonly seed?: number;
  /** 1 for grey, 3 for colour; without it as the data is. */
  readonly channels?: 1 | 3;
  /** Grey levels of the pictures: 2 makes them binary. Without it as the data is. */
  readonly levels?: number;
  onProgress?(progress: DataProgress): void;
}

/**
 * Data by a built-in name (`builtInData`) or a path: a folder of pictures, an IDX file or a folder in MNIST's layout, CIFAR-10
 * binary files, .npy or .npz, or a CSV of points; with "binarized-" or "thresholded-" before it, its pictures in two grey levels.
 * Data that comes without a test set has one example in ten held out.
 */
export async function loadData(spec: string, options: LoadDataOptions = {}): Promise<Splits> {
  const grey = /^binarized-(.+)$/.exec(spec)?.[1];
  if (grey !== undefined) return await loadData(grey, { ...options, levels: 2 });
  const sharp = /^thresholded-(.+)$/.exec(spec)?.[1];
  if (sharp !== undefined) {
    const { levels: _, ...rest } = options;
    const { train, test, ...whole } = await loadData(sharp, rest);
    return { ...whole, train: thresholded(train), ...(test && { test: thresholded(test) }) };
  }
  const { size, channels, levels } = checked(options);
  const splits = await open(spec, options);
  if (splits.train.length === 0) throw new UserError(`${spec} has no examples; give data with at least one.`);
  const adapted = (dataset: Dataset): Dataset => {
    if (dataset.kind !== "image") return dataset;
    const sized = size === undefined ? dataset : resized(dataset, size);
    const coloured = channels === undefined ? sized : withChannels(sized, channels);
    return levels === undefined ? coloured : withLevels(coloured, levels);
  };
  return {
    ...splits,
    train: adapted(splits.train),
    ...(splits.test === undefined ? {} : { test: adapted(splits.test) }),
  };
}

function checked({ size, channels, levels, seed }: LoadDataOptions): LoadDataOptions {
  if (size !== undefined && !(Number.isInteger(size) && size >= 1 && size <= 1024)) {
    throw new UserError(
      `The size of the pictures is ${size}; expected a whole number of pixels from 1 to 1024.`,
    );
  }
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw new UserError(`The number of channels is ${channels}; expected 1 (grey) or 3 (colour).`);
  }
  if (levels !== undefined && !(Number.isInteger(levels) && levels >= 2 && levels <= byteLevels)) {
    throw new UserError(`The number of grey levels is ${levels}; expected a whole number from 2 to 256.`);
  }
  if (seed !== undefined && !Number.isSafeInteger(seed)) {
    throw new UserError(`The seed is ${seed}; expected a whole number.`);
  }
  return {
    ...(size === undefined ? {} : { size }),
    ...(channels === undefined ? {} : { channels }),
    ...(levels === undefined ? {} : { levels }),
  };
}

async function open(spec: string, options: LoadDataOptions): Promise<Splits> {
  const { size, seed } = options;
  if (spec === "glyphs") return glyphs({ ...(size && { size }), ...(seed && { seed }) });
  if (spec === "shapes") return shapes({ ...(size && { size }), ...(seed && { seed }) });
  if (spec === "faces") return faces({ ...(size && { size }), ...(seed && { seed }) });
  if (Object.hasOwn(pointSets, spec)) return pointSet(spec as PointSetName, { ...(seed && { seed }) });
  if (Object.hasOwn(binarySets, spec))
    return binarySet(spec as BinarySetName, { ...(size && { size }), ...(seed && { seed }) });
  if (spec === "two-ears") return twoEars({ ...(seed && { seed }) });
  if (spec === "stacked-glyphs" || spec === "stacked-mnist") {
    const digits = await open(spec === "stacked-glyphs" ? "glyphs" : "mnist", options);
    return stackedDigits(spec, digits, { ...(seed && { seed }) });
  }
  if (spec === "glyphs8" || spec === "digits8") {
    return smallDigits(spec, await open(spec === "glyphs8" ? "glyphs" : "mnist", { ...(seed && { seed }) }));
  }
  if (spec === "mnist" || spec === "fashion-mnist") {
    const folder = findDataFolder([spec], "train-images-idx3-ubyte");
    if (folder === undefined) throw notHere(spec);
    return loadMnistFolder(folder, spec, classNames[spec]);
  }
  if (spec === "cifar10") {
    const folder = findDataFolder(cifarFolders, "data_batch_1.bin");
    if (folder === undefined) throw notHere(spec);
    return loadCifarFolder(folder, spec);
  }
  const { onProgress } = options;
  const splits = await openPath(spec, { ...(size && { size }), ...(onProgress && { onProgress }) });
  if (splits !== undefined) return splits;
  throw new UserError(
    `There is no data called ${spec}: expected a path or one of ${builtInData.map((d) => d.name).join(", ")}.`,
  );
}

function notHere(name: string): UserError {
  return new UserError(
    `${name} is not on this machine (looked in ${dataFolders().join(", ")}): ` +
      `\`imago data get ${name}\` downloads it.`,
  );
}
