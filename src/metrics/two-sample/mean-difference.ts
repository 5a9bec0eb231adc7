import { permutationTest } from "./permutation-test.ts";
import { mostNumbers, type Pooled, pool, type TwoSampleTest } from "./two-sample-test.ts";

/** The test of the means alone: blind to whatever leaves them equal. */
export const meanDifferenceTest: TwoSampleTest = {
  name: "mean",
  title: "Difference in means",
  statistic: "‖mean(a) − mean(b)‖, Euclidean; labels permuted",
  least: 2,
  most: mostNumbers(100_000, 4e6),
  async test(a, b, options) {
    const rows = pool(this, a, b);
    const total = columnSums(rows, rows.count);
    return permutationTest(
      (order) => {
        const sums = columnSums(rows, rows.first, order);
        return Math.sqrt(
          sums.reduce((square, s, c) => {
            const other = (total[c]! - s) / (rows.count - rows.first);
            return square + (s / rows.first - other) ** 2;
          }, 0),
        );
      },
      { name: this.name, count: rows.count, ...options },
    );
  },
};

/** Sums of each column over the first `count` rows of `order`. */
export function columnSums({ data, dimensions }: Pooled, count: number, order?: Int32Array): Float64Array {
  const sums = new Float64Array(dimensions);
  for (let i = 0; i < count; i++) {
    const row = (order ? order[i]! : i) * dimensions;
    for (let c = 0; c < dimensions; c++) sums[c]! += data[row + c]!;
  }
  return sums;
}
