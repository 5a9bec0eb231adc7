/**
 * Restricted Boltzmann machine of binary units. Smolensky 1986; Hinton 2002, "Training products of experts by minimizing
 * contrastive divergence".
 *
 *   E(v, h) = −bᵀv − cᵀh − vᵀWh,   p(v, h) = e^(−E(v, h))/Z
 *   F(v) = −log Σ_h e^(−E(v, h)) = −bᵀv − Σ_j log(1 + exp(c_j + (vᵀW)_j))
 *   P(h_j = 1|v) = σ(c_j + (vᵀW)_j),   P(v_i = 1|h) = σ(b_i + (Wh)_i)
 */
import {
  add,
  bernoulli,
  div,
  matmul,
  mul,
  neg,
  sigmoid,
  softplus,
  stopGradient,
  sum,
  type Tensor,
  transpose,
} from "../../tensor/index.ts";

/** W [visible, hidden], b [visible], c [hidden]. */
export interface Rbm {
  readonly W: Tensor;
  readonly b: Tensor;
  readonly c: Tensor;
}

/** Log odds of the hidden units given v [N, visible]: c + vᵀW, [N, hidden]. */
export const hiddenLogits = ({ W, c }: Rbm, v: Tensor): Tensor => add(matmul(v, W), c);

/** Log odds of the visible units given h [N, hidden]: b + Wh, [N, visible]. */
export const visibleLogits = ({ W, b }: Rbm, h: Tensor): Tensor => add(matmul(h, transpose(W)), b);

/** E(v, h), [N]: nats. Probabilities in the place of h give the expected energy, since E is linear in each unit. */
export function rbmEnergy({ W, b, c }: Rbm, v: Tensor, h: Tensor): Tensor {
  const pairs = sum(mul(matmul(v, W), h), 1);
  return neg(add(pairs, add(sum(mul(v, b), 1), sum(mul(h, c), 1))));
}

/** F(v) = −log p(v) − log Z, [N]: nats. */
export function freeEnergy(rbm: Rbm, v: Tensor): Tensor {
  return neg(add(sum(mul(v, rbm.b), 1), sum(softplus(hiddenLogits(rbm, v)), 1)));
}

export interface BlockGibbsOptions {
  /** Transitions v → h → v. Default 1. */
  readonly steps?: number;
  /** Divides log odds. Default 1. */
  readonly temperature?: number;
}

/** Block Gibbs sampling, k times h ~ P(h|v), v ~ P(v|h): [N, visible] → [N, visible]. No gradient goes through it. */
export function blockGibbs(
  rbm: Rbm,
  v: Tensor,
  { steps = 1, temperature = 1 }: BlockGibbsOptions = {},
): Tensor {
  const coin = (logits: Tensor): Tensor => bernoulli(sigmoid(div(logits, temperature)));
  let now = v;
  for (let k = 0; k < steps; k++) now = coin(visibleLogits(rbm, coin(hiddenLogits(rbm, now))));
  return stopGradient(now);
}
