/**
 * Deep Boltzmann machine of binary units. Salakhutdinov & Hinton 2009, "Deep Boltzmann machines".
 *
 *   −E(h⁰ … h^L) = Σ_l h^(l−1)ᵀ W^l h^l + Σ_l b^lᵀ h^l,  h⁰ = v                                         (9)
 *   μ^l ← σ(b^l + μ^(l−1) W^l + W^(l+1) μ^(l+1))                                                        (10, 11)
 *   log p(v) ≥ −E(v, μ) + H(μ) − log Z,   H(μ) = −Σ_j μ_j log μ_j + (1 − μ_j) log(1 − μ_j)              (5)
 */
import {
  add,
  concat,
  matmul,
  mul,
  sigmoid,
  stopGradient,
  sum,
  type Tensor,
  transpose,
  zeros,
} from "../../tensor/index.ts";
import { bernoulliDistribution } from "../distributions/index.ts";
import { perExample } from "../per-example.ts";
import type { Rbm } from "./rbm.ts";

/** W[l − 1] [units of layer l − 1, units of layer l] for l = 1 … L, b[l] [units of layer l] for l = 0 … L. */
export interface DeepBoltzmann {
  readonly W: readonly Tensor[];
  readonly b: readonly Tensor[];
}

/**
 * The same machine as a restricted one: even layers (v first, then h², …) are its visible units, odd layers its hidden ones,
 * since layers of one parity are independent given those of the other. Block Gibbs sampling, F and Z are then the RBM's.
 */
export function bipartiteRbm({ W, b }: DeepBoltzmann): Rbm {
  const [evens, odds] = [0, 1].map((parity) => b.flatMap((_, l) => (l % 2 === parity ? [l] : []))) as [
    number[],
    number[],
  ];
  const block = (even: number, odd: number): Tensor => {
    if (odd === even + 1) return W[even]!;
    return odd === even - 1 ? transpose(W[odd]!) : zeros([b[even]!.size, b[odd]!.size]);
  };
  const row = (even: number): Tensor =>
    concat(
      odds.map((odd) => block(even, odd)),
      1,
    );
  return { W: concat(evens.map(row)), b: concat(evens.map((l) => b[l]!)), c: concat(odds.map((l) => b[l]!)) };
}

/**
 * Log odds of μ¹ … μ^L given v [N, d]: first upwards, with weights doubled for what will come from above, then so many rounds
 * of the updates, each layer with what the one before it has become. Each update raises the bound.
 */
export function meanField({ W, b }: DeepBoltzmann, v: Tensor, rounds: number): Tensor[] {
  const [mu, logits, last] = [[v], [v], W.length];
  for (let round = 0; round <= rounds; round++) {
    for (let l = 1; l <= last; l++) {
      const below = matmul(mu[l - 1]!, W[l - 1]!);
      const above = (): Tensor => (round === 0 ? below : matmul(mu[l + 1]!, transpose(W[l]!)));
      logits[l] = add(l === last ? below : add(below, above()), b[l]!);
      mu[l] = sigmoid(logits[l]!);
    }
  }
  return logits.slice(1);
}

/** −E(v, μ) + H(μ), [N], for the given log odds of μ, through which no gradient goes: log p̃(v) at least. */
export function variationalBound({ W, b }: DeepBoltzmann, v: Tensor, logits: readonly Tensor[]): Tensor {
  const q = logits.map((logit) => bernoulliDistribution(stopGradient(logit)));
  const mu = [v, ...q.map(({ mean }) => mean)];
  const pairs = W.map((w, l) => sum(mul(matmul(mu[l]!, w), mu[l + 1]!), 1));
  const biases = mu.map((m, l) => sum(mul(m, b[l]!), 1));
  const entropies = q.map((p) => perExample(p.entropy()));
  return [...pairs, ...biases, ...entropies].reduce(add);
}
