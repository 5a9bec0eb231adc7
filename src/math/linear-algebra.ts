import { abs, diagonal, formatShape, log, sum, type Tensor, UserError } from "../tensor/index.ts";

/** log|det A| = Σ log|aᵢᵢ| of triangular matrices [..., n, n] → [...]. Only the diagonal is looked at. */
export function logDeterminantOfTriangular(a: Tensor): Tensor {
  if (a.rank < 2 || a.shape.at(-1) !== a.shape.at(-2)) {
    throw new UserError(
      `logDeterminantOfTriangular: got ${formatShape(a.shape)}, expected square matrices [..., n, n].`,
    );
  }
  return sum(log(abs(diagonal(a))), -1);
}
