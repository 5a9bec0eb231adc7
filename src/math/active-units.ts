import { cast, greater, mean, square, sub, sum, type Tensor } from "../tensor/index.ts";

/**
 * Number of active units, a float32 scalar: latent variables whose posterior mean E[uᵢ|x] has a variance of more than
 * `threshold` over the examples (Burda et al. 2015, section 5.3). `means` are the posterior means, [N, d]; the variance is
 * over their N rows.
 */
export function activeUnits(means: Tensor, { threshold = 0.01 }: { threshold?: number } = {}): Tensor {
  const centred = sub(means, mean(means, 0, { keepdims: true }));
  return sum(cast(greater(mean(square(centred), 0), threshold), "float32"));
}
