import {
  categorical,
  expand,
  logSoftmax,
  logsumexp,
  mul,
  neg,
  type Shape,
  softmax,
  sub,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import { atLabels } from "../classes.ts";
import type { Distribution } from "./distribution.ts";

/** What `categoricalDistribution` makes. */
export interface CategoricalDistribution extends Distribution<"categorical"> {
  entropy(): Tensor;
  /** Unnormalised log probabilities, [..., K]. */
  readonly logits: Tensor;
  /** log P(x = k), [..., K]. */
  readonly logProbabilities: Tensor;
  /** P(x = k), [..., K]. */
  readonly probabilities: Tensor;
}

/**
 * Categorical distribution over 0 … K−1 from logits ℓ [..., K]: log p(k) = ℓₖ − log Σⱼ exp ℓⱼ, H = −Σ p log p.
 * `logProb` takes integers [...]; samples are integers by the Gumbel-max trick, argmax(ℓ + Gumbel noise).
 */
export function categoricalDistribution(logits: Tensor): CategoricalDistribution {
  const logProbabilities = logSoftmax(logits, -1);
  const probabilities = softmax(logits, -1);
  return {
    kind: "categorical",
    shape: logits.shape.slice(0, -1),
    logits,
    logProbabilities,
    probabilities,
    sample: (count: Shape = []) => categorical(logits, { shape: count }),
    logProb(labels) {
      const all = expand(logits, [...labels.shape, logits.shape.at(-1)!]);
      return sub(atLabels("categoricalDistribution.logProb", all, labels, -1), logsumexp(logits, -1));
    },
    entropy: () => neg(sum(mul(probabilities, logProbabilities), -1)),
  };
}
