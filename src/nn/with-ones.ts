import { concat, onesLike, reshape, type Tensor } from "../tensor/index.ts";

/**
 * x [N, C, …] with a channel of ones beside each of its own, [N, 2C, …] in the order (1st, ones, 2nd, ones, …): masked
 * convolutions, which pad with zeros, can then tell a pixel of value 0 from what lies outside the picture. Salimans et al. 2017,
 * arXiv:1701.05517 (the authors' code pads so).
 */
export function withOnes(x: Tensor): Tensor {
  const [n, channels, ...space] = x.shape as [number, number, ...number[]];
  const each = reshape(x, [n, channels, 1, ...space]);
  return reshape(concat([each, onesLike(each)], 2), [n, 2 * channels, ...space]);
}
