import {
  add,
  div,
  exp,
  log,
  mul,
  neg,
  normal,
  type Shape,
  square,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
  UserError,
} from "../../tensor/index.ts";
import { broadcastParameters, type Distribution } from "./distribution.ts";

/** Mean and one of: standard deviation σ > 0, log σ², log σ. `shape` is for parameters that are numbers. */
export type NormalParameters = { mean: TensorLike; shape?: Shape } & (
  | { std: TensorLike; logVariance?: undefined; logStd?: undefined }
  | { logVariance: TensorLike; std?: undefined; logStd?: undefined }
  | { logStd: TensorLike; std?: undefined; logVariance?: undefined }
);

/** What `normalDistribution` makes. */
export interface NormalDistribution extends Distribution<"normal"> {
  rsample(count?: Shape): Tensor;
  entropy(): Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly std: Tensor;
  readonly logVariance: Tensor;
  /** Whether it is N(0, 1), so that divergences from it need fewer operations. */
  readonly standard: boolean;
}

/**
 * Normal distribution N(μ, σ²) of independent elements (diagonal covariance):
 *   log p(x) = −½(log 2π + log σ² + (x − μ)²/σ²),  H = ½(1 + log 2π + log σ²)
 * Samples are μ + σε with ε ~ N(0, 1) (Kingma & Welling 2014, section 2.4).
 */
export function normalDistribution(parameters: NormalParameters): NormalDistribution {
  const { spread, toStd, toLogVariance } = parametrisation(parameters);
  const what = "normalDistribution";
  const { shape, values } = broadcastParameters(what, [parameters.mean, spread], parameters.shape);
  const [mean, given] = [values[0]!, values[1]!];
  const [std, logVariance] = [toStd(given), toLogVariance(given)];
  const rsample = (count: Shape = []): Tensor => add(mean, mul(std, normal([...count, ...shape])));
  const centred = (x: Tensor): Tensor => sub(x, mean);
  return {
    kind: "normal",
    standard: false,
    shape,
    mean,
    std,
    logVariance,
    variance: parameters.std === undefined ? exp(logVariance) : square(std),
    rsample,
    sample: (count) => stopGradient(rsample(count)),
    logProb: (x) => mul(add(add(logVariance, square(div(centred(x), std))), Math.log(2 * Math.PI)), -0.5),
    entropy: () => mul(add(logVariance, 1 + Math.log(2 * Math.PI)), 0.5),
  };
}

/** N(0, 1) in every element of `shape`. */
export function standardNormal(shape: Shape): NormalDistribution {
  const sample = (count: Shape = []): Tensor => normal([...count, ...shape]);
  return {
    ...normalDistribution({ mean: 0, std: 1, shape }),
    standard: true,
    sample,
    rsample: sample,
    logProb: (x) => neg(mul(add(square(x), Math.log(2 * Math.PI)), 0.5)),
  };
}

type Parametrisation = {
  spread: TensorLike;
  toStd: (spread: Tensor) => Tensor;
  toLogVariance: (spread: Tensor) => Tensor;
};

function parametrisation({ std, logVariance, logStd }: NormalParameters): Parametrisation {
  const same = (x: Tensor): Tensor => x;
  const given = [std, logVariance, logStd].filter((x) => x !== undefined).length;
  if (given !== 1) {
    throw new UserError(
      `normalDistribution: got ${given} of std, logVariance and logStd, expected exactly one of them.`,
    );
  }
  if (std !== undefined) return { spread: std, toStd: same, toLogVariance: (s) => mul(log(s), 2) };
  if (logStd !== undefined) return { spread: logStd, toStd: exp, toLogVariance: (s) => mul(s, 2) };
  return { spread: logVariance!, toStd: (v) => exp(mul(v, 0.5)), toLogVariance: same };
}
