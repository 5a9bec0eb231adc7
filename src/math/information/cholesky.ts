/**
 * The triangular factor of a positive definite matrix, to solve with in closed forms of Gaussians. A singular covariance has
 * no density, so it is refused here; the pivoted factor of math/numeric takes it.
 */
import { UserError } from "../../tensor/errors.ts";

/**
 * Lower triangular L with L·Lᵀ = A for a symmetric positive definite A [n, n], row after row.
 * Throws (UserError) where A is not positive definite.
 */
export function cholesky(a: ArrayLike<number>, n: number, what = "cholesky"): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= l[i * n + k]! * l[j * n + k]!;
      if (i !== j) l[i * n + j] = rest / l[j * n + j]!;
      else if (rest > 0) l[i * n + i] = Math.sqrt(rest);
      else
        throw new UserError(
          `${what}: the covariance [${n}, ${n}] is not positive definite (pivot ${i} is ${rest}); take more examples than dimensions, or add a small multiple of the identity.`,
        );
    }
  }
  return l;
}

/** L⁻¹B for lower triangular L [n, n] and B [n, m], row after row. */
export function solveLower(l: Float64Array, b: ArrayLike<number>, n: number, m = 1): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) {
      const f = l[i * n + k]!;
      if (f !== 0) for (let c = 0; c < m; c++) x[i * m + c]! -= f * x[k * m + c]!;
    }
    for (let c = 0; c < m; c++) x[i * m + c]! /= l[i * n + i]!;
  }
  return x;
}

/** log det(L·Lᵀ) = 2 Σ log lᵢᵢ. */
export function logDeterminantOfFactor(l: Float64Array, n: number): number {
  let total = 0;
  for (let i = 0; i < n; i++) total += Math.log(l[i * n + i]!);
  return 2 * total;
}
