/** Rows of a matrix product, gathered from a picture by a fixed table. */
import {
  add,
  concat,
  constant,
  type Geometry,
  gather,
  minimum,
  narrow,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  zeros,
} from "../../tensor/index.ts";
import { channelsLast, forEachIndex, positionIn } from "./axes.ts";

/** Bytes of gathered rows that a product takes at once: what stays in the cache until the product reads it. */
const portionBytes = 8 * 2 ** 20;

/**
 * The same for weight gradients, whose products are quick only while their rows are in the cache. That the portions are others
 * also keeps these rows from being one with those of the forward pass, which would have to be kept until here: gathering them
 * again is faster than reading them from memory, and takes none.
 */
export const weightPortionBytes = 6 * 2 ** 20;

/** Sizes of a kernel, and which taps of it are not zero where not all are (flat positions). */
export interface Kernel {
  readonly shape: Shape;
  readonly live?: readonly number[] | undefined;
}

/** Rows [images · rows, taps · C] of some images, from the one numbered `first`. */
export interface Portion {
  readonly first: number;
  readonly images: number;
  readonly rows: Tensor;
}

/**
 * Rows of x [N, …in, C] in the order of `table` (flat positions, −1 for padding), in portions of whole images.
 * `table` lists the taps of row 0, then of row 1, and so on.
 */
export function gatheredRows(x: Tensor, table: Int32Array, taps: number, bytes = portionBytes): Portion[] {
  const [n, c] = [x.shape[0]!, x.shape.at(-1)!];
  const positions = sizeOf(x.shape.slice(1, -1));
  const rows = reshape(x, [n * positions, c]);
  if (table.length === positions && table.every((p, i) => p === i)) {
    return [{ first: 0, images: n, rows: reshape(rows, [(n * positions) / taps, taps * c]) }];
  }
  const source = table.includes(-1) ? concat([rows, zeros([1, c])], 0) : rows;
  const index = indexOfImages(table, n, positions);
  const images = Math.max(1, Math.ceil(n / Math.ceil((4 * n * table.length * c) / bytes)));
  return Array.from({ length: Math.ceil(n / images) }, (_, i) => {
    const first = i * images;
    const count = Math.min(images, n - first);
    const picked = gather(source, reshape(narrow(index, 0, first, count), [-1]), 0);
    return { first, images: count, rows: reshape(picked, [(count * table.length) / taps, taps * c]) };
  });
}

/**
 * The table for each of n images, as positions in all of them together: [n, …]; padding is the row behind the last one. It is written as
 * a sum, so that the file has the table of one image only: ONNX Runtime computes it when it loads a short graph, and in every step of a long
 * one, which is quick to load so.
 */
function indexOfImages(table: Int32Array, n: number, positions: number): Tensor {
  const [own, end] = [table.map((p) => (p < 0 ? n * positions : p)), n * positions];
  const offsets = Int32Array.from({ length: n }, (_, i) => i * positions);
  const sums = add(constant(own, [1, table.length]), constant(offsets, [n, 1]));
  return table.includes(-1) ? minimum(sums, constant(Int32Array.of(end), [1, 1])) : sums;
}

/** Where each tap of each output position of a convolution reads its input; −1 in the padding. */
function convTable(
  input: Shape,
  output: Shape,
  taps: readonly (readonly number[])[],
  { strides, pads, dilations }: Geometry,
): Int32Array {
  const table = new Int32Array(sizeOf(output) * taps.length);
  let at = 0;
  forEachIndex(output, (o) => {
    for (const k of taps) {
      table[at++] = positionIn(
        input,
        o.map((p, i) => p * strides[i]! + k[i]! * dilations[i]! - pads[i]!),
      );
    }
  });
  return table;
}

/** What each output position of a convolution of x [N, C, …] sees with the live taps: [N · Π output, taps · C]. */
export function patches(
  x: Tensor,
  output: Shape,
  kernel: Kernel,
  geometry: Geometry,
  bytes?: number,
): Portion[] {
  const every: number[][] = [];
  forEachIndex(kernel.shape, (k) => every.push([...k]));
  const taps = kernel.live ? kernel.live.map((k) => every[k]!) : every;
  const table = convTable(x.shape.slice(2), output, taps, geometry);
  return gatheredRows(channelsLast(x), table, taps.length, bytes);
}
