import {
  add,
  concat,
  formatShape,
  matmul,
  narrow,
  pad,
  permute,
  stack,
  type Tensor,
  UserError,
  unstack,
  zeros,
} from "../tensor/index.ts";
import { checkPicture } from "./channels.ts";
import { fanInUniform } from "./dense.ts";
import { gateBias, lstmGates } from "./lstm-gates.ts";
import type { RowState } from "./row-states.ts";
import { layer, parameter } from "./scope.ts";
import { type WeightOptions, weight } from "./weights.ts";

export type PictureLstmOptions = WeightOptions & {
  /** The state that the row above the first one left, `last` of an earlier call (default: zeros, the picture's edge). */
  above?: RowState;
  /** A map [N, K, H, W] that is known as a whole: a 1×1 convolution of it is added to the input-to-state map. */
  condition?: Tensor;
};

/** A recurrent layer's map [N, hidden, H, W] and the state of its last row. */
export interface PictureLstm {
  readonly output: Tensor;
  readonly last: RowState;
}

/**
 * Row LSTM: reads a picture x [N, C, H, W] from the top to the bottom, a whole row at a time; unrolled, H steps.
 *   [o, f, i, g] = K_ss ⊛ h_(row above) + K_is ⊛ x_row + b,  both 1×`kernel` (odd), K_is masked (B); then `lstmGates`
 * A pixel sees a triangle above it that grows by (kernel − 1)/2 pixels to each side with every row, and in its own row
 * what K_is reaches. Calling it row by row with the `above` of the row before gives the same map.
 * Parameters `weight`, the kernels one below the other: [kernel·hidden + (kernel + 1)/2·C (+ K), 4·hidden], and `bias`.
 * van den Oord et al. 2016, arXiv:1601.06759, sections 3.1 and 3.3.
 */
export function rowLstm(
  x: Tensor,
  hidden: number,
  { kernel = 3, above, condition, weights }: PictureLstmOptions & { kernel?: number } = {},
): PictureLstm {
  checkPicture("rowLstm", x, 2, hidden);
  checkAbove("rowLstm", x, above, {
    h: [x.shape[3]!, x.shape[0]!, hidden],
    c: [x.shape[3]!, x.shape[0]!, hidden],
  });
  return layer("rowLstm", () => {
    const reach = (kernel - 1) / 2;
    const seen = neighbours(permute(x, [2, 3, 0, 1]), reach, 0); // K_is masked: nothing to the right
    const known = condition ? [permute(condition, [2, 3, 0, 1])] : [];
    const rows = unstack(concat([seen, ...known], -1)); // H × [W, N, features]
    const fanIn = kernel * hidden + rows[0]!.shape[2]!;
    const shape = [fanIn, 4 * hidden];
    const kernels = weight(
      { name: "weight", shape, init: fanInUniform(fanIn), outputAxis: 1, fanIn },
      weights,
    );
    const bias = parameter("bias", [4 * hidden], gateBias);

    let { h, c } = above ?? {};
    const outputs = rows.map((row) => {
      const before = h ? neighbours(h, reach, reach) : zeros([...row.shape.slice(0, 2), kernel * hidden]);
      const sums = add(matmul(concat([before, row], -1), kernels), bias);
      ({ h, c } = lstmGates(sums, c));
      return h;
    });
    return { output: permute(stack(outputs), [2, 3, 0, 1]), last: { h: h!, c: c! } };
  });
}

/** Each pixel of rows [..., W, N, C] with so many neighbours to its left and right, zeros beyond the edges. */
function neighbours(rows: Tensor, left: number, right: number): Tensor {
  const axis = rows.rank - 3;
  const wide = pad(rows, [
    [left, right],
    [0, 0],
    [0, 0],
  ]);
  const shifts = Array.from({ length: left + right + 1 }, (_, k) => k);
  return concat(
    shifts.map((k) => narrow(wide, axis, k, rows.shape[axis]!)),
    -1,
  );
}

/** Throws (UserError) where the state of the row above is not of this picture and layer. */
export function checkAbove(
  what: string,
  x: Tensor,
  above: RowState | undefined,
  shapes: { readonly [name: string]: readonly number[] },
): void {
  for (const [name, shape] of above ? Object.entries(shapes) : []) {
    const got = above![name]?.shape;
    if (got?.join() !== shape.join())
      throw new UserError(
        `${what}: the state above has ${name} ${got ? formatShape(got) : "missing"} for a picture ${formatShape(x.shape)}, expected ${formatShape(shape)}; pass \`last\` of the row above.`,
      );
  }
}
