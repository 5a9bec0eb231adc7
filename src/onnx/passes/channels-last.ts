/**
 * Convolutions as one matrix product each, with channels last: the rows of the product are gathered from the image by a
 * fixed table, so that no arithmetic and no padding is spent on addresses. Exact, and faster than ONNX Runtime's own
 * kernels for wide layers (docs/engine.md). Every form takes and returns channels-first tensors; the permutes
 * between neighbouring layers cancel in sink-permutes.ts.
 */
import {
  concat,
  constant,
  type Geometry,
  gather,
  matmul,
  permute,
  reshape,
  type Shape,
  sizeOf,
  sliceAxes,
  type Tensor,
  transpose,
  zeros,
} from "../../tensor/index.ts";

/** [N, C, …] → [N, …, C] and back. */
const toLast = (x: Tensor): Tensor => permute(x, [0, ...x.shape.slice(2).map((_, i) => i + 2), 1]);
const toFirst = (x: Tensor): Tensor => permute(x, [0, x.rank - 1, ...x.shape.slice(2).map((_, i) => i + 1)]);

/** [O, C, …k] → [Πk · C, O]: the weights as the right side of the product. */
function weightMatrix(w: Tensor): Tensor {
  const taps = permute(w, [...w.shape.slice(2).map((_, i) => i + 2), 1, 0]);
  return reshape(taps, [-1, w.shape[0]!]);
}

/** Calls `visit` with every index of a grid, last axis fastest. */
function forEachIndex(sizes: Shape, visit: (index: readonly number[]) => void): void {
  const index = sizes.map(() => 0);
  for (let left = sizeOf(sizes); left > 0; left--) {
    visit(index);
    for (let axis = sizes.length - 1; axis >= 0 && ++index[axis]! === sizes[axis]; axis--) index[axis] = 0;
  }
}

/**
 * Rows of x [N, …in, C] in the order of `table` (flat positions, −1 for padding): [N · rows, taps · C].
 * `table` lists the taps of row 0, then of row 1, and so on.
 */
function gatherRows(x: Tensor, table: Int32Array, taps: number): Tensor {
  const [n, c] = [x.shape[0]!, x.shape.at(-1)!];
  const positions = sizeOf(x.shape.slice(1, -1));
  const rows = reshape(x, [n, positions, c]);
  const padded = table.includes(-1);
  const source = padded ? concat([rows, zeros([n, 1, c])], 1) : rows;
  const index = padded ? table.map((p) => (p < 0 ? positions : p)) : table;
  const whole = !padded && index.length === positions && index.every((p, i) => p === i);
  const picked = whole ? source : gather(source, constant(index), 1);
  return reshape(picked, [(n * index.length) / taps, taps * c]);
}

/** Where each tap of each output position of a convolution reads its input; −1 in the padding. */
function convTable(
  input: Shape,
  output: Shape,
  kernel: Shape,
  { strides, pads, dilations }: Geometry,
): Int32Array {
  const table = new Int32Array(sizeOf(output) * sizeOf(kernel));
  let at = 0;
  forEachIndex(output, (o) => {
    forEachIndex(kernel, (k) => {
      table[at++] = flat(
        o.map((p, i) => p * strides[i]! + k[i]! * dilations[i]! - pads[i]!),
        input,
      );
    });
  });
  return table;
}

/** Row-major position of an index in a grid, or −1 outside. */
function flat(index: readonly number[], sizes: Shape): number {
  let position = 0;
  for (let i = 0; i < index.length; i++) {
    if (index[i]! < 0 || index[i]! >= sizes[i]!) return -1;
    position = position * sizes[i]! + index[i]!;
  }
  return position;
}

function patches(x: Tensor, output: Shape, kernel: Shape, geometry: Geometry): Tensor {
  const table = convTable(x.shape.slice(2), output, kernel, geometry);
  return gatherRows(toLast(x), table, sizeOf(kernel));
}

/** conv(x, w) = patches(x) · W. */
export function convAsGemm(x: Tensor, w: Tensor, output: Shape, geometry: Geometry): Tensor {
  const y = matmul(patches(x, output, w.shape.slice(2), geometry), weightMatrix(w));
  return toFirst(reshape(y, [x.shape[0]!, ...output, w.shape[0]!]));
}

/** convWeight(x, y) = patches(x)ᵀ · y, with y as rows. */
export function convWeightAsGemm(x: Tensor, y: Tensor, kernel: Shape, geometry: Geometry): Tensor {
  const rows = reshape(toLast(y), [-1, y.shape[1]!]);
  const product = matmul(transpose(patches(x, y.shape.slice(2), kernel, geometry)), rows); // [Πk · C, O]
  const n = kernel.length;
  const taps = reshape(product, [...kernel, x.shape[1]!, y.shape[1]!]);
  return permute(taps, [n + 1, n, ...kernel.map((_, i) => i)]);
}

/** Whether every residue class of the strides has equally many output positions, which `convTransposeAsGemm` needs. */
export function hasEqualPhases(spatial: Shape, { strides }: Geometry): boolean {
  return spatial.every((size, i) => size % strides[i]! === 0);
}

/**
 * convTranspose(y, w) by sub-pixel phases: output positions of one residue class modulo the strides see the same subset
 * of taps, so each class is a product of its own, and the classes are interleaved.
 */
export function convTransposeAsGemm(y: Tensor, w: Tensor, spatial: Shape, geometry: Geometry): Tensor {
  const { strides } = geometry;
  const last = toLast(y);
  const n = strides.length;
  const taps = permute(w, [...spatial.map((_, i) => i + 2), 0, 1]); // [...k, O, C]
  const phases: Tensor[] = [];
  forEachIndex(strides, (phase) => {
    phases.push(onePhase(last, taps, spatial, [...phase], geometry));
  });
  return toFirst(interleave(phases, strides, n));
}

/** Taps k of one axis with (phase + pad − k·dilation) divisible by the stride, and by how far each reads ahead. */
function phaseTaps(
  phase: number,
  i: number,
  kernel: number,
  { strides, pads, dilations }: Geometry,
): { k: number; shift: number }[] {
  return Array.from({ length: kernel }, (_, k) => ({
    k,
    shift: (phase + pads[i]! - k * dilations[i]!) / strides[i]!,
  })).filter(({ shift }) => Number.isInteger(shift));
}

function onePhase(
  y: Tensor,
  taps: Tensor,
  spatial: Shape,
  phase: readonly number[],
  geometry: Geometry,
): Tensor {
  const input = y.shape.slice(1, -1);
  const counts = spatial.map((size, i) => size / geometry.strides[i]!);
  const perAxis = phase.map((p, i) => phaseTaps(p, i, taps.shape[i]!, geometry));
  const [n, channels] = [y.shape[0]!, taps.shape.at(-1)!];
  if (perAxis.some((list) => list.length === 0)) return zeros([n, ...counts, channels]);
  const tapCounts = perAxis.map((list) => list.length);
  const table = new Int32Array(sizeOf(counts) * sizeOf(tapCounts));
  let at = 0;
  forEachIndex(counts, (j) => {
    forEachIndex(tapCounts, (t) => {
      table[at++] = flat(
        j.map((p, i) => p + perAxis[i]![t[i]!]!.shift),
        input,
      );
    });
  });
  const rows = gatherRows(y, table, sizeOf(tapCounts));
  const product = matmul(rows, reshape(pickTaps(taps, perAxis), [-1, channels]));
  return reshape(product, [n, ...counts, channels]);
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

/** Weaves the phases [N, …counts, C] (last axis fastest) into [N, …counts·strides, C]. */
function interleave(phases: readonly Tensor[], strides: Shape, n: number): Tensor {
  let level = [...phases];
  for (let axis = n - 1; axis >= 0; axis--) {
    const s = strides[axis]!;
    const next: Tensor[] = [];
    for (let i = 0; i < level.length; i += s) {
      const group = level
        .slice(i, i + s)
        .map((p) => reshape(p, [...p.shape.slice(0, axis + 2), 1, ...p.shape.slice(axis + 2)]));
      const woven = concat(group, axis + 2);
      const shape = woven.shape;
      next.push(
        reshape(woven, [
          ...shape.slice(0, axis + 1),
          shape[axis + 1]! * shape[axis + 2]!,
          ...shape.slice(axis + 3),
        ]),
      );
    }
    level = next;
  }
  return level[0]!;
}
