/** The frame of classifier two-sample tests: train on one half, count on the other. */
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import type { Features } from "../features.ts";
import { permutationTest } from "./permutation-test.ts";
import type { Pooled, TwoSampleOptions, TwoSampleResult } from "./two-sample-test.ts";

/** Features with labels: 1 for the first sample, 0 for the second. */
export interface Labelled extends Features {
  readonly data: Float64Array;
  readonly labels: Uint8Array;
}

export interface Split {
  readonly train: Labelled;
  /** Rows of the first sample in front. */
  readonly held: Labelled;
}

/** Halves of each sample at random. */
export function splitInHalves(rows: Pooled, seed: number, name: string): Split {
  const draw = (first: number, count: number, sample: string): number[] => {
    const order = new Int32Array(count);
    fillPermutation(order, deriveKey(seed, `two-sample/${name}`, "split", sample));
    return Array.from(order, (i) => first + i);
  };
  const a = draw(0, rows.first, "a");
  const b = draw(rows.first, rows.count - rows.first, "b");
  const [halfA, halfB] = [a.length >> 1, b.length >> 1];
  return {
    train: take(rows, [...a.slice(0, halfA), ...b.slice(0, halfB)]),
    held: take(rows, [...a.slice(halfA), ...b.slice(halfB)]),
  };
}

function take({ data, dimensions: d, first }: Pooled, chosen: readonly number[]): Labelled {
  const picked = new Float64Array(chosen.length * d);
  chosen.forEach((row, i) => {
    picked.set(data.subarray(row * d, (row + 1) * d), i * d);
  });
  const labels = Uint8Array.from(chosen, (row) => (row < first ? 1 : 0));
  return { data: picked, count: chosen.length, dimensions: d, labels };
}

/**
 * Compares scores of held-out rows between the samples: mean score of the first − mean score of the second, labels of the held-out
 * rows permuted; the classifier, trained on other rows, stays. With predictions 0 and 1 as scores, accuracy is
 * ½ + ½·difference, each sample weighted alike.
 */
export function compareScores(
  scores: ArrayLike<number>,
  held: Labelled,
  options: TwoSampleOptions & { readonly name: string },
): TwoSampleResult {
  const first = held.labels.reduce((n, label) => n + label, 0);
  const total = Array.from(scores).reduce((a, b) => a + b, 0);
  return permutationTest(
    (order) => {
      let sum = 0;
      for (let i = 0; i < first; i++) sum += scores[order[i]!]!;
      return sum / first - (total - sum) / (held.count - first);
    },
    { ...options, count: held.count },
  );
}

/** As compareScores, with balanced accuracy for the statistic. */
export function compareAccuracy(
  predictions: ArrayLike<number>,
  held: Labelled,
  options: TwoSampleOptions & { readonly name: string },
): TwoSampleResult {
  const result = compareScores(predictions, held, options);
  return {
    ...result,
    statistic: (1 + result.statistic) / 2,
    ...(result.permuted && { permuted: result.permuted.map((t) => (1 + t) / 2) }),
  };
}
