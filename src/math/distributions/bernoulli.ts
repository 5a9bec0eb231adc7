import { bernoulli, mul, type Shape, sigmoid, softplus, sub, type Tensor } from "../../tensor/index.ts";
import type { Distribution } from "./distribution.ts";

/** What `bernoulliDistribution` makes. */
export interface BernoulliDistribution extends Distribution<"bernoulli"> {
  entropy(): Tensor;
  readonly logits: Tensor;
  /** P(x = 1). */
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Bernoulli distribution of independent elements x ∈ {0, 1} from logits ℓ, with P(x = 1) = σ(ℓ):
 *   log p(x) = xℓ − softplus(ℓ),  H = softplus(ℓ) − ℓσ(ℓ)
 * Samples are float32. For grey values x ∈ (0, 1) `logProb` is the usual unnormalised extension.
 */
export function bernoulliDistribution(logits: Tensor): BernoulliDistribution {
  const mean = sigmoid(logits);
  return {
    kind: "bernoulli",
    shape: logits.shape,
    logits,
    mean,
    variance: mul(mean, sub(1, mean)),
    sample: (count: Shape = []) => bernoulli(mean, [...count, ...logits.shape]),
    logProb: (x) => sub(mul(x, logits), softplus(logits)),
    entropy: () => sub(softplus(logits), mul(logits, mean)),
  };
}
