/** Noise and temperature schedules: plain numbers for every step, or a function of a step counter in the graph. */
import {
  add,
  assign,
  clip,
  cos,
  div,
  exp,
  mul,
  read,
  type Tensor,
  UserError,
  type Variable,
} from "../tensor/index.ts";

/** βₜ from `start` to `end` in `steps` equal steps (Ho et al. 2020, section 4: 1e-4 to 0.02 in 1000). */
export function linearBetas(steps: number, start = 1e-4, end = 0.02): number[] {
  checkSteps("linearBetas", steps);
  return Array.from({ length: steps }, (_, t) => start + ((end - start) * t) / (steps - 1));
}

/**
 * βₜ = 1 − ᾱₜ/ᾱₜ₋₁, at most 0.999, with ᾱₜ = f(t)/f(0), f(t) = cos²((t/T + s)/(1 + s)·π/2)
 * (Nichol & Dhariwal 2021, eq. 17).
 */
export function cosineBetas(steps: number, s = 0.008): number[] {
  checkSteps("cosineBetas", steps);
  const f = (t: number): number => Math.cos((((t / steps + s) / (1 + s)) * Math.PI) / 2) ** 2;
  return Array.from({ length: steps }, (_, t) => Math.min(1 - f(t + 1) / f(t), 0.999));
}

/** ᾱₜ = Π_{s≤t}(1 − β_s): the share of the signal's variance left after step t. */
export function alphaBars(betas: readonly number[]): number[] {
  let product = 1;
  return betas.map((beta) => {
    product *= 1 - beta;
    return product;
  });
}

/** `count` numbers from `start` to `end` with a constant ratio: noise levels of NCSN (Song & Ermon 2019, section 4.3). */
export function geometric(start: number, end: number, count: number): number[] {
  checkSteps("geometric", count);
  if (!(start > 0 && end > 0)) {
    throw new UserError(`geometric: got ${start} to ${end}, expected two positive numbers.`);
  }
  return Array.from({ length: count }, (_, i) => start * (end / start) ** (i / (count - 1)));
}

export type AnnealOptions = { shape?: "linear" | "cosine" | "geometric" };

/**
 * A value that goes from `start` to `end` while the counter t (a float32 scalar) goes from 0 to `steps`, and stays
 * there: the weight of a KL term, or a temperature (geometric: start·(end/start)^(t/steps)).
 */
export function anneal(
  t: Tensor,
  start: number,
  end: number,
  steps: number,
  { shape = "linear" }: AnnealOptions = {},
): Tensor {
  checkSteps("anneal", steps);
  const share = clip(div(t, steps), 0, 1);
  switch (shape) {
    case "linear":
      return add(mul(share, end - start), start);
    case "cosine":
      return add(mul(add(cos(mul(share, Math.PI)), 1), (start - end) / 2), end);
    case "geometric":
      if (!(start > 0 && end > 0)) {
        throw new UserError(`anneal: a geometric change from ${start} to ${end} needs two positive numbers.`);
      }
      return mul(exp(mul(share, Math.log(end / start))), start);
    default:
      throw new UserError(
        `anneal: the shape is ${String(shape)}, expected "linear", "cosine" or "geometric".`,
      );
  }
}

/**
 * A counter that is kept as state under `name`: every call counts one more and gives t, the number of calls before it (a
 * float32 scalar). Call it in a phase's loss, once for each step, to anneal something there.
 */
export function stepCounter(name: string): () => Tensor {
  const counter: Variable = {
    name,
    shape: [],
    dtype: "float32",
    trainable: false,
    init: () => new Float32Array(1),
  };
  return () => {
    const t = read(counter);
    assign(counter, add(t, 1));
    return t;
  };
}

function checkSteps(name: string, steps: number): void {
  if (!(steps > 1)) throw new UserError(`${name}: the number of steps is ${steps}, expected more than 1.`);
}
