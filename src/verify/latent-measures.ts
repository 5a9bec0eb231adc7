/** What the claims about autoencoders measure: errors of reconstructions, codes, bounds, and what a classifier sees. */
import type { Dataset } from "../data/dataset.ts";
import {
  createProducts,
  type Features,
  importanceWeightedBound,
  neighborAccuracy,
  neighborClassifierTest,
} from "../metrics/index.ts";
import { sizeOf, type Tensor } from "../tensor/index.ts";
import { normalQuantiles } from "../tensor/random/quantile.ts";
import { type Examples, inPortions } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Lab } from "./lab.node.ts";

/** Examples in one call. */
const portion = 100;

/** A function of a run's model, applied to any number of examples. */
export function applied(
  lab: Lab,
  run: OpenRun,
  name: string,
  fn: (x: Tensor) => Tensor,
): (x: Examples) => Promise<Examples> {
  const compiled = lab.compile(run, name, (x: Tensor) => fn(x));
  return (x) => inPortions(compiled, x, portion);
}

/** What the model makes of examples. */
export async function reconstructions(lab: Lab, run: OpenRun, x: Examples): Promise<Examples> {
  const { reconstruct } = run.model;
  return await applied(lab, run, "reconstruct", (v) => reconstruct!(v))(x);
}

/** Mean squared error of two sets of pictures per pixel, of grey values in [0, 1]. */
export function greyError(a: Examples, b: Examples): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += ((a.data[i]! - b.data[i]!) / 2) ** 2;
  return sum / a.data.length;
}

/** Peak signal-to-noise ratio of what was made of pictures, dB. */
export const decibelsOf = (x: Examples, made: Examples): number => -10 * Math.log10(greyError(x, made));

/** That of reconstructions of the first `n` test examples. */
export async function reconstructionError(lab: Lab, run: OpenRun, test: Dataset, n = 5000): Promise<number> {
  const x = lab.examples(test, n);
  return greyError(x, await reconstructions(lab, run, x));
}

/** Rows of numbers, one for each example. */
export function rowsOf({ data, shape }: Examples): Features {
  return { data, count: shape[0]!, dimensions: data.length / shape[0]! };
}

/** Classes of the first `n` examples. */
export function labelsOf(data: Dataset, n: number, first = 0): Int32Array {
  const y = new Int32Array(n);
  data.labels!(
    Int32Array.from({ length: n }, (_, i) => first + i),
    y,
  );
  return y;
}

/** Share of test examples (%) whose nearest of 5,000 training examples in code space has their class. */
export async function codeAccuracy(
  lab: Lab,
  run: OpenRun,
  { train, test }: { readonly train: Dataset; readonly test: Dataset },
): Promise<number> {
  const { encode } = run.model;
  const codes = applied(lab, run, "codes", (v) => encode!(v));
  const [n, m] = [5000, 2000];
  const split = {
    train: rowsOf(await codes(lab.examples(train, n))),
    trainLabels: labelsOf(train, n),
    test: rowsOf(await codes(lab.examples(test, m))),
    testLabels: labelsOf(test, m),
    classes: train.classes!,
  };
  return 100 * (await neighborAccuracy(split, { products: createProducts(lab.runtime), k: 1 })).value;
}

/** Held-out accuracy of the nearest neighbour in telling 500 pictures from 500 real ones: ½ where they are alike. */
export async function neighborTest(lab: Lab, fake: Examples, real: Examples): Promise<number> {
  const { statistic } = await neighborClassifierTest().test(rowsOf(real), rowsOf(fake), {
    seed: lab.seed,
    permutations: 19,
  });
  return statistic;
}

/** The importance-weighted bound L_K on test examples, nats, with the mean of log w (the ELBO) of the same draws. */
export async function boundOf(
  run: OpenRun,
  data: Dataset,
  { k, examples = 1000 }: { readonly k: number; readonly examples?: number },
): Promise<{ readonly bound: number; readonly elbo: number; readonly effective: number }> {
  const { logWeights } = run.model;
  const { scores } = await importanceWeightedBound(
    (x, count) => run.withAverages(() => logWeights!(x, count)),
    data,
    { runtime: run.runtime, split: "test", examples, k },
  );
  const { value, details } = scores[0]!;
  return {
    bound: value,
    elbo: details!["elbo"] as number,
    effective: details!["effectiveSamples"] as number,
  };
}

/** The unit square's grid through the normal quantiles and the decoder, the second variable upwards. */
export async function latentMap(lab: Lab, run: OpenRun, side: number): Promise<Examples> {
  const axis = normalQuantiles(
    new Float32Array(side),
    Uint32Array.from({ length: side }, (_, i) => ((i + 0.5) / side) * 2 ** 32),
  );
  const z = Float32Array.from({ length: 2 * side * side }, (_, at) => {
    const cell = at >> 1;
    return at % 2 === 0 ? axis[cell % side]! : axis[side - 1 - Math.floor(cell / side)]!;
  });
  return await applied(lab, run, "decode", (v) => run.model.decode!(v))({ data: z, shape: [side * side, 2] });
}

/** Mean distance of a map's tiles beside and below each other, and of as many pairs from anywhere. */
export function tileDistances(
  { data }: Examples,
  side: number,
): { readonly near: number; readonly far: number } {
  const count = side * side;
  const size = data.length / count;
  const distance = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += (data[a * size + i]! - data[b * size + i]!) ** 2;
    return Math.sqrt(sum);
  };
  const neighbours = Array.from({ length: count }, (_, cell) => [
    ...(cell % side < side - 1 ? [[cell, cell + 1] as const] : []),
    ...(cell + side < count ? [[cell, cell + side] as const] : []),
  ]).flat();
  const mean = (of: (pair: readonly [number, number]) => number): number =>
    neighbours.reduce((sum, pair) => sum + of(pair), 0) / neighbours.length;
  return {
    near: mean(([a, b]) => distance(a, b)),
    far: mean(([a, b]) => distance(a, (b * 211 + 137) % count)),
  };
}

/** Mean square of the Laplacian (4 neighbours, inside the border) of pictures: what blur takes away. */
export function laplacianEnergy({ data, shape }: Examples): number {
  const [n = 0, c = 1, h = 0, w = 0] = shape;
  let sum = 0;
  for (let plane = 0; plane < n * c; plane++)
    for (let y = 1; y < h - 1; y++)
      for (let x = 1; x < w - 1; x++) {
        const at = plane * h * w + y * w + x;
        const around = data[at - 1]! + data[at + 1]! + data[at - w]! + data[at + w]!;
        sum += (4 * data[at]! - around) ** 2;
      }
  return sum / (n * c * (h - 2) * (w - 2));
}

/** Rows of pictures, one below the other; all have as many. */
export function stacked(rows: readonly Examples[]): Examples {
  const [first] = rows as [Examples];
  const [count, ...shape] = first.shape as [number, ...number[]];
  const data = new Float32Array(rows.length * count * sizeOf(shape));
  rows.forEach((row, i) => {
    data.set(row.data.subarray(0, count * sizeOf(shape)), i * count * sizeOf(shape));
  });
  return { data, shape: [rows.length * count, ...shape] };
}
