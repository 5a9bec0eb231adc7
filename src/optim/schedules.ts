/**
 * Learning-rate schedules: functions of t, the number of updates already made (a float32 scalar, 0 at the first
 * update), built from tensor operations, so that a schedule is part of the graph. PyTorch's closed forms.
 */
import {
  add,
  asTensor,
  cast,
  cos,
  div,
  exp,
  floor,
  greaterEqual,
  less,
  maximum,
  minimum,
  mul,
  pow,
  sub,
  type Tensor,
  type TensorLike,
  UserError,
  where,
} from "../tensor/index.ts";

/** Learning rate after t updates. */
export type Schedule = (t: Tensor) => TensorLike;

/** γ(t) = rate. */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/** Straight from `start` to `end` in `steps` updates, then constant; with `hold`, starts after that many updates. */
export function linearDecay(
  start: number,
  steps: number,
  options: { end?: number; hold?: number } = {},
): Schedule {
  return polynomialDecay(start, steps, { ...options, power: 1 });
}

/** end + (start − end)·(1 − t/steps)^power for t ≤ steps, then `end`; with `hold`, t counts from there. */
export function polynomialDecay(
  start: number,
  steps: number,
  { end = 0, power = 1, hold = 0 }: { end?: number; power?: number; hold?: number } = {},
): Schedule {
  checkSteps("polynomialDecay", steps);
  return (t) => {
    const left = sub(1, progress(t, steps, hold));
    return add(mul(pow(left, power), start - end), end);
  };
}

/** end + ½(start − end)(1 + cos(π t/steps)) for t ≤ steps, then `end` (Loshchilov & Hutter 2017, eq. 5, one period). */
export function cosineDecay(start: number, steps: number, { end = 0 }: { end?: number } = {}): Schedule {
  checkSteps("cosineDecay", steps);
  return (t) => add(mul(add(cos(mul(progress(t, steps), Math.PI)), 1), (start - end) / 2), end);
}

/** start / (1 + t/steps): half after `steps` updates, a third after twice as many (Robbins & Monro 1951). */
export function inverseTimeDecay(start: number, steps: number): Schedule {
  checkSteps("inverseTimeDecay", steps);
  return (t) => div(start, add(div(t, steps), 1));
}

/** start · gammaᵗ. */
export function exponentialDecay(start: number, gamma: number): Schedule {
  if (!(gamma > 0)) {
    throw new UserError(`exponentialDecay: gamma is ${gamma}, expected a positive number such as 0.999.`);
  }
  return (t) => mul(exp(mul(t, Math.log(gamma))), start);
}

/** start · gamma^⌊t/every⌋. */
export function stepDecay(start: number, every: number, gamma = 0.1): Schedule {
  checkSteps("stepDecay", every);
  return (t) => exponentialDecay(start, gamma)(floor(div(add(t, 0.5), every)));
}

/** start · gammaⁿ, where n counts the milestones m ≤ t. */
export function multistepDecay(start: number, milestones: readonly number[], gamma = 0.1): Schedule {
  return (t) =>
    milestones.reduce<Tensor>(
      (rate, m) => mul(rate, where(greaterEqual(t, m), gamma, asTensor(1))),
      asTensor(start),
    );
}

/** Rises linearly from 0 over `steps` updates – (t + 1)/steps of `then(0)` – and goes on with `then(t − steps)`. */
export function warmup(steps: number, then: number | Schedule): Schedule {
  checkSteps("warmup", steps);
  const schedule = typeof then === "function" ? then : constantRate(then);
  return (t) => {
    const rising = cast(less(t, steps), "float32");
    const share = add(mul(rising, sub(div(add(t, 1), steps), 1)), 1);
    return mul(schedule(maximum(sub(t, steps), 0)), share);
  };
}

/** min(max(t − hold, 0)/steps, 1). */
function progress(t: Tensor, steps: number, hold = 0): Tensor {
  const from = hold === 0 ? t : maximum(sub(t, hold), 0);
  return minimum(div(from, steps), 1);
}

function checkSteps(name: string, steps: number): void {
  if (!(steps > 0)) {
    throw new UserError(`${name}: the number of updates is ${steps}, expected a positive number.`);
  }
}
