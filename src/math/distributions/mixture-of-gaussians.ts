import {
  add,
  broadcastShapes,
  formatShape,
  gumbel,
  logSoftmax,
  logsumexp,
  mul,
  normal,
  type Shape,
  softmax,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  UserError,
  unsqueeze,
} from "../../tensor/index.ts";
import type { Distribution } from "./distribution.ts";
import { oneHotOfLargest } from "./gumbel-softmax.ts";
import { type NormalParameters, normalDistribution } from "./normal.ts";

/** What `mixtureOfGaussians` makes. */
export interface MixtureOfGaussians extends Distribution<"mixtureOfGaussians"> {
  /** log πₖ, [..., K]. */
  readonly logWeights: Tensor;
  /** log p(x | k) + log πₖ for x [..., D]: [..., K]. Its softmax is the responsibility of each component. */
  joint(x: Tensor): Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Mixture of K diagonal Gaussians over vectors of length D:
 *   log p(x) = log Σₖ πₖ Π_d N(x_d; μ_kd, σ²_kd),  π = softmax(logits)
 * `logits` is [..., K]; the parameters of the components are [..., K, D] (see {@link normalDistribution}); x is [..., D]
 * and `logProb(x)` [...]. For single numbers take D = 1. Samples have no gradient.
 */
export function mixtureOfGaussians({
  logits,
  ...components
}: { logits: Tensor } & NormalParameters): MixtureOfGaussians {
  const parts = normalDistribution(components);
  const [K, D] = [parts.shape.at(-2), parts.shape.at(-1)];
  // Weights of each example may share the components, and the other way round.
  const batch = broadcastShapes(parts.shape.slice(0, -2), logits.shape.slice(0, -1));
  if (parts.shape.length < 2 || logits.shape.at(-1) !== K || !batch) {
    throw new UserError(
      `mixtureOfGaussians: got logits ${formatShape(logits.shape)} and components ${formatShape(parts.shape)}, expected [..., K] and [..., K, D]; add an axis of length 1 where x is a single number.`,
    );
  }
  const logWeights = logSoftmax(logits, -1);
  const weights = unsqueeze(softmax(logits, -1), -1);
  const mean = sum(mul(weights, parts.mean), -2);
  const joint = (x: Tensor): Tensor => add(logWeights, sum(parts.logProb(unsqueeze(x, -2)), -1));
  const choose = (mask: Tensor, x: Tensor): Tensor => sum(mul(mask, x), -2);
  return {
    kind: "mixtureOfGaussians",
    shape: [...batch, D!],
    logWeights,
    mean,
    variance: sub(sum(mul(weights, add(parts.variance, square(parts.mean))), -2), square(mean)),
    joint,
    logProb: (x) => logsumexp(joint(x), -1),
    sample(count: Shape = []) {
      const noise = gumbel([...count, ...batch, K!]);
      const chosen = unsqueeze(oneHotOfLargest(add(logits, noise)), -1);
      const z = normal([...count, ...batch, D!]);
      return stopGradient(add(choose(chosen, parts.mean), mul(choose(chosen, parts.std), z)));
    },
  };
}
