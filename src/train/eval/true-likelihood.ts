/** The data's own log-likelihood beside a model's, where the distribution of the data is known. */
import type { Dataset } from "../../data/dataset.ts";
import { exampleSize } from "../../data/size.ts";
import { bitsPerDimension, type Likelihood, likelihoodOrder } from "../../metrics/likelihood/index.ts";
import type { JudgedScore } from "./evaluation.ts";

/**
 * The scores of an estimate with the mean true log p of the same examples as their floor; unchanged where the data does not know
 * it, or a density is asked about pictures, whose probabilities are something else.
 */
export function withTruth({ scores, nats }: Likelihood, data: Dataset, density: boolean): JudgedScore[] {
  const mean = density && data.kind === "image" ? undefined : trueMean(data, nats.length);
  if (mean === undefined) return [...scores];
  const note = entropyNote(data);
  return scores.map((score) => ({
    ...score,
    ...(note && { note: [score.note, note].filter((part) => part !== undefined).join(" ") }),
    floor: score.unit === "nats" ? mean : bitsPerDimension(mean, exampleSize(data.shape)),
  }));
}

const entropyNote = ({ entropy }: Dataset): string | undefined =>
  entropy === undefined
    ? undefined
    : `The data's distribution is known: its entropy is ${Number(entropy.toPrecision(6))} nats.`;

/** Mean log p of the first `count` examples in the order of likelihoods. */
function trueMean(data: Dataset, count: number): number | undefined {
  const { logProb } = data;
  if (!logProb) return undefined;
  const x = new Float32Array(exampleSize(data.shape));
  const total = likelihoodOrder(data)
    .subarray(0, count)
    .reduce((sum, index) => {
      data.read([index], x);
      return sum + logProb(x);
    }, 0);
  return total / count;
}
