import { add, mul, sub, type TensorLike, UserError } from "../tensor/index.ts";
import { decayingSum } from "./adam.ts";
import { defineOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export type SgdOptions = OptimizerOptions & {
  /** μ; 0 (default) keeps no state. */
  momentum?: number;
  /** Look ahead by one step of momentum (Sutskever et al. 2013). Default false. */
  nesterov?: boolean;
  /** λ of an L2 penalty added to the gradient. Default 0. */
  weightDecay?: number;
};

/**
 * Stochastic gradient descent, with the formulas of `torch.optim.SGD`:
 *   g ← g + λθ,  b ← μb + g,  θ ← θ − lr · (b, or g + μb with `nesterov`)
 */
export function sgd(options: SgdOptions): Optimizer {
  const { lr, name = "sgd", momentum = 0, nesterov = false, weightDecay = 0 } = options;
  if (nesterov && momentum === 0) {
    throw new UserError(`sgd: nesterov needs a momentum, got momentum 0; give one, such as 0.9.`);
  }
  return defineOptimizer<TensorLike>({
    name,
    lr,
    counts: false,
    scalars: (rate) => rate,
    step(theta, gradient, slot, rate) {
      const g = weightDecay === 0 ? gradient : add(gradient, mul(theta, weightDecay));
      const b = decayingSum(slot, "momentum", momentum, g);
      return sub(theta, mul(nesterov ? add(g, mul(b, momentum)) : b, rate));
    },
  });
}
