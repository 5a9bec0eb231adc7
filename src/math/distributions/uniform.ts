import {
  add,
  constant,
  div,
  greaterEqual,
  less,
  log,
  logicalAnd,
  mul,
  neg,
  type Shape,
  square,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  uniform,
  where,
} from "../../tensor/index.ts";
import { broadcastParameters, type Distribution } from "./distribution.ts";

/** What `uniformDistribution` makes. */
export interface UniformDistribution extends Distribution<"uniform"> {
  rsample(count?: Shape): Tensor;
  entropy(): Tensor;
  readonly low: Tensor;
  readonly high: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Uniform distribution of independent elements on [a, b): log p(x) = −log(b − a) inside and −∞ outside,
 * H = log(b − a). `shape` is for bounds that are numbers.
 */
export function uniformDistribution(bounds: {
  low: TensorLike;
  high: TensorLike;
  shape?: Shape;
}): UniformDistribution {
  const { shape, values } = broadcastParameters(
    "uniformDistribution",
    [bounds.low, bounds.high],
    bounds.shape,
  );
  const [low, high] = [values[0]!, values[1]!];
  const width = sub(high, low);
  const rsample = (count: Shape = []): Tensor => add(low, mul(width, uniform([...count, ...shape])));
  return {
    kind: "uniform",
    shape,
    low,
    high,
    mean: mul(add(low, high), 0.5),
    variance: div(square(width), 12),
    rsample,
    sample: (count) => stopGradient(rsample(count)),
    logProb: (x) =>
      where(
        logicalAnd(greaterEqual(x, low), less(x, high)),
        neg(log(width)),
        constant(Number.NEGATIVE_INFINITY),
      ),
    entropy: () => log(width),
  };
}
