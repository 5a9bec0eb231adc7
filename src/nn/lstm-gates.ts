import { add, mul, sigmoid, split, type Tensor, tanh } from "../tensor/index.ts";
import type { Initializer } from "./initializers.ts";

/**
 * The gates of PixelRNN's cells: `sums` [..., 4·hidden] hold o, f, i, g before their non-linearities, c [..., hidden] is the
 * memory (none: zeros).
 *   c' = σ(f)·c + σ(i)·tanh(g),  h' = σ(o)·tanh(c')
 * van den Oord et al. 2016, arXiv:1601.06759, equation 3.
 */
export function lstmGates(sums: Tensor, c?: Tensor): { readonly h: Tensor; readonly c: Tensor } {
  const [o, f, i, g] = split(sums, 4, -1) as [Tensor, Tensor, Tensor, Tensor];
  const entered = mul(sigmoid(i), tanh(g));
  const memory = c ? add(mul(sigmoid(f), c), entered) : entered;
  return { h: mul(sigmoid(o), tanh(memory)), c: memory };
}

/** First biases [4·hidden] of such gates: 1 for f, so that a cell remembers (Jozefowicz et al. 2015); the others 0. */
export const gateBias: Initializer = ([size]) =>
  Float32Array.from({ length: size! }, (_, k) => (Math.floor((4 * k) / size!) === 1 ? 1 : 0));
