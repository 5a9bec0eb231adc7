import {
  add,
  assign,
  constant,
  div,
  maximum,
  mul,
  read,
  sqrt,
  square,
  sub,
  type Tensor,
  type TensorLike,
  tanh,
} from "../tensor/index.ts";
import {
  checkOption,
  defineOptimizer,
  type Optimizer,
  type OptimizerOptions,
  type Slot,
} from "./optimizer.ts";

export type AdamOptions = OptimizerOptions & {
  /** Decay of the mean of gradients. Default 0.9; 0 keeps no such mean. */
  beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  beta2?: number;
  /** ε, which keeps the quotient finite. Default 1e-8. */
  eps?: number;
  /** Adam: λ of an L2 penalty added to the gradient (default 0). AdamW: decoupled decay (default 0.01). */
  weightDecay?: number;
  /** Divide by the largest v so far (Reddi et al. 2018). Default false. */
  amsgrad?: boolean;
};

type AdamScalars = { rate: Tensor; eps: Tensor; shrink: TensorLike | undefined };

/**
 * Adam (Kingma & Ba 2015, Algorithm 1), with the formulas of `torch.optim.Adam`:
 *   m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  θ ← θ − lr · m̂/(√v̂ + ε),  m̂ = m/(1−β₁ᵗ),  v̂ = v/(1−β₂ᵗ)
 *
 * Adam is bound by memory, so the state kept is scaled, M = m/(1−β₁) in slot `m` and V = v/(1−β₂) in slot `v`, which
 * leaves ten elementwise passes:
 *   M ← β₁M + g,  V ← β₂V + g²,  θ ← θ − aₜ·M/(√V + eₜ)
 * with scalars s = √((1−β₂ᵗ)/(1−β₂)), aₜ = lr(1−β₁)s/(1−β₁ᵗ), eₜ = εs. To compare moments with PyTorch's,
 * multiply ours by 1−β₁ and 1−β₂.
 */
export function adam(options: AdamOptions): Optimizer {
  return adamRule("adam", options, false);
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, Algorithm 2), with the formulas of `torch.optim.AdamW`:
 * θ ← (1 − lr·λ)θ, then the step of {@link adam} without a penalty. λ = `weightDecay` is 0.01 by default.
 */
export function adamw(options: AdamOptions): Optimizer {
  return adamRule("adamw", { weightDecay: 0.01, ...options }, true);
}

function adamRule(kind: string, options: AdamOptions, decoupled: boolean): Optimizer {
  const {
    lr,
    name = kind,
    beta1 = 0.9,
    beta2 = 0.999,
    eps = 1e-8,
    weightDecay = 0,
    amsgrad = false,
  } = options;
  checkOption(kind, "beta1", beta1, beta1 >= 0 && beta1 < 1, "0 ≤ beta1 < 1");
  checkOption(kind, "beta2", beta2, beta2 >= 0 && beta2 < 1, "0 ≤ beta2 < 1");
  return defineOptimizer<AdamScalars>({
    name,
    lr,
    counts: true,
    scalars(rate, t) {
      // Constants are kept together, because every operation counts in a small model.
      const [p1, p2] = [halfOneMinusPower(beta1, t!), halfOneMinusPower(beta2, t!)];
      const root = sqrt(p2); // s = root · scale
      const scale = Math.sqrt(2 / (1 - beta2));
      const factor = ((1 - beta1) / 2) * scale;
      return {
        rate: mul(typeof rate === "number" ? rate * factor : mul(rate, factor), div(root, p1)),
        eps: mul(root, eps * scale),
        shrink: decoupled && weightDecay !== 0 ? sub(1, mul(rate, weightDecay)) : undefined,
      };
    },
    step(theta, gradient, slot, { rate, eps: e, shrink }) {
      const g = decoupled || weightDecay === 0 ? gradient : add(gradient, mul(theta, weightDecay));
      const m = decayingSum(slot, "m", beta1, g);
      const v = decayingSum(slot, "v", beta2, square(g));
      const scale = amsgrad ? runningMaximum(slot, v) : v;
      const kept = shrink === undefined ? theta : mul(theta, shrink);
      return sub(kept, mul(rate, div(m, add(sqrt(scale), e))));
    },
  });
}

/** s ← βs + x in the slot `name`, and its new value; no state at all where β is 0. */
export function decayingSum(slot: Slot, name: string, beta: number, x: Tensor): Tensor {
  if (beta === 0) return x;
  const s = add(mul(read(slot(name)), beta), x);
  assign(slot(name), s);
  return s;
}

function runningMaximum(slot: Slot, v: Tensor): Tensor {
  const largest = maximum(read(slot("vmax")), v);
  assign(slot("vmax"), largest);
  return largest;
}

/**
 * (1 − βᵗ)/2 as y/(1 + y) with y = tanh(−½ t log β), exact to rounding: in float32, 1 − 0.999 alone would be wrong by 1.3e-5.
 */
export function halfOneMinusPower(beta: number, t: Tensor): Tensor {
  if (beta === 0) return constant(0.5);
  const y = tanh(mul(t, -0.5 * Math.log(beta)));
  return div(y, add(y, 1));
}
