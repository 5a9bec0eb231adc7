import {
  add,
  concat,
  div,
  maximum,
  minimum,
  mul,
  reshape,
  sqrt,
  square,
  sum,
  type Tensor,
  UserError,
} from "../tensor/index.ts";

/** Tensors of at most so many elements are joined: copying them takes less time than an operation more for each. */
const joinedUpTo = 4096;

/** √Σ‖gᵢ‖² over all tensors together: a scalar. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  if (gradients.length === 0) throw new UserError("globalNorm: got no gradients, expected at least one.");
  const small = gradients.filter((g) => g.size <= joinedUpTo).map((g) => reshape(g, [g.size]));
  const large = gradients.filter((g) => g.size > joinedUpTo);
  const parts = small.length > 0 ? [concat(small), ...large] : large;
  return sqrt(parts.map((g) => sum(square(g))).reduce((a, b) => add(a, b)));
}

/**
 * Scales all gradients by min(1, maxNorm/(‖g‖ + 1e-6)) with their global norm ‖g‖ (Pascanu et al. 2013, Algorithm 1;
 * the formula of `torch.nn.utils.clip_grad_norm_`).
 */
export function clipByGlobalNorm(gradients: readonly Tensor[], maxNorm: number): Tensor[] {
  if (!(maxNorm > 0))
    throw new UserError(`clipByGlobalNorm: maxNorm is ${maxNorm}, expected a positive number.`);
  const share = minimum(div(maxNorm, add(globalNorm(gradients), 1e-6)), 1);
  return gradients.map((g) => mul(g, share));
}

/** Every element of every gradient to [−limit, limit]. */
export function clipByValue(gradients: readonly Tensor[], limit: number): Tensor[] {
  if (!(limit > 0)) throw new UserError(`clipByValue: the limit is ${limit}, expected a positive number.`);
  return gradients.map((g) => maximum(minimum(g, limit), -limit));
}
