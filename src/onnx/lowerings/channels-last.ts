/**
 * Convolutions as one matrix product each, with channels last: the rows of the product are gathered from the image by a
 * fixed table, so that no arithmetic and no padding is spent on addresses. Exact, and faster than ONNX Runtime's own
 * kernels for wide layers (docs/engine.md). Every form takes and returns channels-first tensors; the permutes
 * between neighbouring layers cancel in passes/sink-permutes.ts.
 */
import {
  add,
  concat,
  constant,
  type Geometry,
  gather,
  matmul,
  narrow,
  permute,
  reshape,
  type Shape,
  sizeOf,
  sliceAxes,
  type Tensor,
  transpose,
  zeros,
} from "../../tensor/index.ts";
import { channelsFirst, channelsLast, forEachIndex, positionIn, weightMatrix } from "./axes.ts";
import { gatheredRows, type Kernel, patches, weightPortionBytes } from "./gathered-rows.ts";
import { interleave, onlyWithin, phaseTaps } from "./phases.ts";
import { isUnfolded, unfoldedProduct } from "./unfolded.ts";

/** conv(x, w) = patches(x) · W. */
export function convAsGemm(
  x: Tensor,
  w: Tensor,
  output: Shape,
  geometry: Geometry,
  live?: readonly number[],
): Tensor {
  const right = weightMatrix(w, live);
  const rows = patches(x, output, { shape: w.shape.slice(2), live }, geometry).map((portion) =>
    matmul(portion.rows, right),
  );
  return channelsFirst(reshape(joined(rows), [x.shape[0]!, ...output, w.shape[0]!]));
}

const joined = (rows: readonly Tensor[]): Tensor => (rows.length === 1 ? rows[0]! : concat(rows, 0));

/** convWeight(x, y) = patches(x)ᵀ · y, with y as rows. With `unfold` patches of few channels are made by a convolution. */
export function convWeightAsGemm(
  x: Tensor,
  y: Tensor,
  kernel: Kernel,
  geometry: Geometry,
  unfold = false,
): Tensor {
  const product = (unfold && isUnfolded(x.shape[1]!, kernel) ? unfoldedProduct : gatheredProduct)(
    x,
    y,
    kernel,
    geometry,
  ); // [taps · C, O]
  return asWeights(product, kernel, x.shape[1]!, y.shape[1]!);
}

function gatheredProduct(x: Tensor, y: Tensor, kernel: Kernel, geometry: Geometry): Tensor {
  const rows = reshape(channelsLast(y), [-1, y.shape[1]!]);
  const perImage = sizeOf(y.shape.slice(2));
  return patches(x, y.shape.slice(2), kernel, geometry, weightPortionBytes)
    .map(({ first, images, rows: seen }) =>
      matmul(transpose(seen), narrow(rows, 0, first * perImage, images * perImage)),
    )
    .reduce((sum, part) => add(sum, part));
}

/** [live taps · C, O] → [O, C, …k]. */
function asWeights(
  product: Tensor,
  { shape: kernel, live }: Kernel,
  channels: number,
  filters: number,
): Tensor {
  const n = kernel.length;
  const whole = live ? withDeadTaps(product, live, sizeOf(kernel)) : product;
  const taps = reshape(whole, [...kernel, channels, filters]);
  return permute(taps, [n + 1, n, ...kernel.map((_, i) => i)]);
}

/** [live · C, O] → [all taps, C · O], zero at the others. */
function withDeadTaps(product: Tensor, live: readonly number[], taps: number): Tensor {
  const each = reshape(product, [live.length, -1]);
  const index = Int32Array.from({ length: taps }, (_, k) =>
    live.includes(k) ? live.indexOf(k) : live.length,
  );
  return gather(concat([each, zeros([1, each.shape[1]!])], 0), constant(index), 0);
}

/**
 * convTranspose(y, w) by sub-pixel phases: output positions of one residue class modulo the strides see the same subset
 * of taps, so each class is a product of its own, and the classes are interleaved. Where some classes have a position less than
 * others, one too many is computed and cut off.
 */
export function convTransposeAsGemm(y: Tensor, w: Tensor, spatial: Shape, geometry: Geometry): Tensor {
  const { strides } = geometry;
  const last = channelsLast(y);
  const n = strides.length;
  const taps = permute(w, [...spatial.map((_, i) => i + 2), 0, 1]); // [...k, O, C]
  const phases: Tensor[] = [];
  forEachIndex(strides, (phase) => {
    phases.push(onePhase(last, taps, spatial, [...phase], geometry));
  });
  const woven = interleave(phases, strides, n);
  return channelsFirst(onlyWithin(woven, spatial));
}

function onePhase(
  y: Tensor,
  taps: Tensor,
  spatial: Shape,
  phase: readonly number[],
  geometry: Geometry,
): Tensor {
  const input = y.shape.slice(1, -1);
  const counts = spatial.map((size, i) => Math.ceil(size / geometry.strides[i]!));
  const perAxis = phase.map((p, i) => phaseTaps(p, i, taps.shape[i]!, geometry));
  const [n, channels] = [y.shape[0]!, taps.shape.at(-1)!];
  if (perAxis.some((list) => list.length === 0)) return zeros([n, ...counts, channels]);
  const tapCounts = perAxis.map((list) => list.length);
  const table = new Int32Array(sizeOf(counts) * sizeOf(tapCounts));
  let at = 0;
  forEachIndex(counts, (j) => {
    forEachIndex(tapCounts, (t) => {
      table[at++] = positionIn(
        input,
        j.map((p, i) => p + perAxis[i]![t[i]!]!.shift),
      );
    });
  });
  const right = reshape(pickTaps(taps, perAxis), [-1, channels]);
  const rows = gatheredRows(y, table, sizeOf(tapCounts)).map((portion) => matmul(portion.rows, right));
  return reshape(joined(rows), [n, ...counts, channels]);
}

/** The taps of one phase: they stand at equal distances, so a strided slice takes them. */
function pickTaps(taps: Tensor, perAxis: readonly (readonly { k: number }[])[]): Tensor {
  const starts = taps.shape.map((_, i) => perAxis[i]?.[0]?.k ?? 0);
  const steps = taps.shape.map((_, i) =>
    perAxis[i] && perAxis[i].length > 1 ? perAxis[i][1]!.k - perAxis[i][0]!.k : 1,
  );
  const ends = taps.shape.map((size, i) => (perAxis[i] ? perAxis[i].at(-1)!.k + 1 : size));
  return sliceAxes(taps, starts, ends, steps);
}
