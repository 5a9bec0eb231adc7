import { add, formatShape, reshape, sqrt, type Tensor, UserError } from "../tensor/index.ts";
import { checkChannels } from "./channels.ts";
import { type DenseOptions, dense } from "./dense.ts";
import { ones, zeros } from "./initializers.ts";
import { normalize } from "./normalize.ts";
import { layer } from "./scope.ts";

/**
 * Adaptive instance normalisation: the content's channels take the style's mean and standard deviation,
 *   σ(s) · (x − μ(x)) / σ(x) + μ(s),
 * both over the spatial axes; x [N, C, …], style [N, C, …] of any size. No parameters.
 * Huang & Belongie 2017, arXiv:1703.06868, equation 8; ε = 1e-5 inside both σ, as in the authors' code.
 */
export function adaptiveInstanceNorm(
  x: Tensor,
  style: Tensor,
  { eps = 1e-5 }: { eps?: number } = {},
): Tensor {
  const channels = checkChannels("adaptiveInstanceNorm", x);
  if (style.rank !== x.rank || x.rank < 3 || style.shape[1] !== channels || style.shape[0] !== x.shape[0]) {
    throw new UserError(
      `adaptiveInstanceNorm: content ${formatShape(x.shape)} and style ${formatShape(style.shape)}, expected both [N, C, …] with equal N and C; for a style vector use styleNorm.`,
    );
  }
  const spatial = x.shape.map((_, i) => i).slice(2);
  const { mean, variance } = normalize(style, spatial, { eps });
  return normalize(x, spatial, { eps, scale: sqrt(add(variance, eps)), shift: mean }).y;
}

/**
 * Instance normalisation with scale and shift from a style vector w [N, E] by a learned affine map whose
 * first scale is 1: y = y_s · (x − μ(x)) / σ(x) + y_b. Karras et al. 2019 (StyleGAN), arXiv:1812.04948,
 * equation 1.
 */
export function styleNorm(
  x: Tensor,
  w: Tensor,
  { eps = 1e-8, ...options }: Pick<DenseOptions, "init" | "weights"> & { eps?: number } = {},
): Tensor {
  const channels = checkChannels("styleNorm", x);
  if (x.rank < 3 || w.rank !== 2 || w.shape[0] !== x.shape[0]) {
    throw new UserError(
      `styleNorm: got x ${formatShape(x.shape)} and w ${formatShape(w.shape)}, expected [N, C, …] and [N, features].`,
    );
  }
  return layer("styleNorm", () => {
    const shape = [x.shape[0]!, channels, ...new Array<number>(x.rank - 2).fill(1)];
    const scale = dense(w, channels, { ...options, biasInit: ones });
    const shift = dense(w, channels, { ...options, biasInit: zeros });
    const spatial = x.shape.map((_, i) => i).slice(2);
    return normalize(x, spatial, { eps, scale: reshape(scale, shape), shift: reshape(shift, shape) }).y;
  });
}
