import {
  add,
  exp,
  logistic,
  mul,
  neg,
  type Shape,
  sigmoid,
  softplus,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
} from "../../tensor/index.ts";
import { broadcastParameters, type Distribution } from "./distribution.ts";

/** What `logisticDistribution` makes. */
export interface LogisticDistribution extends Distribution<"logistic"> {
  rsample(count?: Shape): Tensor;
  entropy(): Tensor;
  /** P(X ≤ x) = σ((x − μ)/s). */
  cdf(x: Tensor): Tensor;
  readonly mean: Tensor;
  readonly logScale: Tensor;
  readonly variance: Tensor;
}

/**
 * Logistic distribution of independent elements with mean μ and scale s = exp(logScale), z = (x − μ)/s:
 *   log p(x) = −z − log s − 2 softplus(−z),  H = log s + 2,  Var = π²s²/3
 * Samples are μ + s·log(u/(1 − u)). `shape` is for parameters that are numbers.
 */
export function logisticDistribution(parameters: {
  mean: TensorLike;
  logScale: TensorLike;
  shape?: Shape;
}): LogisticDistribution {
  const given = [parameters.mean, parameters.logScale];
  const { shape, values } = broadcastParameters("logisticDistribution", given, parameters.shape);
  const [mean, logScale] = [values[0]!, values[1]!];
  const standardised = (x: Tensor): Tensor => mul(sub(x, mean), exp(neg(logScale)));
  const rsample = (count: Shape = []): Tensor =>
    add(mean, mul(exp(logScale), logistic([...count, ...shape])));
  return {
    kind: "logistic",
    shape,
    mean,
    logScale,
    variance: mul(exp(mul(logScale, 2)), Math.PI ** 2 / 3),
    rsample,
    sample: (count) => stopGradient(rsample(count)),
    logProb(x) {
      const z = standardised(x);
      return neg(add(add(z, logScale), mul(softplus(neg(z)), 2)));
    },
    entropy: () => add(logScale, 2),
    cdf: (x) => sigmoid(standardised(x)),
  };
}
