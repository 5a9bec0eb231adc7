/**
 * Inception score, over any classifier. Salimans et al. 2016, "Improved techniques for training GANs", arXiv:1606.03498,
 * section 4:
 *   IS = exp(Eₓ KL(p(y|x) ‖ p(y)))
 */
import { UserError } from "../tensor/index.ts";
import { deriveKey, fillPermutation } from "../tensor/random/index.ts";
import { checkFeatures, type Features } from "./features.ts";
import type { SampleMetric } from "./metric.ts";
import { deviationOf, errorOfMean, total } from "./summary.ts";

export interface InceptionScoreOptions {
  /** Parts of which each has its own p(y) and score. Default 10. */
  readonly splits?: number;
  /** Deal the rows to the parts at random; without it part i has the rows ⌊iN/S⌋ … ⌊(i+1)N/S⌋ − 1. Default true. */
  readonly shuffle?: boolean;
  readonly seed?: number;
}

export interface InceptionScore {
  /** Mean of the parts' scores, from 1 to the number of classes. */
  readonly value: number;
  /** Standard deviation over √splits; 0 for one part. */
  readonly standardError: number;
  readonly scores: readonly number[];
  /** √Σ(s − mean)²/S: what is usually printed as ±. */
  readonly deviation: number;
}

/**
 * Inception score of class probabilities [N, classes], float64: p log p is 0 where p is 0. One-hot rows spread evenly give the
 * number of classes, equal rows give 1.
 *
 * Conventions: torch-fidelity is `{ splits: 10, shuffle: false }` on softmax(logits) of rows in the order that its NumPy generator
 * (seed 2020) gives them; its ± is `deviation`. Fewer splits score higher: p(y) of N/S rows fits those rows.
 *
 * Throws (UserError) unless rows are probabilities and there are as many rows as parts.
 */
export function inceptionScore(
  probabilities: Features,
  { splits = 10, shuffle = true, seed = 0 }: InceptionScoreOptions = {},
): InceptionScore {
  checkFeatures("is", "class probabilities", probabilities, splits);
  checkProbabilities(probabilities);
  const { count } = probabilities;
  const order = Int32Array.from({ length: count }, (_, i) => i);
  if (shuffle) fillPermutation(order, deriveKey(seed, "is"));
  const scores = Array.from({ length: splits }, (_, i) => {
    const part = order.subarray(Math.floor((i * count) / splits), Math.floor(((i + 1) * count) / splits));
    return scoreOf(probabilities, part);
  });
  return {
    value: total(scores) / splits,
    standardError: errorOfMean(scores),
    scores,
    deviation: deviationOf(scores),
  };
}

function scoreOf({ data, dimensions }: Features, rows: Int32Array): number {
  const marginal = new Float64Array(dimensions);
  let negativeEntropy = 0;
  for (const row of rows) {
    for (let c = 0; c < dimensions; c++) {
      const p = data[row * dimensions + c]!;
      marginal[c]! += p / rows.length;
      negativeEntropy += xLogX(p);
    }
  }
  // E KL(p(y|x) ‖ p(y)) = H(y) − E H(y|x), as Σₓp(y|x) = N·p(y).
  let entropy = 0;
  for (const p of marginal) entropy -= xLogX(p);
  return Math.exp(entropy + negativeEntropy / rows.length);
}

function xLogX(p: number): number {
  return p > 0 ? p * Math.log(p) : 0;
}

function checkProbabilities({ data, count, dimensions }: Features): void {
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dimensions, (i + 1) * dimensions);
    const sum = total(row);
    if (row.some((p) => p < 0) || Math.abs(sum - 1) > 1e-3) {
      throw new UserError(
        `is: the class probabilities of example ${i} add up to ${sum.toPrecision(6)}; expected numbers of at least 0 that add up to 1. Pass logits through softmaxRows first.`,
      );
    }
  }
}

/** Softmax of each row, float64: class probabilities from logits [N, classes]. */
export function softmaxRows({ data, count, dimensions }: Features): Features {
  const out = new Float64Array(data);
  for (let i = 0; i < count; i++) {
    const row = out.subarray(i * dimensions, (i + 1) * dimensions);
    const most = row.reduce((a, b) => Math.max(a, b));
    for (let c = 0; c < dimensions; c++) row[c] = Math.exp(row[c]! - most);
    const sum = total(row);
    for (let c = 0; c < dimensions; c++) row[c]! /= sum;
  }
  return { data: out, count, dimensions };
}

export const inceptionScoreMetric: SampleMetric = {
  name: "is",
  title: "Inception score",
  convention: "mean over 10 random splits, float64",
  needs: "probabilities",
  least: 100,
  settings: { splits: 10 },
  async measure({ probabilities, seed }) {
    if (!probabilities) {
      throw new UserError(
        "is needs class probabilities; use a classifier as the extractor, or leave it out.",
      );
    }
    const { value, standardError, deviation } = inceptionScore(probabilities, { seed });
    const note = `From 1 to ${probabilities.dimensions}; blind to mode collapse within a class, and to realism that the classifier ignores.`;
    return [{ name: "is", value, standardError, better: "higher", note, details: { deviation } }];
  },
};
