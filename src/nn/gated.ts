import { mul, sigmoid, split, type Tensor, tanh } from "../tensor/index.ts";

/**
 * Gated activation tanh(a) · σ(b), a and b the halves of x along `axis` (default 1, the channels).
 * van den Oord et al. 2016 (conditional PixelCNN), arXiv:1606.05328, equation 2.
 */
export function gatedTanhSigmoid(x: Tensor, axis = 1): Tensor {
  const [a, b] = split(x, 2, axis) as [Tensor, Tensor];
  return mul(tanh(a), sigmoid(b));
}

/**
 * Gated linear unit a · σ(b), a and b the halves of x along `axis` (default 1, the channels; PyTorch's is the
 * last).
 * Dauphin et al. 2017, arXiv:1612.08083.
 */
export function glu(x: Tensor, axis = 1): Tensor {
  const [a, b] = split(x, 2, axis) as [Tensor, Tensor];
  return mul(a, sigmoid(b));
}
