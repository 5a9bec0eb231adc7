/** Normalisations within one example: they need no statistics and are the same in training and in use. */
import {
  add,
  formatShape,
  mean,
  mul,
  reshape,
  rsqrt,
  type Shape,
  square,
  type Tensor,
  UserError,
} from "../tensor/index.ts";
import { checkChannels, perChannel } from "./channels.ts";
import { ones, zeros } from "./initializers.ts";
import { normalize } from "./normalize.ts";
import { layer, parameter } from "./scope.ts";

export type NormalizationOptions = {
  eps?: number;
  /** Whether to learn a scale (and shift). */
  affine?: boolean;
};
export type LayerNormOptions = NormalizationOptions & {
  /** How many of the last axes are normalised together (default 1). */
  axes?: number;
};

function lastAxes(what: string, x: Tensor, axes: number): number[] {
  if (!Number.isInteger(axes) || axes < 1 || axes > x.rank) {
    throw new UserError(
      `${what}: the last ${axes} axes of ${formatShape(x.shape)} were asked for, expected 1 to ${x.rank}.`,
    );
  }
  return x.shape.map((_, i) => i).slice(x.rank - axes);
}

/**
 * Layer normalisation over the last axes of each example, with γ (`weight`) and β (`bias`) of their shape.
 * Ba et al. 2016, arXiv:1607.06450; ε = 1e-5 as in PyTorch.
 */
export function layerNorm(x: Tensor, { eps = 1e-5, affine = true, axes = 1 }: LayerNormOptions = {}): Tensor {
  const reduced = lastAxes("layerNorm", x, axes);
  return layer("layerNorm", () => {
    if (!affine) return normalize(x, reduced, { eps }).y;
    const shape = x.shape.slice(x.rank - axes);
    const scale = parameter("weight", shape, ones);
    const shift = parameter("bias", shape, zeros);
    return normalize(x, reduced, { eps, scale, shift }).y;
  });
}

/**
 * Instance normalisation: each channel of each example over its spatial axes; x [N, C, …].
 * Ulyanov et al. 2016, arXiv:1607.08022; without γ and β unless `affine`, as in PyTorch.
 */
export function instanceNorm(x: Tensor, { eps = 1e-5, affine = false }: NormalizationOptions = {}): Tensor {
  const channels = checkChannels("instanceNorm", x);
  const axes = x.shape.map((_, i) => i).slice(2);
  if (axes.length === 0) {
    throw new UserError(
      `instanceNorm: ${formatShape(x.shape)} has no spatial axes, expected [N, C, …]; use layerNorm for vectors.`,
    );
  }
  return layer("instanceNorm", () => {
    if (!affine) return normalize(x, axes, { eps }).y;
    const scale = perChannel(parameter("weight", [channels], ones), x.rank);
    const shift = perChannel(parameter("bias", [channels], zeros), x.rank);
    return normalize(x, axes, { eps, scale, shift }).y;
  });
}

/**
 * Group normalisation: each group of channels of each example together with the spatial axes; x [N, C, …].
 * Wu & He 2018, arXiv:1803.08494, where 32 groups are usual; γ and β per channel.
 */
export function groupNorm(
  x: Tensor,
  groups: number,
  { eps = 1e-5, affine = true }: NormalizationOptions = {},
): Tensor {
  const channels = checkChannels("groupNorm", x);
  if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
    throw new UserError(
      `groupNorm: ${channels} channels do not split into ${groups} groups; use a number of groups that divides them.`,
    );
  }
  return layer("groupNorm", () => {
    const byGroup = reshape(x, [-1, groups, channels / groups, x.size / (x.shape[0]! * channels)]);
    const perUnit = (t: Tensor): Tensor => reshape(t, [1, groups, channels / groups, 1]);
    const scale = affine ? perUnit(parameter("weight", [channels], ones)) : undefined;
    const shift = affine ? perUnit(parameter("bias", [channels], zeros)) : undefined;
    return reshape(normalize(byGroup, [2, 3], { eps, scale, shift }).y, x.shape);
  });
}

/**
 * Root-mean-square normalisation x / √(mean(x²) + ε) · γ over the last axes. Zhang & Sennrich 2019,
 * arXiv:1910.07467; ε = 2⁻²³ as in PyTorch.
 */
export function rmsNorm(
  x: Tensor,
  { eps = 2 ** -23, affine = true, axes = 1 }: LayerNormOptions = {},
): Tensor {
  const reduced = lastAxes("rmsNorm", x, axes);
  return layer("rmsNorm", () => {
    const y = divideByRms(x, reduced, eps);
    return affine ? mul(y, parameter("weight", x.shape.slice(x.rank - axes), ones)) : y;
  });
}

/**
 * Pixel normalisation: x / √(mean over channels of x² + ε) at each position; no parameters.
 * Karras et al. 2018 (Progressive GAN), arXiv:1710.10196, section 4.2, ε = 1e-8.
 */
export function pixelNorm(x: Tensor, { eps = 1e-8 }: { eps?: number } = {}): Tensor {
  checkChannels("pixelNorm", x);
  return divideByRms(x, [1], eps);
}

function divideByRms(x: Tensor, axes: Shape, eps: number): Tensor {
  return mul(x, rsqrt(add(mean(square(x), axes, { keepdims: true }), eps)));
}
