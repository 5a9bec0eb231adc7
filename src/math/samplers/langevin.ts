/**
 * Langevin sampling. Parisi 1981; Roberts & Tweedie 1996, "Exponential convergence of Langevin distributions and their
 * discrete approximations" (the adjusted one, MALA).
 *
 *   z* = z + ½ε² ∇log π(z) + εξ,  ξ ~ N(0, I)
 *   accept with probability min(1, π(z*) q(z|z*) / (π(z) q(z*|z))),  log q(a|b) = −‖a − b − ½ε² ∇log π(b)‖²/(2ε²)
 */
import {
  add,
  div,
  grad,
  mul,
  normal,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import { perExample } from "../per-example.ts";
import { acceptOrStay, type ChainState, type Transition } from "./accept.ts";

export interface LangevinOptions {
  /** ε. */
  readonly stepSize: number;
  /** Refuse proposals so that π is left invariant exactly; otherwise every one is taken, with an error of order ε². Default true. */
  readonly adjusted?: boolean;
}

/**
 * One transition of n independent chains, z [n, …]. `logDensity` is log π up to a constant, differentiable, [n, …] → [n], each
 * chain's from its own row alone. No gradient goes through it. MALA mixes fastest at an acceptance near 0.57.
 */
export function langevinTransition(
  logDensity: (z: Tensor) => Tensor,
  z: Tensor,
  { stepSize: epsilon, adjusted = true }: LangevinOptions,
): Transition {
  const drifted = (at: Tensor): ChainState & { readonly mean: Tensor } => {
    const value = logDensity(at);
    const [slope] = grad(sum(value), [at]);
    return { z: at, logDensity: value, mean: add(at, mul(slope!, epsilon ** 2 / 2)) };
  };
  const from = drifted(stopGradient(z));
  const to = drifted(stopGradient(add(from.mean, mul(normal(z.shape), epsilon))));
  if (!adjusted) {
    const certain = stopGradient(add(mul(to.logDensity, 0), 1));
    return { z: to.z, logDensity: stopGradient(to.logDensity), acceptance: certain };
  }
  const logQ = (a: Tensor, mean: Tensor): Tensor => div(perExample(square(sub(a, mean))), -2 * epsilon ** 2);
  const forward = add(from.logDensity, logQ(to.z, from.mean));
  const backward = add(to.logDensity, logQ(from.z, to.mean));
  return acceptOrStay(from, to, sub(backward, forward));
}
