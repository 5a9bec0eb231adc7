/**
 * Hamiltonian Monte Carlo. Duane et al. 1987, "Hybrid Monte Carlo"; Neal 2011, arXiv:1206.1901, section 5.3.
 *
 *   H(z, p) = −log π(z) + ½ pᵀp,  p ~ N(0, I)
 *   p ← p + ½ε ∇log π(z);  L times: z ← z + ε p, p ← p + ε ∇log π(z)  (the last one ½ε)     leapfrog
 *   accept (z*, p*) with probability min(1, exp(H(z, p) − H(z*, p*)))
 */
import {
  add,
  formatShape,
  grad,
  mul,
  normal,
  reshape,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  type TensorLike,
  UserError,
} from "../../tensor/index.ts";
import { perExample } from "../per-example.ts";
import { acceptOrStay, type Transition } from "./accept.ts";

export interface HmcOptions {
  /** ε, one number for all chains or [n]. */
  readonly stepSize: TensorLike;
  /** L, gradients in one transition. Default 10. */
  readonly leapfrogSteps?: number;
}

/** `acceptance` should be near 0.65 in the mean (Neal 2011, section 5.4.4). */
export type HmcTransition = Transition;

/**
 * One transition of n independent chains, z [n, …], that leaves the density π invariant. `logDensity` is log π up to a
 * constant: [n, …] → [n], each chain's from its own row alone. No gradient goes through the transition. A proposal whose
 * energy is not finite is refused.
 * Where L·ε nears a period of the motion, chains come back to where they were: draw ε anew for every transition, as
 * `stepSize: uniform([n], { low: 0.08, high: 0.12 })` does (Neal 2011, section 5.4.2).
 */
export function hmcTransition(
  logDensity: (z: Tensor) => Tensor,
  z: Tensor,
  { stepSize, leapfrogSteps = 10 }: HmcOptions,
): HmcTransition {
  if (z.rank < 2 || !Number.isInteger(leapfrogSteps) || leapfrogSteps < 1) {
    throw new UserError(
      `hmcTransition: got z ${formatShape(z.shape)} and ${leapfrogSteps} leapfrog steps, expected chains [n, …] and a whole number of at least 1.`,
    );
  }
  const start = stopGradient(z);
  const column = [-1, ...start.shape.slice(1).map(() => 1)];
  const epsilon = typeof stepSize === "number" || stepSize.rank === 0 ? stepSize : reshape(stepSize, column);
  const momentum = normal(start.shape);
  const first = slopeOf(logDensity, start);
  const { at, p, now } = leapfrog(logDensity, { at: start, p: momentum, now: first }, epsilon, leapfrogSteps);
  const kinetic = (v: Tensor): Tensor => mul(perExample(square(v)), 0.5);
  const before = sub(kinetic(momentum), first.value);
  const after = sub(kinetic(p), now.value);
  return acceptOrStay(
    { z: start, logDensity: first.value },
    { z: at, logDensity: now.value },
    sub(before, after),
  );
}

interface Slope {
  readonly value: Tensor; // [n]
  readonly gradient: Tensor; // [n, …]
}

function slopeOf(logDensity: (z: Tensor) => Tensor, at: Tensor): Slope {
  const value = logDensity(at);
  return { value, gradient: grad(sum(value), [at])[0]! };
}

interface Place {
  readonly at: Tensor;
  readonly p: Tensor;
  readonly now: Slope;
}

/** L steps of size ε along the motion; both half steps of p between two steps of z are made in one. */
function leapfrog(
  logDensity: (z: Tensor) => Tensor,
  start: Place,
  epsilon: TensorLike,
  steps: number,
): Place {
  const push = (p: Tensor, { gradient }: Slope, part: number): Tensor =>
    add(p, mul(mul(gradient, epsilon), part));
  let { at, p, now } = { ...start, p: push(start.p, start.now, 0.5) };
  for (let step = 1; step <= steps; step++) {
    at = stopGradient(add(at, mul(p, epsilon)));
    now = slopeOf(logDensity, at);
    p = push(p, now, step < steps ? 1 : 0.5);
  }
  return { at, p, now };
}
