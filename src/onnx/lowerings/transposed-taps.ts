/**
 * A transposed convolution tap by tap: every tap's product with all of its weights as they are stored, then the sum of the
 * taps that meet. It writes more than the phases do and reads the weights without reordering them, which pays where they are
 * larger than the pictures.
 */
import {
  batchedProduct,
  concat,
  constant,
  type Geometry,
  gather,
  permute,
  reshape,
  type Shape,
  sizeOf,
  sum,
  type Tensor,
  zeros,
} from "../../tensor/index.ts";
import { channelsFirst, channelsLast, forEachIndex, positionIn } from "./axes.ts";
import type { Convolution } from "./convolution.ts";

/** Whether the form exists: every residue class of the strides has equally many taps and output positions. */
export function hasTapForm({ input, kernel, geometry: { strides, dilations } }: Convolution): boolean {
  return kernel.every((k, i) => k % strides[i]! === 0 && input[i]! % strides[i]! === 0 && dilations[i] === 1);
}

/** Whether reordering the weights would cost more than the sum over the taps. */
export function weightsAreLarge({ batch, filters, output }: Convolution): boolean {
  return batch * sizeOf(output) < 1.5 * filters;
}

/** convTranspose(y, w), y [N, O, …], w [O, C, …k] → [N, C, …spatial]. */
export function convTransposeByTaps(y: Tensor, w: Tensor, spatial: Shape, geometry: Geometry): Tensor {
  const [n, filters] = [y.shape[0]!, y.shape[1]!];
  const [kernel, channels] = [w.shape.slice(2), w.shape[1]!];
  const axes = kernel.map((_, i) => i + 2);
  const counts = spatial.map((size, i) => size / geometry.strides[i]!);
  const weights = reshape(permute(w, [...axes, 1, 0]), [-1, channels, filters]); // [taps, C, O]
  const rows = rowsOfTaps(y, kernel, counts, geometry); // [taps, N · counts, O]
  const products = batchedProduct(rows, weights, { transB: true }); // [taps, N · counts, C]
  return channelsFirst(woven(products, { n, channels, kernel, counts, geometry }));
}

/** What each tap reads of y, for each position of its phase. */
function rowsOfTaps(y: Tensor, kernel: Shape, counts: Shape, { strides, pads }: Geometry): Tensor {
  const last = channelsLast(y);
  const [n, filters] = [last.shape[0]!, last.shape.at(-1)!];
  const input = last.shape.slice(1, -1);
  const positions = sizeOf(input);
  const index: number[] = [];
  forEachIndex(kernel, (k) => {
    for (let image = 0; image < n; image++) {
      forEachIndex(counts, (j) => {
        // The output position p = j·s + phase sees tap k at (p + pad − k)/s.
        const at = positionIn(
          input,
          j.map(
            (v, i) => v + Math.floor((phaseOf(k[i]!, i, strides, pads) + pads[i]! - k[i]!) / strides[i]!),
          ),
        );
        index.push(at < 0 ? n * positions : image * positions + at);
      });
    }
  });
  const source = concat([reshape(last, [n * positions, filters]), zeros([1, filters])], 0);
  const table = constant(Int32Array.from(index), [sizeOf(kernel), n * sizeOf(counts)]);
  return gather(source, table, 0);
}

/** The residue class of the output positions that tap k of an axis contributes to. */
const phaseOf = (k: number, axis: number, strides: Shape, pads: Shape): number => {
  const s = strides[axis]!;
  return (((k - pads[axis]!) % s) + s) % s;
};

interface Weaving {
  readonly n: number;
  readonly channels: number;
  readonly kernel: Shape;
  readonly counts: Shape;
  readonly geometry: Geometry;
}

/** Adds the taps of each phase and puts the phases side by side: [N, …counts · strides, C]. */
function woven(products: Tensor, { n, channels, kernel, counts, geometry }: Weaving): Tensor {
  const { strides, pads } = geometry;
  const d = kernel.length;
  const split = kernel.flatMap((k, i) => [k / strides[i]!, strides[i]!]); // tap k = a·s + r
  const byResidue = reshape(products, [...split, n * sizeOf(counts) * channels]);
  const added = sum(
    byResidue,
    kernel.map((_, i) => 2 * i),
  ); // [r of each axis, N · counts · C]
  const phases = strides.reduce((t, s, i) => {
    const order = Int32Array.from({ length: s }, (_, phase) => (phase + pads[i]!) % s); // residue r of a phase
    return order.every((r, phase) => r === phase) ? t : gather(t, constant(order), i);
  }, added);
  const grid = reshape(phases, [...strides, n, ...counts, channels]);
  const order = [d, ...counts.flatMap((_, i) => [d + 1 + i, i]), 2 * d + 1];
  return reshape(permute(grid, order), [n, ...counts.map((c, i) => c * strides[i]!), channels]);
}
