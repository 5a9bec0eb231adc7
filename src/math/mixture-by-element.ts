import {
  add,
  concat,
  cumsum,
  logsumexp,
  narrow,
  type Tensor,
  UserError,
  unsqueeze,
  zeros,
} from "../tensor/index.ts";

/**
 * The conditionals of a mixture whose components are sequential, all of equal weight: from log p_k(x_i | x_<i), one tensor
 * [n, d] for each component with its elements in their order,
 *   log p(x_i | x_<i) = L_i − L_(i−1),  L_i = log Σ_k exp Σ_(j≤i) log p_k(x_j | x_<j)
 * as [n, d]; their sum is log (1/K) Σ_k p_k(x).
 */
export function mixtureByElement(components: readonly Tensor[]): Tensor {
  const first = components[0];
  if (first?.rank !== 2) {
    throw new UserError("mixtureByElement: got no components [n, d], expected one for each class.");
  }
  const sums = concat(
    components.map((c) => unsqueeze(cumsum(c, 1), 0)),
    0,
  );
  const total = add(logsumexp(sums, 0), -Math.log(components.length));
  const before = concat([zeros([first.shape[0]!, 1]), narrow(total, 1, 0, first.shape[1]! - 1)], 1);
  return total.sub(before);
}
