/** Likelihoods of models that know log p̃ and whose Z is that of a restricted Boltzmann machine. */
import type { Dataset } from "../../data/index.ts";
import type { Rbm } from "../../math/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { compileNamed, perExampleOver } from "./blocks.ts";
import type { Likelihood, LikelihoodOptions } from "./options.ts";
import { type RbmParameters, rbmLogPartition } from "./rbm.ts";
import { rbmAis } from "./rbm-ais.ts";
import { likelihoodOf } from "./scores.ts";

/** What it needs of a model; a Model with both capabilities fits. */
export interface UnnormalizedModel {
  /** log p̃(x), nats, or a lower bound on it: [N, …] → [N]. */
  readonly logUnnormalized: (x: Tensor) => Tensor;
  /** The machine whose partition function is Z. */
  readonly rbm: () => Rbm;
}

export interface UnnormalizedOptions extends LikelihoodOptions {
  /** Temperatures of the annealing, where Z is not summed. Default 5,000. */
  readonly temperatures?: number;
  /** Independent chains of the annealing. Default 100. */
  readonly chains?: number;
}

/** Units of the smaller side up to which all states are summed: a second. */
const summedUnits = 14;

/**
 * Mean of log p̃(x) − log Z, nats per example. log Z is summed exactly where one side of the machine has at most 14 units, and
 * otherwise estimated by annealed importance sampling from its biases alone (Salakhutdinov & Murray 2008), which finds too
 * small a Z on average, and so too high a likelihood: see `effectiveChains` and `logZError` of the details.
 */
export async function unnormalizedLikelihood(
  model: UnnormalizedModel,
  dataset: Dataset,
  options: UnnormalizedOptions,
): Promise<Likelihood> {
  const { runtime, temperatures = 5000, chains = 100, onProgress } = options;
  const rbm = await parametersOf(model, options);
  const summed = Math.min(rbm.visibleBias.length, rbm.hiddenBias.length) <= summedUnits;
  const z = summed
    ? { logZ: rbmLogPartition(rbm) }
    : await rbmAis(rbm, {
        ...{ runtime, temperatures, chains, baseBias: rbm.visibleBias },
        ...(onProgress && { onProgress }),
      });
  const { onProgress: _, ...quiet } = options;
  const nats = await perExampleOver(dataset, "log p̃", model.logUnnormalized, quiet);
  const estimate = "standardError" in z ? z : undefined;
  return likelihoodOf(
    dataset,
    {
      metric: "ais",
      convention: summed
        ? "mean over examples of log p̃(x) − log Z, Z by enumeration"
        : "mean over examples of log p̃(x) − log Z, Z by annealed importance sampling",
      nats: nats.map((v) => v - z.logZ),
      ...(estimate && { settings: { temperatures, chains } }),
      details: {
        logZ: z.logZ,
        ...(estimate && { logZError: estimate.standardError, effectiveChains: estimate.effectiveChains }),
      },
    },
    options,
  );
}

async function parametersOf(
  model: UnnormalizedModel,
  { runtime }: LikelihoodOptions,
): Promise<RbmParameters> {
  const { W, b, c } = await compileNamed(runtime, "machine", () => ({ ...model.rbm() }))();
  const numbers = (data: ArrayLike<unknown>): Float64Array => Float64Array.from(data, Number);
  return { weights: numbers(W.data), visibleBias: numbers(b.data), hiddenBias: numbers(c.data) };
}
