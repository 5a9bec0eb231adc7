/** Rows of a matrix product, gathered from a picture by a fixed table. */
import {
  concat,
  constant,
  type Geometry,
  gather,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  zeros,
} from "../../tensor/index.ts";
import { channelsLast, forEachIndex, positionIn } from "./axes.ts";

/** How rows are gathered for a product. */
export interface Gathering {
  /** Bytes of rows that a product takes at once: what stays in the cache until the product reads it. */
  readonly portion: number;
  /** Where the row of zeros is that stands for the padding. */
  readonly zeros: "first" | "last";
}

const forResults: Gathering = { portion: 8 * 2 ** 20, zeros: "last" };

/**
 * For weight gradients, whose products are quick only while their rows are in the cache. Nothing here is the same as in the forward
 * pass, so that nothing of that is kept until here: gathering again is faster than reading rows from memory, and takes none.
 */
export const forWeights: Gathering = { portion: 2 * 2 ** 20, zeros: "first" };

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
 * `table` lists the taps of row 0, then of row 1, and so on. The pictures are one list of rows with a row of zeros, and a
 * portion's table says which of them it takes: nothing is cut or padded for one portion after the other.
 */
export function gatheredRows(
  x: Tensor,
  table: Int32Array,
  taps: number,
  { portion, zeros: place }: Gathering = forResults,
): Portion[] {
  const [n, c] = [x.shape[0]!, x.shape.at(-1)!];
  const positions = sizeOf(x.shape.slice(1, -1));
  const rows = reshape(x, [n * positions, c]);
  const whole = table.length === positions && table.every((p, i) => p === i);
  if (whole) return [{ first: 0, images: n, rows: reshape(rows, [-1, taps * c]) }];
  const padded = table.includes(-1);
  const nothing = zeros([1, c]);
  const source = padded ? concat(place === "first" ? [nothing, rows] : [rows, nothing], 0) : rows;
  const [shift, padding] = padded && place === "first" ? [1, 0] : [0, n * positions];
  const images = Math.max(1, Math.ceil(n / Math.ceil((4 * n * table.length * c) / portion)));
  return Array.from({ length: Math.ceil(n / images) }, (_, i) => {
    const first = i * images;
    const count = Math.min(images, n - first);
    const index = new Int32Array(count * table.length);
    for (let image = 0; image < count; image++) {
      const start = shift + (first + image) * positions;
      for (const [at, p] of table.entries()) index[image * table.length + at] = p < 0 ? padding : start + p;
    }
    const picked = gather(source, constant(index), 0);
    return { first, images: count, rows: reshape(picked, [index.length / taps, taps * c]) };
  });
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
  gathering?: Gathering,
): Portion[] {
  const every: number[][] = [];
  forEachIndex(kernel.shape, (k) => every.push([...k]));
  const taps = kernel.live ? kernel.live.map((k) => every[k]!) : every;
  const table = convTable(x.shape.slice(2), output, taps, geometry);
  return gatheredRows(channelsLast(x), table, taps.length, gathering);
}
