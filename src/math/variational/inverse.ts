import { cholesky, solveLower } from "../information/cholesky.ts";

/** The inverse of a symmetric positive definite matrix a [n, n]: a = L·Lᵀ, a⁻¹ = L⁻ᵀL⁻¹. Throws (UserError) where it is not. */
export function choleskyInverse(a: ArrayLike<number>, n: number): Float64Array {
  const identity = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
  const inverse = solveLower(cholesky(a, n, "choleskyInverse"), identity, n, n);
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, j] = [Math.floor(at / n), at % n];
    let total = 0;
    for (let k = 0; k < n; k++) total += inverse[k * n + i]! * inverse[k * n + j]!;
    return total;
  });
}
