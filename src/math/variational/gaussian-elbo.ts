/**
 * Variational inference with a Gaussian. Jordan et al. 1999; the estimator of Kingma & Welling 2013, arXiv:1312.6114, as in
 * Kucukelbir et al. 2017, arXiv:1603.00788.
 *
 *   log Z ≥ ELBO = E_q[log π̃(z)] + H(q),   log Z − ELBO = KL(q ‖ π),   π = π̃/Z
 *   q = N(μ, LLᵀ),  z = μ + Lε,  ε ~ N(0, I):  the gradient goes through z;   H(q) = Σ log L_ii + ½d(1 + log 2π)
 */
import {
  add,
  exp,
  eye,
  matmul,
  mean,
  mul,
  normal,
  sum,
  type Tensor,
  transpose,
  tril,
} from "../../tensor/index.ts";

/** N(μ, LLᵀ): μ [d], log L_ii [d]; without `lower` L is diagonal (mean field), else its strictly lower part is that of `lower`. */
export interface GaussianApproximation {
  readonly mean: Tensor;
  readonly logStd: Tensor;
  readonly lower?: Tensor;
}

/** L, [d, d]. */
export function factorOf({ logStd, lower }: GaussianApproximation): Tensor {
  const diagonal = mul(eye(logStd.size), exp(logStd));
  return lower ? add(diagonal, tril(lower, -1)) : diagonal;
}

/**
 * ELBO of q, nats, a scalar: log π̃ averaged over so many draws, differentiable in q's parameters. `logDensity` is log π̃,
 * [n, d] → [n].
 */
export function gaussianElbo(
  logDensity: (z: Tensor) => Tensor,
  q: GaussianApproximation,
  draws: number,
): Tensor {
  const d = q.mean.size;
  const z = add(matmul(normal([draws, d]), transpose(factorOf(q))), q.mean);
  const entropy = add(sum(q.logStd), (d / 2) * (1 + Math.log(2 * Math.PI)));
  return add(mean(logDensity(z)), entropy);
}
