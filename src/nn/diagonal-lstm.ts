import {
  add,
  concat,
  flip,
  matmul,
  narrow,
  pad,
  permute,
  reshape,
  stack,
  type Tensor,
  UserError,
  unstack,
  zeros,
} from "../tensor/index.ts";
import { checkPicture } from "./channels.ts";
import { fanInUniform } from "./dense.ts";
import type { Initializer } from "./initializers.ts";
import { gateBias, lstmGates } from "./lstm-gates.ts";
import { checkAbove, type PictureLstm, type PictureLstmOptions } from "./row-lstm.ts";
import { layer, parameter } from "./scope.ts";
import { weight } from "./weights.ts";

/**
 * Shifts row r of maps [..., H, W, (N, C)] by r to the right, zeros elsewhere: W becomes W + H − 1. A column of the result is
 * a diagonal of the map, whose pixel in row r was in column − r. `axis` is that of the rows (default the last but one).
 */
export function skew(x: Tensor, axis = -2): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  const [H, W] = x.shape.slice(at, at + 2) as [number, number];
  const [lead, rest] = [x.shape.slice(0, at), x.shape.slice(at + 2)];
  const wide = pad(x, padsOf(x.rank, at + 1, H));
  const flat = reshape(wide, [...lead, H * (W + H), ...rest]);
  return reshape(narrow(flat, at, 0, H * (W + H - 1)), [...lead, H, W + H - 1, ...rest]);
}

/** Undoes `skew`. Throws (UserError) where a map is too narrow to have been skewed. */
export function unskew(x: Tensor, axis = -2): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  const [H, D] = x.shape.slice(at, at + 2) as [number, number];
  if (D < H) throw new UserError(`unskew: the map has ${H} rows and ${D} columns, expected at least ${H}.`);
  const [lead, rest] = [x.shape.slice(0, at), x.shape.slice(at + 2)];
  const flat = reshape(x, [...lead, H * D, ...rest]);
  const wide = reshape(pad(flat, padsOf(flat.rank, at, H)), [...lead, H, D + 1, ...rest]);
  return narrow(wide, at + 1, 0, D - H + 1);
}

/** Pads of one axis, behind it. */
const padsOf = (rank: number, axis: number, after: number): (readonly [number, number])[] =>
  Array.from({ length: rank }, (_, i) => [0, i === axis ? after : 0]);

/**
 * Diagonal BiLSTM: reads a picture x [N, C, H, W] diagonal by diagonal, from both upper corners; unrolled, H + W − 1 steps
 * for both directions at once.
 *   [o, f, i, g] = K_ss · [h_left; h_up] + K_is · x + b,  K_is 1×1; then `lstmGates` with the memory of the left pixel
 * The second direction reads the mirrored picture; its map is shifted down by one row before both are added, for a pixel
 * must not see what lies to its right. Together they see all pixels above and to the left. Calling it row by row with the
 * `above` of the row before gives the same map.
 * Parameters of both directions: `weight`, the kernels one below the other: [2, 2·hidden + C (+ K), 4·hidden], and `bias`.
 * van den Oord et al. 2016, arXiv:1601.06759, section 3.2.
 */
export function diagonalLstm(
  x: Tensor,
  hidden: number,
  { above, condition, weights }: PictureLstmOptions = {},
): PictureLstm {
  checkPicture("diagonalLstm", x, 2, hidden);
  const [N, , H, W] = x.shape as [number, number, number, number];
  checkAbove("diagonalLstm", x, above, { h: [2, W, N, hidden] });
  return layer("diagonalLstm", () => {
    const pixels = permute(condition ? concat([x, condition], 1) : x, [2, 3, 0, 1]);
    const columns = unstack(skew(stack([pixels, flip(pixels, 1)]), 1), 2); // H + W − 1 × [2, H, N, features]
    const fanIn = 2 * hidden + pixels.shape[3]!;
    const shape = [2, fanIn, 4 * hidden];
    const spec = { name: "weight", shape, init: fanInUniform(fanIn), outputAxis: 2, fanIn };
    const kernels = weight(spec, weights);
    const bias = reshape(parameter("bias", [2, 4 * hidden], bothDirections), [2, 1, 4 * hidden]);

    const maps = unskew(stack(diagonals(columns, { kernels, bias, above: above?.["h"] }), 2), 1);
    const [fromLeft, mirrored] = unstack(maps) as [Tensor, Tensor]; // [H, W, N, hidden]
    const first = above ? narrow(above["h"]!, 0, 1, 1) : zeros([1, W, N, hidden]);
    const fromRight = flip(narrow(concat([first, mirrored]), 0, 0, H), 1);
    const h = reshape(narrow(maps, 1, H - 1, 1), [2, W, N, hidden]);
    return { output: permute(add(fromLeft, fromRight), [2, 3, 0, 1]), last: { h } };
  });
}

interface Recurrence {
  readonly kernels: Tensor;
  readonly bias: Tensor;
  /** h of the row above, [2, W, N, hidden]. */
  readonly above: Tensor | undefined;
}

/** h of every diagonal, [2, H, N, hidden] each: 0 in the rows whose pixel of the diagonal is outside the picture. */
function diagonals(columns: readonly Tensor[], { kernels, bias, above }: Recurrence): Tensor[] {
  const [, H, N] = columns[0]!.shape as [number, number, number];
  const [, fanIn, gates] = kernels.shape as [number, number, number];
  const W = columns.length - H + 1;
  const outside = zeros([2, 1, N, gates / 4]);
  let [h, c]: Tensor[] = [];
  return columns.map((column, d) => {
    const [first, end] = [Math.max(0, d - W + 1), Math.min(H, d + 1)];
    const rows = end - first;
    const edge = above && d < W ? narrow(above, 1, d, 1) : outside;
    const fresh = d < H ? [outside] : []; // left of the row that begins here
    // Rows first − 1 … end − 1 of the diagonal before: each row's left neighbour behind its upper one.
    const around = concat([...(first === 0 ? [edge] : []), ...(h ? [h] : []), ...fresh], 1);
    const [up, left] = [narrow(around, 1, 0, rows), narrow(around, 1, 1, rows)];
    const inputs = reshape(concat([left, up, narrow(column, 1, first, rows)], -1), [2, rows * N, fanIn]);
    const sums = reshape(add(matmul(inputs, kernels), bias), [2, rows, N, gates]);
    const memory = c && concat([first === 0 ? c : narrow(c, 1, 1, c.shape[1]! - 1), ...fresh], 1);
    ({ h, c } = lstmGates(sums, memory));
    return pad(h, [
      [0, 0],
      [first, H - end],
      [0, 0],
      [0, 0],
    ]);
  });
}

/** First biases [2, 4·hidden] of both directions' gates. */
const bothDirections: Initializer = ([, gates], random) => {
  const one = gateBias([gates!], random);
  return Float32Array.of(...one, ...one);
};
