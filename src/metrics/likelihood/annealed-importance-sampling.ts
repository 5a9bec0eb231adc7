/**
 * Annealed importance sampling for latent-variable models. Neal 2001, "Annealed importance sampling"; Wu et al. 2017,
 * arXiv:1611.04273.
 *
 *   f_β(z) = p(z) p(x|z)^β,  0 = β₀ < … < β_T = 1
 *   z₀ ~ p(z);  z_t ~ a transition that leaves f_{β_t} invariant, from z_{t−1}
 *   log w = Σ_t (β_t − β_{t−1}) log p(x|z_{t−1}),   E w = p(x)
 */
import type { Dataset } from "../../data/index.ts";
import { hmcTransition, perExample, standardNormal } from "../../math/index.ts";
import type { Value } from "../../runtime/index.ts";
import { add, mul, type Tensor, tile, UserError, uniform } from "../../tensor/index.ts";
import { type Block, compileNamed, exampleCount, forEachBlock } from "./blocks.ts";
import { logMeanExp, logSumExp } from "./log-sum.ts";
import type { Likelihood, LikelihoodOptions } from "./options.ts";
import { likelihoodOf } from "./scores.ts";

/** What it needs of a model; a Model with both capabilities fits. */
export interface LatentVariableModel {
  /** n latent vectors: [n, …]. */
  readonly prior: (n: number) => Tensor;
  /** log p(z), [n, …] → [n]. Default: the standard normal's. */
  readonly logPrior?: (z: Tensor) => Tensor;
  /** log p(x|z), ([n, …], [n, …]) → [n], nats. */
  readonly logLikelihood: (x: Tensor, z: Tensor) => Tensor;
}

export interface AisOptions extends LikelihoodOptions {
  /** T, transitions from the prior to the posterior. Default 1,000; the literature uses 10,000. */
  readonly temperatures?: number;
  /** Independent chains of each example. Default 16. */
  readonly chains?: number;
  /** L of Hamiltonian Monte Carlo. Default 10. */
  readonly leapfrogSteps?: number;
}

/** Chains that only learn the step sizes: with those of the same chains, E w = p(x) would not hold. */
const pilotChains = 4;
const wantedAcceptance = 0.65;
const stepSizes = { first: 0.2, least: 1e-4, most: 0.5 } as const;

/**
 * log p(x) of a model that has a prior and log p(x|z), by annealing from prior to posterior with Hamiltonian Monte Carlo:
 * the log of the mean weight of the chains. The mean weight is unbiased, so its log is on average below log p(x) (Jensen), and
 * above it by c nats with probability at most e⁻ᶜ (Markov). Needs no encoder, and so also measures GANs with an observation
 * model. By default 100 examples: each costs T·L·chains gradients.
 *
 * The step size of every example at every temperature comes from a pilot run with four other chains, aimed at 65 %
 * acceptance. Details: `effectiveChains`, 1/Σ w̃² averaged over examples; `acceptance`.
 */
export async function annealedImportanceSampling(
  model: LatentVariableModel,
  dataset: Dataset,
  options: AisOptions,
): Promise<Likelihood> {
  const { temperatures = 1000, chains = 16, leapfrogSteps = 10, examples = 100 } = options;
  for (const [name, value] of Object.entries({ temperatures, chains, leapfrogSteps })) {
    if (!Number.isInteger(value) || value < 1)
      throw new UserError(`annealed importance sampling: ${name} is ${value}, expected at least 1.`);
  }
  const all = { ...options, examples };
  const [nats, effective] = [0, 0].map(() => new Float64Array(exampleCount(dataset, all)));
  const anneal = annealer(model, { ...all, leapfrogSteps, betas: sigmoidSchedule(temperatures) });
  let acceptance = 0;
  await forEachBlock(dataset, all, async (block) => {
    const pilot = await anneal(block, "pilot", pilotChains);
    const run = await anneal(block, "chains", chains, pilot.steps);
    acceptance += (run.acceptance * block.count) / nats!.length;
    for (let i = 0; i < block.count; i++) {
      const weights = run.weights[i]!;
      nats![block.first + i] = logMeanExp(weights);
      effective![block.first + i] = Math.exp(2 * logSumExp(weights) - logSumExp(weights.map((w) => 2 * w)));
    }
  });
  return likelihoodOf(
    dataset,
    {
      metric: "ais",
      convention: "mean over examples of log mean w, sigmoid schedule, step sizes from a pilot run",
      nats: nats!,
      settings: { temperatures, chains, leapfrogSteps },
      note: "Below the log-likelihood on average, and closer with more temperatures.",
      details: { effectiveChains: effective!.reduce((a, b) => a + b, 0) / nats!.length, acceptance },
    },
    all,
  );
}

/** β₀ … β_T = (σ(δ(2t/T − 1)) − σ(−δ))/(σ(δ) − σ(−δ)), δ = 4: slow at both ends (Wu et al. 2017, section 4). */
export function sigmoidSchedule(temperatures: number, delta = 4): Float64Array {
  const s = (x: number): number => 1 / (1 + Math.exp(-x));
  const [low, high] = [s(-delta), s(delta)];
  return Float64Array.from({ length: temperatures + 1 }, (_, t) =>
    t === temperatures ? 1 : (s(delta * ((2 * t) / temperatures - 1)) - low) / (high - low),
  );
}

interface Annealing {
  /** log w of every chain, by example. */
  readonly weights: readonly Float64Array[];
  /** Of each example at every temperature. */
  readonly steps: readonly Float32Array[];
  readonly acceptance: number;
}

type Anneal = (
  block: Block,
  name: "pilot" | "chains",
  chains: number,
  steps?: readonly Float32Array[],
) => Promise<Annealing>;

function annealer(
  model: LatentVariableModel,
  options: AisOptions & { betas: Float64Array; leapfrogSteps: number },
): Anneal {
  const { betas } = options;
  const compiled = {
    pilot: compileStep(model, options, "pilot", pilotChains),
    chains: compileStep(model, options, "chains", options.chains ?? 16),
  };
  return async ({ x }, name, chains, known) => {
    const n = x.shape[0]!;
    const { start, step } = compiled[name];
    const weights = Array.from({ length: n }, () => new Float64Array(chains));
    let z: Value = await start(x);
    let size = new Float32Array(n).fill(stepSizes.first);
    const steps: Float32Array[] = [];
    let accepted = 0;
    for (let t = 1; t < betas.length; t++) {
      if (known) size = Float32Array.from(known[t - 1]!);
      steps.push(size);
      const next = await step(x, z, betas[t]!, { data: size, shape: [n] });
      z = next.z;
      // Chain c of example i is row c·N + i.
      weights.forEach((w, i) => {
        for (let c = 0; c < chains; c++)
          w[c]! += (betas[t]! - betas[t - 1]!) * Number(next.nats.data[c * n + i]);
      });
      const rates = next.acceptance.data as Float32Array;
      accepted += rates.reduce((a, b) => a + b, 0) / n / (betas.length - 1);
      if (!known) size = adapted(size, rates);
    }
    return { weights, steps, acceptance: accepted };
  };
}

/** Step sizes larger where too many proposals were accepted, smaller where too few. */
function adapted(size: Float32Array, rates: Float32Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(size, (s, i) =>
    Math.min(stepSizes.most, Math.max(stepSizes.least, s * Math.exp(0.2 * (rates[i]! - wantedAcceptance)))),
  );
}

function compileStep(
  { prior, logLikelihood, logPrior = normalPrior }: LatentVariableModel,
  { runtime, split, leapfrogSteps }: AisOptions,
  name: string,
  chains: number,
) {
  const copies = (x: Tensor): Tensor => tile(x, [chains, ...x.shape.slice(1).map(() => 1)]);
  const start = compileNamed(runtime, `ais ${split} ${name} start`, (x: Tensor) =>
    prior(chains * x.shape[0]!),
  );
  const step = compileNamed(
    runtime,
    `ais ${split} ${name}`,
    (x: Tensor, z: Tensor, beta: Tensor, size: Tensor) => {
      const target = copies(x);
      const nats = logLikelihood(target, z);
      // Varied, because equal trajectories may come back to where they began.
      const stepSize = mul(tile(size, [chains]), uniform([z.shape[0]!], { low: 0.8, high: 1.2 }));
      const next = hmcTransition((at) => add(logPrior(at), mul(logLikelihood(target, at), beta)), z, {
        stepSize,
        ...(leapfrogSteps !== undefined && { leapfrogSteps }),
      });
      return { nats, z: next.z, acceptance: next.acceptance.reshape([chains, -1]).mean(0) };
    },
  );
  return { start, step };
}

function normalPrior(z: Tensor): Tensor {
  return perExample(standardNormal(z.shape).logProb(z));
}
