import {
  add,
  clip,
  concat,
  div,
  exp,
  expm1,
  floor,
  formatShape,
  greater,
  gumbel,
  less,
  log,
  logistic,
  logSoftmax,
  logsumexp,
  maximum,
  mul,
  narrow,
  neg,
  reshape,
  type Shape,
  softplus,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  UserError,
  unsqueeze,
  where,
} from "../../tensor/index.ts";
import type { Distribution } from "./distribution.ts";
import { oneHotOfLargest } from "./gumbel-softmax.ts";

/** K components for pixels of C channels; S stands for the spatial axes, such as H, W. */
export type LogisticMixtureParameters = {
  /** Mixture weights before the softmax, [n, K, S]. */
  logits: Tensor;
  /** μ, [n, K, C, S]. */
  means: Tensor;
  /** log s, [n, K, C, S]; taken as −7 where smaller. */
  logScales: Tensor;
  /**
   * Linear dependence of a channel's mean on the channels before it: [n, K, C(C−1)/2, S] in the order (2←1), (3←1),
   * (3←2), …. Without it the channels are independent given the component.
   */
  coefficients?: Tensor | undefined;
};

/** What `discretizedLogisticMixture` makes. */
export interface DiscretizedLogisticMixture extends Distribution<"discretizedLogisticMixture"> {
  /** Number of values a channel can take. */
  readonly levels: number;
}

/**
 * Discretised logistic mixture of PixelCNN++ (Salimans et al. 2017, arXiv:1701.05517, eq. 2 and 3), for pixels x
 * [n, C, S] on a grid of `levels` values from −1 to 1 (v ↦ 2v/(levels−1) − 1):
 *   P(x) = Σₖ πₖ Π_c [σ((x_c + h − μ)/s) − σ((x_c − h − μ)/s)],  h = 1/(levels−1)
 * where the lowest value has no lower and the highest no upper edge. `logProb(x)` is the log probability (not density)
 * of each pixel, [n, S]; samples are on the grid.
 *
 * A bin's log probability is computed as log σ(a) + log σ(−b) + log(1 − e^(b−a)) with edges a > b, which is the same
 * number, exact for any mean and scale: no approximation by the density at the centre is needed.
 */
export function discretizedLogisticMixture(
  parameters: LogisticMixtureParameters,
  { levels = 256 }: { levels?: number } = {},
): DiscretizedLogisticMixture {
  checkParameters(parameters);
  const { logits, means, coefficients } = parameters;
  const logScales = maximum(parameters.logScales, smallestLogScale);
  const [n, , C, ...spatial] = means.shape as [number, number, number, ...number[]];
  return {
    kind: "discretizedLogisticMixture",
    shape: [n, C, ...spatial],
    levels,
    logProb(x) {
      const pixel = unsqueeze(x, 1);
      const centres = coefficients ? coupledMeans(pixel, means, coefficients) : means;
      const channels = logBinProbability(sub(pixel, centres), logScales, pixel, levels);
      return logsumexp(add(logSoftmax(logits, 1), sum(channels, 2)), 1);
    },
    sample(count: Shape = []) {
      if (count.length > 0) {
        throw new UserError(
          "discretizedLogisticMixture: sample() draws one picture for each example; expand the parameters to draw more.",
        );
      }
      const chosen = unsqueeze(oneHotOfLargest(add(logits, gumbel(logits.shape)), 1), 2);
      const choose = (p: Tensor): Tensor => sum(mul(chosen, p), 1);
      const noise = mul(exp(choose(logScales)), logistic([n, C, ...spatial]));
      const centred = add(choose(means), noise);
      return stopGradient(sampleChannels(centred, coefficients && choose(coefficients), levels));
    },
  };
}
// As in the authors' code: a scale of 0.0009 already puts all mass in one of 256 bins.
const smallestLogScale = -7;

/** log of a bin's probability, from x − μ, log s and x itself. */
function logBinProbability(centred: Tensor, logScales: Tensor, x: Tensor, levels: number): Tensor {
  const half = 1 / (levels - 1);
  const inverse = exp(neg(logScales));
  const upper = mul(add(centred, half), inverse);
  const lower = mul(sub(centred, half), inverse);
  const belowUpper = neg(softplus(neg(upper)));
  const aboveLower = neg(softplus(lower));
  const inside = add(add(belowUpper, aboveLower), log(neg(expm1(mul(inverse, -2 * half)))));
  // The grid's ends are at ±1; half a bin tells them from their neighbours whatever the rounding.
  const atTop = where(greater(x, 1 - half), aboveLower, inside);
  return where(less(x, half - 1), belowUpper, atTop);
}

/** μ_c + Σ_{b<c} coefficient · x_b (eq. 3), for x [n, 1, C, S] and means [n, K, C, S]. */
function coupledMeans(x: Tensor, means: Tensor, coefficients: Tensor): Tensor {
  const C = means.shape[2]!;
  const channels = Array.from({ length: C }, (_, c) => {
    const own = narrow(means, 2, c, 1);
    return c === 0 ? own : add(own, pull(x, coefficients, c, 2));
  });
  return concat(channels, 2);
}

/** Σ_{b<c} coefficient(c, b) · x_b: what channel c's mean takes from the channels before it. */
function pull(x: Tensor, coefficients: Tensor, c: number, axis: number): Tensor {
  const row = narrow(coefficients, axis, (c * (c - 1)) / 2, c);
  return sum(mul(row, narrow(x, axis, 0, c)), axis, { keepdims: true });
}

/** Channel after channel, each on the grid before the next one depends on it. */
function sampleChannels(centred: Tensor, coefficients: Tensor | undefined, levels: number): Tensor {
  if (!coefficients) return toGrid(centred, levels);
  const C = centred.shape[1]!;
  let done = toGrid(narrow(centred, 1, 0, 1), levels);
  for (let c = 1; c < C; c++) {
    const next = add(narrow(centred, 1, c, 1), pull(done, coefficients, c, 1));
    done = concat([done, toGrid(next, levels)], 1);
  }
  return done;
}

function toGrid(x: Tensor, levels: number): Tensor {
  const half = (levels - 1) / 2;
  // Rounding as ⌊v + ½⌋ stays on the GPU.
  return sub(div(floor(add(mul(add(clip(x, -1, 1), 1), half), 0.5)), half), 1);
}

/** Number of channels that a network must give for {@link logisticMixtureParameters}. */
export function logisticMixtureWidth(channels: number, components: number, coupled = channels > 1): number {
  return components * (1 + 2 * channels + (coupled ? pairs(channels) : 0));
}

/**
 * Cuts a network's output [n, width, S] into the parameters of a {@link discretizedLogisticMixture} with C channels;
 * coefficients go through tanh, as in the authors' code. `width` must be {@link logisticMixtureWidth}.
 */
export function logisticMixtureParameters(
  y: Tensor,
  channels: number,
  components: number,
  coupled: boolean = channels > 1,
): LogisticMixtureParameters {
  const [n, width, ...spatial] = y.shape as [number, number, ...number[]];
  const wanted = logisticMixtureWidth(channels, components, coupled);
  if (width !== wanted) {
    throw new UserError(
      `logisticMixtureParameters: got ${formatShape(y.shape)}, expected ${wanted} channels on axis 1 for ${components} components of ${channels} channels; make the last layer as wide as logisticMixtureWidth says.`,
    );
  }
  let at = 0;
  const take = (per: number): Tensor => {
    const part = narrow(y, 1, at, components * per);
    at += components * per;
    return reshape(part, [n, components, per, ...spatial]);
  };
  const logits = reshape(take(1), [n, components, ...spatial]);
  const [means, logScales] = [take(channels), take(channels)];
  return { logits, means, logScales, coefficients: coupled ? tanh(take(pairs(channels))) : undefined };
}

function pairs(channels: number): number {
  return (channels * (channels - 1)) / 2;
}

function checkParameters({ logits, means, logScales, coefficients }: LogisticMixtureParameters): void {
  const [n, K, C, ...spatial] = means.shape as [number, number, number, ...number[]];
  const expected: [string, Tensor | undefined, Shape][] = [
    ["logits", logits, [n, K, ...spatial]],
    ["logScales", logScales, [n, K, C, ...spatial]],
    ["coefficients", coefficients, [n, K, pairs(C ?? 0), ...spatial]],
  ];
  for (const [name, tensor, shape] of expected) {
    if (means.rank < 3 || (tensor && formatShape(tensor.shape) !== formatShape(shape))) {
      throw new UserError(
        `discretizedLogisticMixture: ${name} has shape ${formatShape(tensor?.shape ?? [])} beside means ${formatShape(means.shape)}, expected ${formatShape(shape)} beside [n, K, C, ...]; cut the network's output with logisticMixtureParameters.`,
      );
    }
  }
}
