import { add, assign, div, mul, read, sqrt, square, sub, type TensorLike } from "../tensor/index.ts";
import { checkOption, defineOptimizer, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export type AdagradOptions = OptimizerOptions & {
  /** η of lr/(1 + (t−1)η). Default 0. */
  lrDecay?: number;
  /** First value of the sum of squares. Default 0. */
  initialAccumulator?: number;
  /** ε, which keeps the quotient finite. Default 1e-10. */
  eps?: number;
  /** λ of an L2 penalty added to the gradient. Default 0. */
  weightDecay?: number;
};

/**
 * Adagrad (Duchi et al. 2011), with the formulas of `torch.optim.Adagrad`:
 *   s ← s + g²,  θ ← θ − lr/(1 + (t−1)η) · g/(√s + ε)
 */
export function adagrad(options: AdagradOptions): Optimizer {
  const { lr, name = "adagrad", lrDecay = 0, initialAccumulator = 0, eps = 1e-10, weightDecay = 0 } = options;
  checkOption("adagrad", "initialAccumulator", initialAccumulator, initialAccumulator >= 0, "0 or more");
  return defineOptimizer<TensorLike>({
    name,
    lr,
    counts: lrDecay !== 0,
    scalars: (rate, t) => (lrDecay === 0 ? rate : div(rate, add(mul(sub(t!, 1), lrDecay), 1))),
    step(theta, gradient, slot, rate) {
      const g = weightDecay === 0 ? gradient : add(gradient, mul(theta, weightDecay));
      const sum = slot("sum", initialAccumulator);
      const s = add(read(sum), square(g));
      assign(sum, s);
      return sub(theta, mul(rate, div(g, add(sqrt(s), eps))));
    },
  });
}
