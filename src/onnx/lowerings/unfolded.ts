/**
 * Weight gradients of convolutions of few channels: a convolution with a one-hot filter for each tap and channel makes the
 * patches (im2col), each picture's as a matrix of its own, and these are multiplied with y. Multiplying by ones and zeros is exact, and
 * for three channels it takes a third of the time of gathering rows of three numbers (docs/engine.md).
 */
import {
  add,
  apply,
  constant,
  convOp,
  type Geometry,
  matmul,
  narrow,
  reshape,
  type Shape,
  sizeOf,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import { channelsLast } from "./axes.ts";
import type { Kernel } from "./gathered-rows.ts";

/** With more patch elements than this, or longer rows, making patches so takes longer than gathering rows. */
const most = { elements: 64, channels: 8 };

/** ONNX Runtime has its quick kernels for filters in multiples of a block: some that are all zero are added. */
const multiple = 16;

/** Bytes of patches that are made at once. */
const portionBytes = 16 * 2 ** 20;

const tapsOf = ({ shape, live }: Kernel): readonly number[] =>
  live ?? Array.from({ length: sizeOf(shape) }, (_, k) => k);

/** Whether the form is worth it. */
export function isUnfolded(channels: number, kernel: Kernel): boolean {
  const taps = tapsOf(kernel).length;
  return taps > 1 && channels <= most.channels && channels * taps <= most.elements;
}

/** convWeight(x, y) at the live taps: [taps · C, O] = Σₙ patches(xₙ) · yₙ. */
export function unfoldedProduct(x: Tensor, y: Tensor, kernel: Kernel, geometry: Geometry): Tensor {
  const taps = tapsOf(kernel);
  const [n, channels] = [x.shape[0]!, x.shape[1]!];
  const [filters, positions] = [y.shape[1]!, sizeOf(y.shape.slice(2))];
  const elements = Math.ceil((taps.length * channels) / multiple) * multiple;
  const weights = oneHot(taps, elements, [channels, ...kernel.shape]);
  const rows = reshape(channelsLast(y), [n, positions, filters]);
  const images = Math.min(n, Math.max(1, Math.floor(portionBytes / (4 * elements * positions))));
  const parts: Tensor[] = [];
  for (let first = 0; first < n; first += images) {
    const count = Math.min(images, n - first);
    const unfolded = apply(convOp, [narrow(x, 0, first, count), weights], geometry);
    const cut = unfoldedTo(unfolded, y.shape.slice(2));
    const patches = reshape(cut, [count, elements, positions]);
    parts.push(sum(matmul(patches, narrow(rows, 0, first, count)), 0));
  }
  const total = parts.reduce((so, part) => add(so, part));
  return narrow(total, 0, 0, taps.length * channels);
}

/** Filter (k, c) is 1 at tap k of channel c; those beyond are 0. `shape` are the channels and the kernel's sizes. */
function oneHot(taps: readonly number[], filters: number, shape: Shape): Tensor {
  const [channels, size] = [shape[0]!, sizeOf(shape.slice(1))];
  const data = new Float32Array(filters * channels * size);
  taps.forEach((k, t) => {
    for (let c = 0; c < channels; c++) data[((t * channels + c) * channels + c) * size + k] = 1;
  });
  return constant(data, [filters, ...shape]);
}

/** Only as many positions as y has. */
function unfoldedTo(unfolded: Tensor, positions: Shape): Tensor {
  return positions.reduce(
    (t, size, i) => (t.shape[i + 2] === size ? t : narrow(t, i + 2, 0, size)),
    unfolded,
  );
}
