import { add, div, maximum, mul, sqrt, square, sub, type Tensor } from "../tensor/index.ts";
import { decayingSum } from "./adam.ts";
import { checkOption, defineOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export type RmspropOptions = OptimizerOptions & {
  /** α, the decay of the mean of squared gradients. Default 0.99. */
  alpha?: number;
  /** ε, which keeps the quotient finite. Default 1e-8. */
  eps?: number;
  /** μ of a momentum on the normalised gradient. Default 0. */
  momentum?: number;
  /** Divide by the standard deviation instead of the root of the mean square (Graves 2013, eq. 40). Default false. */
  centered?: boolean;
  /** λ of an L2 penalty added to the gradient. Default 0. */
  weightDecay?: number;
};

/**
 * RMSprop (Hinton 2012, lecture 6e), with the formulas of `torch.optim.RMSprop`:
 *   v ← αv + (1−α)g²,  b ← μb + g/(√v + ε),  θ ← θ − lr·b;  `centered`: √(v − ḡ²) with ḡ ← αḡ + (1−α)g
 *
 * With k = 1−α the state kept is scaled to spare passes: slot `v` holds v/k, slot `mean` holds ḡ/k, and slot
 * `momentum` holds b·√k.
 */
export function rmsprop(options: RmspropOptions): Optimizer {
  const { lr, name = "rmsprop", alpha = 0.99, eps = 1e-8 } = options;
  const { momentum = 0, centered = false, weightDecay = 0 } = options;
  checkOption("rmsprop", "alpha", alpha, alpha >= 0 && alpha < 1, "0 ≤ alpha < 1");
  const k = 1 - alpha;
  return defineOptimizer<Tensor>({
    name,
    lr,
    counts: false,
    scalars: (rate) => div(rate, Math.sqrt(k)),
    step(theta, gradient, slot, rate) {
      const g = weightDecay === 0 ? gradient : add(gradient, mul(theta, weightDecay));
      const v = decayingSum(slot, "v", alpha, square(g));
      const spread = centered ? spreadOf(v, decayingSum(slot, "mean", alpha, g), k) : v;
      const normalised = div(g, add(sqrt(spread), eps / Math.sqrt(k)));
      return sub(theta, mul(rate, decayingSum(slot, "momentum", momentum, normalised)));
    },
  });
}

/** v − k·m², which rounding would take below 0 – and the step to NaN – where all gradients were equal. */
function spreadOf(v: Tensor, mean: Tensor, k: number): Tensor {
  return maximum(sub(v, mul(square(mean), k)), 0);
}
