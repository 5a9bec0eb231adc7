import type { Dataset } from "../../data/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { perExampleOver } from "./blocks.ts";
import type { Likelihood, LikelihoodOptions } from "./options.ts";
import { likelihoodOf } from "./scores.ts";

/**
 * Mean evidence lower bound E[log p(x, z) − log q(z|x)] ≤ log p(x) (Kingma & Welling 2013, eq. 3), one estimate for each
 * example as the model makes it. `bound` is a model's: [N, …] → [N], nats.
 */
export async function evidenceLowerBound(
  bound: (x: Tensor) => Tensor,
  dataset: Dataset,
  options: LikelihoodOptions,
): Promise<Likelihood> {
  const nats = await perExampleOver(dataset, `elbo ${options.split}`, bound, options);
  const convention = "mean over examples of the model's bound, its draws of z included";
  return likelihoodOf(
    dataset,
    { metric: "elbo", convention, nats, note: "A lower bound on the log-likelihood." },
    options,
  );
}
