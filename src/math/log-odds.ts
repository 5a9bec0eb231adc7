import type { Tensor } from "../tensor/index.ts";

/**
 * log p/(1 − p) of each element's share of ones, x [N, …] of 0 and 1 → […], with one more of each value than there are (Laplace's
 * rule of succession), so that an element that never changes has finite odds: where the biases of Bernoulli outputs begin.
 */
export function logOdds(x: Tensor): Tensor {
  const ones = x.sum(0);
  return ones
    .add(1)
    .log()
    .sub(
      ones
        .mul(-1)
        .add(x.shape[0]! + 1)
        .log(),
    );
}
