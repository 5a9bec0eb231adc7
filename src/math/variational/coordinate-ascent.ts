/** Mean field for a Gaussian in closed form: Bishop 2006, "Pattern recognition and machine learning", section 10.1.2. */
import { diagonalGaussian, type Gaussian } from "../information/index.ts";
import { choleskyInverse } from "./inverse.ts";

export interface CoordinateAscent {
  /** The best N(m, diag(v)): v_i = 1/Λ_ii, smaller than the variance Σ_ii wherever coordinates depend on each other. */
  readonly q: Gaussian;
  /** m after each sweep, the first one first. */
  readonly path: readonly Float64Array[];
}

/**
 * m_i ← μ_i − Λ_ii⁻¹ Σ_{j≠i} Λ_ij (m_j − μ_j), i = 1 … d, so many sweeps from `start`, with Λ = Σ⁻¹: each step is the exact
 * minimum of KL(q ‖ p) over one coordinate. Throws (UserError) where Σ is not positive definite.
 */
export function meanFieldOfGaussian(
  { mean, covariance }: Gaussian,
  { start, sweeps = 1000 }: { readonly start?: ArrayLike<number>; readonly sweeps?: number } = {},
): CoordinateAscent {
  const d = mean.length;
  const precision = choleskyInverse(covariance, d);
  const m = Float64Array.from(start ?? new Float64Array(d));
  const path: Float64Array[] = [];
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (let i = 0; i < d; i++) {
      let pull = 0;
      for (let j = 0; j < d; j++) if (j !== i) pull += precision[i * d + j]! * (m[j]! - mean[j]!);
      m[i] = mean[i]! - pull / precision[i * d + i]!;
    }
    path.push(m.slice());
  }
  const variances = Float64Array.from({ length: d }, (_, i) => 1 / precision[i * d + i]!);
  return { q: diagonalGaussian(m, variances), path };
}
