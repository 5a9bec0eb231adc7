/** p-values by permuting the labels of the pooled sample. */
import { UserError } from "../../tensor/index.ts";
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import type { TwoSampleOptions, TwoSampleResult } from "./two-sample-test.ts";

/** A statistic of a labelling: `order` lists the pooled rows, those that count as the first sample in front. */
export type LabelStatistic = (order: Int32Array) => number;

export interface LabelledRows extends TwoSampleOptions {
  readonly name: string;
  /** Pooled rows. */
  readonly count: number;
  /** Which statistics speak against H0. Default "large". */
  readonly extreme?: "large" | "small";
}

/** Sums in another order differ by rounding: statistics this close are ties. */
const tieTolerance = 1e-11;

/**
 * p = (1 + #{permutations at least as extreme})/(B + 1), the labels permuted at random: exact for any sample sizes, as under H0
 * every labelling is equally likely (Phipson & Smyth 2010). The observed labelling is that of the rows in their order.
 */
export function permutationTest(
  statistic: LabelStatistic,
  { name, count, seed, permutations = 199, extreme = "large" }: LabelledRows,
): TwoSampleResult {
  if (!Number.isInteger(permutations) || permutations < 1) {
    throw new UserError(
      `${name}: ${permutations} permutations, expected a whole number from 1 up; the smallest p-value is 1/(permutations + 1).`,
    );
  }
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const observed = statistic(order);
  const permuted = new Float64Array(permutations);
  for (let b = 0; b < permutations; b++) {
    fillPermutation(order, deriveKey(seed, `two-sample/${name}`, "permutation", b));
    permuted[b] = statistic(order);
  }
  const sign = extreme === "large" ? 1 : -1;
  const margin = tieTolerance * Math.max(Math.abs(observed), ...permuted.map(Math.abs));
  const more = permuted.reduce((n, t) => n + (sign * (t - observed) > margin ? 1 : 0), 0);
  const ties = permuted.reduce((n, t) => n + (Math.abs(t - observed) <= margin ? 1 : 0), 0);
  return {
    statistic: observed,
    pValue: (1 + more + ties) / (permutations + 1),
    strictPValue: more / (permutations + 1),
    method: "permutation",
    permuted,
  };
}
