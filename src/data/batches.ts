import { type Shape, UserError } from "../tensor/index.ts";
import { fillBits } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";
import type { Dataset } from "./dataset.ts";
import { flipRows } from "./flip.ts";
import { permutation } from "./permute-index.ts";
import { exampleSize } from "./size.ts";

/**
 * The examples of minibatch number `step` (0, 1, …): a pure function of its arguments, so that a resumed run needs no
 * state but the step. Minibatches cut one endless row of epochs, each a permutation of all `length` examples keyed by
 * (seed, epoch); one that crosses an epoch's end takes its rest from the next, so no example is left out.
 */
export function batchIndices(length: number, batch: number, seed: number, step: number): Int32Array {
  if (!(Number.isInteger(length) && length > 0 && Number.isInteger(batch) && batch > 0)) {
    throw new UserError(
      `batchIndices: got ${batch} of ${length} examples, expected two positive whole numbers.`,
    );
  }
  const out = new Int32Array(batch);
  const start = step * batch;
  let epoch = -1;
  let order = (place: number): number => place;
  for (let i = 0; i < batch; i++) {
    const place = start + i;
    if (Math.floor(place / length) !== epoch) {
      epoch = Math.floor(place / length);
      order = permutation(length, seed, "epoch", epoch);
    }
    out[i] = order(place % length);
  }
  return out;
}

/** Numbers 0 … length − 1 in their own order, in portions of at most `batch`: for tests and metrics. */
export function* inOrder(length: number, batch: number): Generator<Int32Array> {
  for (let at = 0; at < length; at += batch) {
    yield Int32Array.from({ length: Math.min(batch, length - at) }, (_, i) => at + i);
  }
}

export interface FillBatchOptions {
  /** Mirror each picture left to right with probability ½, chosen by (seed, step, place in the minibatch). */
  readonly flip?: boolean;
  readonly seed?: number;
  readonly step?: number;
}

/** A minibatch as a compiled function takes it. */
export interface HostBatch {
  readonly x: { readonly data: Float32Array; readonly shape: Shape }; // [N, ...shape]
  readonly y?: { readonly data: Int32Array; readonly shape: Shape }; // [N]
}

/** Reads the examples with the given numbers, and their labels where there are any. */
export function fillBatch(
  dataset: Dataset,
  indices: ArrayLike<number>,
  { flip = false, seed = 0, step = 0 }: FillBatchOptions = {},
): HostBatch {
  const n = indices.length;
  const size = exampleSize(dataset.shape);
  const data = new Float32Array(n * size);
  dataset.read(indices, data);
  if (flip && dataset.kind === "image") {
    const coins = fillBits(new Uint32Array(n), deriveKey(seed, "flip", step));
    const width = dataset.shape.at(-1)!;
    for (let i = 0; i < n; i++)
      if (coins[i]! >>> 31) flipRows(data.subarray(i * size, (i + 1) * size), width);
  }
  const x = { data, shape: [n, ...dataset.shape] };
  if (dataset.labels === undefined) return { x };
  const labels = new Int32Array(n);
  dataset.labels(indices, labels);
  return { x, y: { data: labels, shape: [n] } };
}
