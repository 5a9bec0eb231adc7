import { pairMeansOf, squaredDistancesOf } from "./pairs.ts";
import { permutationTest } from "./permutation-test.ts";
import { mostForPairs, pool, type TwoSampleTest } from "./two-sample-test.ts";

/**
 * The kernel two-sample test of Gretton et al. 2012 (JMLR 13, eq. 3): unbiased MMD² with exp(−‖x − y‖²/2σ²), σ the median distance
 * of the pooled rows. The median does not depend on the labels, so permutations stay exact.
 */
export const maximumMeanDiscrepancyTest: TwoSampleTest = {
  name: "mmd",
  title: "Maximum mean discrepancy",
  statistic: "unbiased MMD² with a Gaussian kernel, σ the median pooled distance; labels permuted",
  least: 2,
  most: mostForPairs,
  pairwise: true,
  async test(a, b, options) {
    const rows = pool(this, a, b);
    const squared = options.squaredDistances ?? squaredDistancesOf(rows);
    const scale = -0.5 / medianOfPairs(squared, rows.count);
    const means = pairMeansOf(
      squared.map((v) => Math.exp(scale * v)),
      rows.count,
      rows.first,
    );
    return permutationTest(
      (order) => {
        const { withinFirst, withinSecond, between } = means(order);
        return withinFirst + withinSecond - 2 * between;
      },
      { name: this.name, count: rows.count, ...options },
    );
  },
};

/** Median of a symmetric table above its diagonal (the lower one of two); 1 where it is 0, as most rows are equal then. */
export function medianOfPairs(table: Float64Array, count: number): number {
  const above = new Float64Array((count * (count - 1)) / 2);
  for (let i = 0, at = 0; i < count; i++) {
    above.set(table.subarray(i * count + i + 1, (i + 1) * count), at);
    at += count - i - 1;
  }
  above.sort();
  return above[(above.length - 1) >> 1]! || 1;
}
