/** Information of Gaussians with full covariance, in closed form: nats, float64. */
import { UserError } from "../../tensor/errors.ts";
import { cholesky, logDeterminantOfFactor, solveLower } from "./cholesky.ts";

/** N(mean, covariance): mean [d], covariance [d, d] symmetric positive definite, row after row. */
export interface Gaussian {
  readonly mean: ArrayLike<number>;
  readonly covariance: ArrayLike<number>;
}

const log2Pi = Math.log(2 * Math.PI);

/** N(mean, diag(variances)). */
export function diagonalGaussian(mean: ArrayLike<number>, variances: ArrayLike<number>): Gaussian {
  const d = mean.length;
  const covariance = new Float64Array(d * d);
  for (let i = 0; i < d; i++) covariance[i * d + i] = variances[i]!;
  return { mean, covariance };
}

/** H = ½(d log 2πe + log|Σ|) (Cover & Thomas 2006, theorem 8.4.1). */
export function entropyOfGaussian(p: Gaussian): number {
  const d = p.mean.length;
  return 0.5 * (d * (1 + log2Pi) + logDeterminantOfFactor(factor("entropyOfGaussian", p), d));
}

/** H(P, Q) = ½(d log 2π + log|Σ_q| + tr Σ_q⁻¹Σ_p + (μ_p − μ_q)ᵀΣ_q⁻¹(μ_p − μ_q)). */
export function crossEntropyOfGaussians(p: Gaussian, q: Gaussian): number {
  checkDimensions("crossEntropyOfGaussians", p, q);
  const d = p.mean.length;
  const l = factor("crossEntropyOfGaussians", q);
  const spread = sumOfSquares(solveLower(l, factor("crossEntropyOfGaussians", p), d, d));
  return 0.5 * (d * log2Pi + logDeterminantOfFactor(l, d) + spread + distance(l, p, q));
}

/** KL(P ‖ Q) = ½(tr Σ_q⁻¹Σ_p + (μ_p − μ_q)ᵀΣ_q⁻¹(μ_p − μ_q) − d + log|Σ_q| − log|Σ_p|). */
export function klOfGaussians(p: Gaussian, q: Gaussian): number {
  checkDimensions("klOfGaussians", p, q);
  const d = p.mean.length;
  const [lp, lq] = [factor("klOfGaussians", p), factor("klOfGaussians", q)];
  const spread = sumOfSquares(solveLower(lq, lp, d, d));
  const logRatio = logDeterminantOfFactor(lq, d) - logDeterminantOfFactor(lp, d);
  return Math.max(0, 0.5 * (spread + distance(lq, p, q) - d + logRatio));
}

/** KL(P ‖ Q) + KL(Q ‖ P): Jeffreys divergence. */
export function jeffreysOfGaussians(p: Gaussian, q: Gaussian): number {
  return klOfGaussians(p, q) + klOfGaussians(q, p);
}

/**
 * log(∫p^α q^(1−α))/(α − 1) = (α/2) δᵀΣ_α⁻¹δ − log(|Σ_α| / (|Σ_p|^(1−α) |Σ_q|^α)) / (2(α − 1)), Σ_α = αΣ_q + (1 − α)Σ_p:
 * Rényi divergence of order 0 < α < 1 (Gil, Alajaji & Linder 2013, table 2).
 */
export function renyiOfGaussians(p: Gaussian, q: Gaussian, alpha: number): number {
  checkDimensions("renyiOfGaussians", p, q);
  if (!(alpha > 0 && alpha < 1)) {
    throw new UserError(
      `renyiOfGaussians: alpha is ${alpha}, expected a number between 0 and 1; 1 is klOfGaussians.`,
    );
  }
  const d = p.mean.length;
  const mixed = Float64Array.from(p.covariance, (v, i) => (1 - alpha) * v + alpha * q.covariance[i]!);
  const l = cholesky(mixed, d, "renyiOfGaussians");
  const logOf = (g: Gaussian): number => logDeterminantOfFactor(factor("renyiOfGaussians", g), d);
  const logRatio = logDeterminantOfFactor(l, d) - (1 - alpha) * logOf(p) - alpha * logOf(q);
  return Math.max(0, (alpha / 2) * distance(l, p, q) - logRatio / (2 * (alpha - 1)));
}

/** ∫(√p − √q)² = 2 − 2 exp(−½ D_½): squared Hellinger distance, between 0 and 2 as in `squaredHellinger`. */
export function squaredHellingerOfGaussians(p: Gaussian, q: Gaussian): number {
  return -2 * Math.expm1(-0.5 * renyiOfGaussians(p, q, 0.5));
}

/** log N(x; μ, Σ) as a function of x, factored once. */
export function logDensityOfGaussian(p: Gaussian): (x: ArrayLike<number>) => number {
  const d = p.mean.length;
  const l = factor("logDensityOfGaussian", p);
  const constant = d * log2Pi + logDeterminantOfFactor(l, d);
  return (x) => -0.5 * (constant + distance(l, { ...p, mean: x }, p));
}

/** (μ_p − μ_q)ᵀ(L·Lᵀ)⁻¹(μ_p − μ_q). */
function distance(l: Float64Array, p: Gaussian, q: Gaussian): number {
  const d = q.mean.length;
  return sumOfSquares(
    solveLower(
      l,
      Float64Array.from({ length: d }, (_, i) => p.mean[i]! - q.mean[i]!),
      d,
    ),
  );
}

const sumOfSquares = (x: Float64Array): number => x.reduce((total, v) => total + v * v, 0);

function factor(what: string, { mean, covariance }: Gaussian): Float64Array {
  const d = mean.length;
  if (covariance.length !== d * d) {
    throw new UserError(
      `${what}: a mean of ${d} numbers and a covariance of ${covariance.length}; expected ${d * d}, row after row. diagonalGaussian makes one from variances.`,
    );
  }
  return cholesky(covariance, d, what);
}

function checkDimensions(what: string, p: Gaussian, q: Gaussian): void {
  if (p.mean.length !== q.mean.length) {
    throw new UserError(
      `${what}: the Gaussians have ${p.mean.length} and ${q.mean.length} dimensions; expected the same number.`,
    );
  }
}
