import { type Tensor, uniform } from "../tensor/index.ts";

/**
 * Pixels of `levels` grey levels in [−1, 1] with uniform noise of one level's width w = 2/(levels − 1): x + w(u − ½). A density of
 * them bounds probabilities of levels, E log p(x + w(u − ½)) + D log w ≤ log P(x): Theis et al. 2016, arXiv:1511.01844,
 * section 3.1. Default 256 levels.
 */
export function dequantize(x: Tensor, levels = 256): Tensor {
  return x.add(
    uniform(x.shape)
      .sub(0.5)
      .mul(2 / (levels - 1)),
  );
}
