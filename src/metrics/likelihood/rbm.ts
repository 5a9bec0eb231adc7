/**
 * Restricted Boltzmann machine of binary units, p(v, h) = exp(vᵀWh + bᵀv + cᵀh)/Z, and its exact partition function where
 * it can be summed. Smolensky 1986; Salakhutdinov & Murray 2008, "On the quantitative analysis of deep belief networks".
 *
 *   log p*(v) = log Σ_h exp(…) = bᵀv + Σ_j log(1 + exp(c_j + (vᵀW)_j)),   log p(v) = log p*(v) − log Z
 */
import { UserError } from "../../tensor/index.ts";
import { logAddExp } from "./log-sum.ts";

export interface RbmParameters {
  /** W, [visible, hidden], row after row. */
  readonly weights: ArrayLike<number>;
  /** b of the visible units. */
  readonly visibleBias: ArrayLike<number>;
  /** c of the hidden units. */
  readonly hiddenBias: ArrayLike<number>;
}

/** Units of the smaller side that can be enumerated: 2²⁰ sums. */
const mostUnits = 20;

/** Throws (UserError) where the weights are not [visible, hidden], or a number is not finite. */
export function checkRbm({ weights, visibleBias, hiddenBias }: RbmParameters): void {
  const [visible, hidden] = [visibleBias.length, hiddenBias.length];
  if (visible < 1 || hidden < 1 || weights.length !== visible * hidden) {
    throw new UserError(
      `an RBM with ${visible} visible and ${hidden} hidden units was given ${weights.length} weights; expected ${visible * hidden}, row after row of [visible, hidden].`,
    );
  }
  for (const list of [weights, visibleBias, hiddenBias]) {
    for (let i = 0; i < list.length; i++) {
      if (!Number.isFinite(list[i])) {
        throw new UserError(`an RBM was given the parameter ${list[i]}; expected finite numbers.`);
      }
    }
  }
}

/** log(1 + eˣ) without overflow. */
export function softplusOf(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** log p*(v) of one binary vector: bᵀv + Σ_j log(1 + exp(c_j + (vᵀW)_j)), the negative free energy. */
export function rbmLogUnnormalized(rbm: RbmParameters, v: ArrayLike<number>): number {
  const { weights, visibleBias, hiddenBias } = rbm;
  const inputs = Float64Array.from(hiddenBias);
  let linear = 0;
  for (let i = 0; i < visibleBias.length; i++) {
    if (v[i] === 0) continue;
    linear += visibleBias[i]! * v[i]!;
    for (let j = 0; j < inputs.length; j++) inputs[j]! += weights[i * inputs.length + j]! * v[i]!;
  }
  return inputs.reduce((sum, input) => sum + softplusOf(input), linear);
}

/**
 * log Z exactly, by summing over all states of the smaller side; the other side sums in closed form. States are visited in
 * Gray code, so that each differs from the last in one unit. Throws (UserError) above 20 units on the smaller side.
 */
export function rbmLogPartition(rbm: RbmParameters): number {
  checkRbm(rbm);
  const [visible, hidden] = [rbm.visibleBias.length, rbm.hiddenBias.length];
  const least = Math.min(visible, hidden);
  if (least > mostUnits) {
    throw new UserError(
      `an RBM of ${visible} and ${hidden} units has too many states to sum; at most ${mostUnits} units on one side can be enumerated. Estimate log Z with rbmAis.`,
    );
  }
  const byVisible = visible === least;
  const [own, other] = byVisible ? [rbm.visibleBias, rbm.hiddenBias] : [rbm.hiddenBias, rbm.visibleBias];
  const weight = (unit: number, j: number): number =>
    rbm.weights[byVisible ? unit * hidden + j : j * hidden + unit]!;
  const inputs = Float64Array.from(other);
  const on = new Uint8Array(least);
  let linear = 0;
  const term = (): number => inputs.reduce((sum, input) => sum + softplusOf(input), linear);
  let logZ = term();
  for (let state = 1; state < 2 ** least; state++) {
    const unit = 31 - Math.clz32(state & -state);
    on[unit] = 1 - on[unit]!;
    const sign = on[unit] ? 1 : -1;
    linear += sign * own[unit]!;
    for (let j = 0; j < inputs.length; j++) inputs[j]! += sign * weight(unit, j);
    logZ = logAddExp(logZ, term());
  }
  return logZ;
}
