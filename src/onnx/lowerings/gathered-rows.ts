/** Rows of a matrix product, gathered from a picture by a fixed table. */
import {
  concat,
  constant,
  type Geometry,
  gather,
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
  const rows = reshape(x, [n, positions, c]);
  const padded = table.includes(-1);
  const index = padded ? table.map((p) => (p < 0 ? positions : p)) : table;
  const whole = !padded && index.length === positions && index.every((p, i) => p === i);
  const images = whole ? n : Math.max(1, Math.ceil(n / Math.ceil((4 * n * table.length * c) / bytes)));
  return Array.from({ length: Math.ceil(n / images) }, (_, i) => {
    const first = i * images;
    const count = Math.min(images, n - first);
    const part = count === n ? rows : narrow(rows, 0, first, count);
    const source = padded ? concat([part, zeros([count, 1, c])], 1) : part;
    const picked = whole ? source : gather(source, constant(index), 1);
    return { first, images: count, rows: reshape(picked, [(count * index.length) / taps, taps * c]) };
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
  bytes?: number,
): Portion[] {
  const every: number[][] = [];
  forEachIndex(kernel.shape, (k) => every.push([...k]));
  const taps = kernel.live ? kernel.live.map((k) => every[k]!) : every;
  const table = convTable(x.shape.slice(2), output, taps, geometry);
  return gatheredRows(channelsLast(x), table, taps.length, bytes);
}
