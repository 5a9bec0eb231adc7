import { concat, elu, neg, type Tensor } from "../tensor/index.ts";

/** [elu(x), elu(−x)] along the channels: [N, C, …] → [N, 2C, …]. Salimans et al. 2017, arXiv:1701.05517 (the authors' code). */
export function concatElu(x: Tensor): Tensor {
  return concat([elu(x), elu(neg(x))], 1);
}
