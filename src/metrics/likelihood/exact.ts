import type { Dataset } from "../../data/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { perExampleOver } from "./blocks.ts";
import type { Likelihood, LikelihoodOptions } from "./options.ts";
import { likelihoodOf } from "./scores.ts";

/**
 * Mean exact log-likelihood E log p(x) of examples, nats per example with its standard error over examples, and bits per
 * dimension for pictures. `logProb` is a model's: [N, …] → [N], nats. Flows and autoregressive models have one.
 */
export async function exactLogLikelihood(
  logProb: (x: Tensor) => Tensor,
  dataset: Dataset,
  options: LikelihoodOptions,
): Promise<Likelihood> {
  const metric = "log-likelihood";
  const nats = await perExampleOver(dataset, `${metric} ${options.split}`, logProb, options);
  return likelihoodOf(
    dataset,
    { metric, convention: "mean over examples of log p(x), computed exactly", nats },
    options,
  );
}
