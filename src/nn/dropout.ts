import { mul, randomSource, step, sub, type Tensor, UserError } from "../tensor/index.ts";
import { isTraining } from "./mode.ts";

export type DropoutOptions = {
  /** Whether to drop whole channels of [N, C, …] instead of single numbers (default false). */
  channels?: boolean;
};

/**
 * Dropout: in training each number is 0 with probability `p` and else divided by 1 − p, so that use needs no
 * scaling ("inverted"); in use it is x. Srivastava et al. 2014, JMLR 15; p = 0.5 as in PyTorch.
 * Throws where the function was compiled without { training }.
 */
export function dropout(x: Tensor, p = 0.5, { channels = false }: DropoutOptions = {}): Tensor {
  if (!(p >= 0 && p < 1)) {
    throw new UserError(
      `dropout: the probability is ${p}, expected 0 ≤ p < 1; it is the share that is dropped.`,
    );
  }
  if (!isTraining("dropout") || p === 0) return x;
  const shape = channels ? x.shape.map((d, i) => (i < 2 ? d : 1)) : x.shape;
  const keep = step(sub(randomSource("uniform", shape, "float32"), p));
  return mul(x, mul(keep, 1 / (1 - p)));
}
