import {
  abs,
  add,
  div,
  laplace,
  log,
  mul,
  neg,
  type Shape,
  square,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
} from "../../tensor/index.ts";
import { broadcastParameters, type Distribution } from "./distribution.ts";

/** What `laplaceDistribution` makes. */
export interface LaplaceDistribution extends Distribution<"laplace"> {
  rsample(count?: Shape): Tensor;
  entropy(): Tensor;
  readonly mean: Tensor;
  readonly scale: Tensor;
  readonly variance: Tensor;
}

/**
 * Laplace distribution of independent elements with mean μ and scale b:
 *   log p(x) = −log 2b − |x − μ|/b,  H = 1 + log 2b,  Var = 2b²
 * `shape` is for parameters that are numbers.
 */
export function laplaceDistribution(parameters: {
  mean: TensorLike;
  scale: TensorLike;
  shape?: Shape;
}): LaplaceDistribution {
  const given = [parameters.mean, parameters.scale];
  const { shape, values } = broadcastParameters("laplaceDistribution", given, parameters.shape);
  const [mean, scale] = [values[0]!, values[1]!];
  const rsample = (count: Shape = []): Tensor => add(mean, mul(scale, laplace([...count, ...shape])));
  return {
    kind: "laplace",
    shape,
    mean,
    scale,
    variance: mul(square(scale), 2),
    rsample,
    sample: (count) => stopGradient(rsample(count)),
    logProb: (x) => neg(add(log(mul(scale, 2)), div(abs(sub(x, mean)), scale))),
    entropy: () => add(log(mul(scale, 2)), 1),
  };
}
