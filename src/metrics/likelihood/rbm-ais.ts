/**
 * The partition function of a restricted Boltzmann machine by annealed importance sampling. Salakhutdinov & Murray 2008,
 * "On the quantitative analysis of deep belief networks", section 4.1; Neal 2001.
 *
 *   log p*_β(v) = (1 − β) aᵀv + β bᵀv + Σ_j log(1 + exp(β(c_j + (vᵀW)_j))),   0 = β₀ < … < β_T = 1
 *   Z₀ = 2^H Π_i (1 + exp a_i);   v₀ ~ p₀;  v_t by Gibbs sampling of p_{β_t} from v_{t−1}
 *   log w = Σ_t log p*_{β_t}(v_{t−1}) − log p*_{β_{t−1}}(v_{t−1}),   E w = Z/Z₀
 */
import type { Runtime } from "../../runtime/index.ts";
import {
  add,
  bernoulli,
  matmul,
  mul,
  sigmoid,
  softplus,
  sub,
  type Tensor,
  UserError,
} from "../../tensor/index.ts";
import { compileNamed } from "./blocks.ts";
import { logMeanExp, logSumExp } from "./log-sum.ts";
import { checkRbm, type RbmParameters, softplusOf } from "./rbm.ts";

export interface RbmAisOptions {
  readonly runtime: Runtime;
  /** T. Default 10,000. */
  readonly temperatures?: number;
  /** Independent chains. Default 100. */
  readonly chains?: number;
  /**
   * a, the visible biases of the model that the path begins with: log odds of the training data's pixels are better than 0
   * (default), which makes it uniform.
   */
  readonly baseBias?: ArrayLike<number>;
  readonly onProgress?: (share: number) => void;
}

export interface PartitionEstimate {
  readonly logZ: number;
  /** Of log Z, by the delta method: s/(w̄ √chains). */
  readonly standardError: number;
  /** log(Z ± 3 standard errors of Z); −∞ below where the chains disagree too much to exclude it. */
  readonly interval: readonly [number, number];
  /** 1/Σ w̃² of the chains: near 1, one chain decides, and the estimate is not to be trusted. */
  readonly effectiveChains: number;
}

/** Temperatures in one call of the device. */
const inOneCall = 20;

/**
 * log Z of a binary RBM. The mean weight is unbiased for Z, so that log Z is underestimated on average, and log-likelihoods
 * made with it are too high: look at `effectiveChains`. Throws (UserError) where the parameters do not fit together.
 */
export async function rbmAis(rbm: RbmParameters, options: RbmAisOptions): Promise<PartitionEstimate> {
  checkRbm(rbm);
  const [visible, hidden] = [rbm.visibleBias.length, rbm.hiddenBias.length];
  const { runtime, temperatures = 10_000, chains = 100, onProgress } = options;
  const base = Float32Array.from(options.baseBias ?? new Float32Array(visible));
  if (base.length !== visible || !(temperatures >= 1) || !(chains >= 2)) {
    throw new UserError(
      `rbmAis: got ${base.length} base biases for ${visible} visible units, ${temperatures} temperatures and ${chains} chains; expected a bias for each unit, at least 1 temperature and 2 chains.`,
    );
  }
  const row = (list: ArrayLike<number>) => ({ data: Float32Array.from(list), shape: [1, list.length] });
  const [w, b, c, a] = [
    { data: Float32Array.from(rbm.weights), shape: [visible, hidden] },
    row(rbm.visibleBias),
    row(rbm.hiddenBias),
    row(base),
  ];
  // Each call walks the same number of temperatures; those that would lie beyond β = 1 stay there and weigh nothing.
  const perCall = Math.min(inOneCall, temperatures);
  const betas = (first: number): Float32Array =>
    Float32Array.from({ length: perCall + 1 }, (_, t) => Math.min(1, (first + t) / temperatures));
  const start = compileNamed(runtime, "rbm ais start", (bias: Tensor) =>
    bernoulli(sigmoid(bias), [chains, visible]),
  );
  const walk = compileNamed(runtime, "rbm ais", annealed(perCall));
  let v = await start(a);
  const logWeights = new Float64Array(chains);
  for (let t = 0; t < temperatures; t += perCall) {
    const next = await walk(v, { data: betas(t), shape: [perCall + 1] }, w, b, c, a);
    v = next.v;
    for (let i = 0; i < chains; i++) logWeights[i]! += Number(next.logWeight.data[i]);
    onProgress?.(Math.min(1, (t + perCall) / temperatures));
  }
  const logZ0 = base.reduce((sum, bias) => sum + softplusOf(bias), hidden * Math.LN2);
  return summary(logWeights, logZ0);
}

/** Several temperatures for all chains: what their weights gain, and where the chains are then. */
function annealed(count: number) {
  return (v0: Tensor, betas: Tensor, w: Tensor, b: Tensor, c: Tensor, a: Tensor) => {
    const levels = betas.split(count + 1) as Tensor[];
    let [v, logWeight]: [Tensor, Tensor | undefined] = [v0, undefined];
    for (let t = 1; t <= count; t++) {
      const [before, beta] = [levels[t - 1]!, levels[t]!];
      const inputs = add(matmul(v, w), c);
      const visible = mul(matmul(v, sub(b, a).transpose()).reshape([-1]), sub(beta, before));
      const gain = add(visible, sub(softplus(mul(inputs, beta)), softplus(mul(inputs, before))).sum(1));
      logWeight = logWeight ? add(logWeight, gain) : gain;
      const h = bernoulli(sigmoid(mul(inputs, beta)));
      const toVisible = add(mul(add(matmul(h, w.transpose()), b), beta), mul(a, sub(1, beta)));
      v = bernoulli(sigmoid(toVisible));
    }
    return { v, logWeight: logWeight! };
  };
}

function summary(logWeights: Float64Array, logZ0: number): PartitionEstimate {
  const n = logWeights.length;
  const mean = logMeanExp(logWeights);
  const relative = logWeights.map((v) => Math.exp(v - mean));
  const error = Math.sqrt(relative.reduce((sum, r) => sum + (r - 1) ** 2, 0) / (n - 1) / n);
  return {
    logZ: logZ0 + mean,
    standardError: error,
    interval: [logZ0 + mean + Math.log(Math.max(0, 1 - 3 * error)), logZ0 + mean + Math.log1p(3 * error)],
    effectiveChains: Math.exp(2 * logSumExp(logWeights) - logSumExp(logWeights.map((v) => 2 * v))),
  };
}
