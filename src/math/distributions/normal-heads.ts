import { add, formatShape, softplus, split, sub, type Tensor, UserError } from "../../tensor/index.ts";
import { type NormalDistribution, normalDistribution } from "./normal.ts";

export interface NormalHeadsOptions {
  /** log σ² stays above this, smoothly: a number that never changes would have an infinite density. Default −6. */
  readonly floor?: number;
  /** Applied to the first half to give μ, such as the sigmoid for grey values. Default: nothing. */
  readonly mean?: (x: Tensor) => Tensor;
}

/**
 * N(μ, σ²) of each element from a network's output [n, 2c, …]: the first half of axis 1 is μ, the second s with
 * log σ² = softplus(s − floor) + floor. The Gaussian decoder of a variational autoencoder (Kingma & Welling 2013, eq. 12).
 */
export function normalHeads(
  output: Tensor,
  { floor = -6, mean = (x) => x }: NormalHeadsOptions = {},
): NormalDistribution {
  if (output.rank < 2 || output.shape[1]! % 2 !== 0) {
    throw new UserError(
      `normalHeads: got ${formatShape(output.shape)}, expected [n, 2c, …]: a mean and a log variance for each of c numbers.`,
    );
  }
  const [mu, s] = split(output, 2, 1) as [Tensor, Tensor];
  return normalDistribution({ mean: mean(mu), logVariance: add(softplus(sub(s, floor)), floor) });
}
