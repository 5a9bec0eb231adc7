import { pairMeansOf, squaredDistancesOf } from "./pairs.ts";
import { permutationTest } from "./permutation-test.ts";
import { mostForPairs, pool, type TwoSampleTest } from "./two-sample-test.ts";

/**
 * 2E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ ≥ 0, and 0 only for equal distributions (Székely & Rizzo 2013). The means run over all pairs,
 * (i, i) included, so the statistic is not negative either.
 */
export const energyDistanceTest: TwoSampleTest = {
  name: "energy",
  title: "Energy distance",
  statistic: "2·mean‖x − y‖ − mean‖x − x′‖ − mean‖y − y′‖, pairs (i, i) included; labels permuted",
  least: 2,
  most: mostForPairs,
  pairwise: true,
  async test(a, b, options) {
    const rows = pool(this, a, b);
    const squared = options.squaredDistances ?? squaredDistancesOf(rows);
    const means = pairMeansOf(squared.map(Math.sqrt), rows.count, rows.first);
    const [n, m] = [rows.first, rows.count - rows.first];
    return permutationTest(
      (order) => {
        const { withinFirst, withinSecond, between } = means(order);
        return 2 * between - (withinFirst * (n - 1)) / n - (withinSecond * (m - 1)) / m;
      },
      { name: this.name, count: rows.count, ...options },
    );
  },
};
