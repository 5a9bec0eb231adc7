import { UserError } from "../errors.ts";
import { formatShape, normalizeAxis, type Shape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";

const permuteOp: Op<{ perm: Shape }> = {
  name: "permute",
  infer: ([x], { perm }) => ({ shape: perm.map((axis) => x!.shape[axis]!), dtype: x!.dtype }),
  vjp: ({ g, attrs }) => [permute(g, invertPermutation(attrs.perm))],
  onnx: (w, [x], _, { perm }) => w.node("Transpose", [x!], { perm }),
};

/** The permutation that undoes `perm`. */
export function invertPermutation(perm: Shape): number[] {
  const inverse = new Array<number>(perm.length);
  perm.forEach((axis, i) => {
    inverse[axis] = i;
  });
  return inverse;
}

/** Reorders axes: axis i of the result is axis `perm[i]` of `x`. */
export function permute(x: Tensor, perm: Shape): Tensor {
  const full = perm.map((axis) => normalizeAxis(axis, x.rank, "permute"));
  if (full.length !== x.rank || new Set(full).size !== x.rank) {
    throw new UserError(
      `permute: ${formatShape(perm)} is no order of the ${x.rank} axes of ${formatShape(x.shape)}; name each axis once.`,
    );
  }
  return full.every((axis, i) => axis === i) ? x : apply(permuteOp, [x], { perm: full });
}

/** Exchanges two axes (default: the last two). */
export function transpose(x: Tensor, a = -2, b = -1): Tensor {
  const [i, j] = [normalizeAxis(a, x.rank, "transpose"), normalizeAxis(b, x.rank, "transpose")];
  const perm = x.shape.map((_, k) => (k === i ? j : k === j ? i : k));
  return permute(x, perm);
}
