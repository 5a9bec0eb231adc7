import {
  exp,
  greaterEqual,
  less,
  minimum,
  reshape,
  stopGradient,
  type Tensor,
  uniform,
  where,
} from "../../tensor/index.ts";

/** Where n chains are: z [n, …] and log π(z) up to a constant, [n]. */
export interface ChainState {
  readonly z: Tensor;
  readonly logDensity: Tensor;
}

/** A transition: where the chains are now, and min(1, ratio) of each, [n]. */
export interface Transition extends ChainState {
  readonly acceptance: Tensor;
}

/**
 * The rule of Metropolis and Hastings: each chain moves with probability min(1, exp(logRatio)), logRatio [n]. A proposal whose
 * ratio is no number is refused.
 */
export function acceptOrStay(from: ChainState, to: ChainState, logRatio: Tensor): Transition {
  const ratio = exp(minimum(logRatio, 0));
  // Every comparison with NaN is false, so that a chain that ran off to infinity stays where it was.
  const acceptance = stopGradient(where(greaterEqual(ratio, 0), ratio, 0));
  const accepted = less(uniform([from.z.shape[0]!]), acceptance);
  const column = [-1, ...from.z.shape.slice(1).map(() => 1)];
  return {
    z: stopGradient(where(reshape(accepted, column), to.z, from.z)),
    logDensity: stopGradient(where(accepted, to.logDensity, from.logDensity)),
    acceptance,
  };
}
