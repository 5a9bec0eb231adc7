/**
 * Random-walk Metropolis. Metropolis et al. 1953, "Equation of state calculations by fast computing machines".
 *
 *   z* = z + εξ, ξ ~ N(0, I);  accept z* with probability min(1, π(z*)/π(z))
 */
import {
  add,
  mul,
  normal,
  reshape,
  stopGradient,
  sub,
  type Tensor,
  type TensorLike,
} from "../../tensor/index.ts";
import { acceptOrStay, type Transition } from "./accept.ts";

export interface MetropolisOptions {
  /** ε, one number for all chains or [n]. */
  readonly stepSize: TensorLike;
}

/**
 * One transition of n independent chains, z [n, …], that leaves π invariant. `logDensity` is log π up to a constant,
 * [n, …] → [n], each chain's from its own row alone. No gradient goes through it. In d dimensions an acceptance near 0.44 (d = 1)
 * to 0.23 (many) mixes fastest (Roberts, Gelman & Gilks 1997).
 */
export function metropolisTransition(
  logDensity: (z: Tensor) => Tensor,
  z: Tensor,
  { stepSize }: MetropolisOptions,
): Transition {
  const start = stopGradient(z);
  const epsilon =
    typeof stepSize === "number" || stepSize.rank === 0
      ? stepSize
      : reshape(stepSize, [-1, ...start.shape.slice(1).map(() => 1)]);
  const proposed = add(start, mul(normal(start.shape), epsilon));
  const [before, after] = [logDensity(start), logDensity(proposed)];
  return acceptOrStay(
    { z: start, logDensity: before },
    { z: proposed, logDensity: after },
    sub(after, before),
  );
}
