import { abs, add, assign, div, maximum, mul, read, sub, type Tensor } from "../tensor/index.ts";
import { decayingSum, halfOneMinusPower } from "./adam.ts";
import { checkOption, defineOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export type AdamaxOptions = OptimizerOptions & {
  /** Decay of the mean of gradients. Default 0.9. */
  beta1?: number;
  /** Decay of the largest gradient. Default 0.999. */
  beta2?: number;
  /** Added to |g|. Default 1e-8. */
  eps?: number;
  /** λ of an L2 penalty added to the gradient. Default 0. */
  weightDecay?: number;
};

/**
 * Adamax (Kingma & Ba 2015, Algorithm 2), with the formulas of `torch.optim.Adamax`:
 *   m ← β₁m + (1−β₁)g,  u ← max(β₂u, |g| + ε),  θ ← θ − lr/(1−β₁ᵗ) · m/u
 * Slot `m` holds m/(1−β₁), as in {@link adam}; slot `u` holds u.
 */
export function adamax(options: AdamaxOptions): Optimizer {
  const { lr, name = "adamax", beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0 } = options;
  checkOption("adamax", "beta1", beta1, beta1 >= 0 && beta1 < 1, "0 ≤ beta1 < 1");
  checkOption("adamax", "beta2", beta2, beta2 >= 0 && beta2 < 1, "0 ≤ beta2 < 1");
  return defineOptimizer<Tensor>({
    name,
    lr,
    counts: true,
    scalars: (rate, t) => div(mul(rate, (1 - beta1) / 2), halfOneMinusPower(beta1, t!)),
    step(theta, gradient, slot, rate) {
      const g = weightDecay === 0 ? gradient : add(gradient, mul(theta, weightDecay));
      const m = decayingSum(slot, "m", beta1, g);
      const u = maximum(mul(read(slot("u")), beta2), add(abs(g), eps));
      assign(slot("u"), u);
      return sub(theta, mul(rate, div(m, u)));
    },
  });
}
