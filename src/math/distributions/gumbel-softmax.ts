import {
  add,
  cast,
  div,
  equal,
  gumbel,
  log,
  logsumexp,
  max,
  mul,
  type Shape,
  softmax,
  stopGradient,
  straightThrough,
  sub,
  sum,
  type Tensor,
  UserError,
} from "../../tensor/index.ts";
import type { Distribution } from "./distribution.ts";

/** What `gumbelSoftmax` makes. */
export interface GumbelSoftmaxDistribution extends Distribution<"gumbelSoftmax"> {
  rsample(count?: Shape): Tensor;
  readonly logits: Tensor;
}

export type GumbelSoftmaxOptions = {
  /** τ > 0: small is close to one-hot, large is close to uniform. A scalar tensor for a schedule. Default 1. */
  temperature?: number | Tensor;
  /** Samples are exactly one-hot, and their derivative that of the relaxed ones (straight-through). Default false. */
  hard?: boolean;
};

/**
 * Gumbel-softmax, a relaxed categorical on the simplex, from logits ℓ [..., K] (Jang et al. 2017, eq. 2; Maddison et
 * al. 2017): y = softmax((ℓ + G)/τ) with G ~ Gumbel(0, 1). Its log density (Maddison et al., eq. 10) for x [..., K] is
 *   log Γ(K) + (K−1) log τ + Σ(ℓₖ − (τ+1) log xₖ) − K log Σ exp(ℓₖ − τ log xₖ)
 */
export function gumbelSoftmax(
  logits: Tensor,
  { temperature = 1, hard = false }: GumbelSoftmaxOptions = {},
): GumbelSoftmaxDistribution {
  if (typeof temperature === "number" && !(temperature > 0)) {
    throw new UserError(`gumbelSoftmax: the temperature is ${temperature}, expected a positive number.`);
  }
  const classes = logits.shape.at(-1)!;
  const rsample = (count: Shape = []): Tensor => {
    const noisy = add(logits, gumbel([...count, ...logits.shape]));
    const soft = softmax(div(noisy, temperature), -1);
    return hard ? straightThrough(oneHotOfLargest(noisy), soft) : soft;
  };
  return {
    kind: "gumbelSoftmax",
    shape: logits.shape,
    logits,
    rsample,
    sample: (count) => stopGradient(rsample(count)),
    logProb(x) {
      const logX = log(x);
      const scaled = sub(logits, mul(logX, temperature));
      const constant = typeof temperature === "number" ? Math.log(temperature) : log(temperature);
      const volume = add(mul(constant, classes - 1), logFactorial(classes - 1));
      const density = sub(sum(sub(scaled, logX), -1), mul(logsumexp(scaled, -1), classes));
      return add(density, volume);
    },
  };
}

/** 1 where the last axis has its largest element, 0 elsewhere. Ties, of probability 0 with noise, are all 1. */
export function oneHotOfLargest(x: Tensor, axis = -1): Tensor {
  return cast(equal(x, max(x, axis, { keepdims: true })), "float32");
}

function logFactorial(n: number): number {
  let total = 0;
  for (let i = 2; i <= n; i++) total += Math.log(i);
  return total;
}
