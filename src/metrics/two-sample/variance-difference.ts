import { columnSums } from "./mean-difference.ts";
import { permutationTest } from "./permutation-test.ts";
import { mostNumbers, type Pooled, pool, type TwoSampleTest } from "./two-sample-test.ts";

/** The test of each coordinate's variance alone: blind to correlations and to shapes of equal variance. */
export const varianceDifferenceTest: TwoSampleTest = {
  name: "variance",
  title: "Difference in variances",
  statistic: "‖(var(a) − var(b))/var(a ∪ b)‖ over the coordinates, variances over n − 1; labels permuted",
  least: 2,
  most: mostNumbers(100_000, 4e6),
  async test(a, b, options) {
    const rows = centred(pool(this, a, b));
    const squares = { ...rows, data: rows.data.map((v) => v * v) };
    const total = columnSums(rows, rows.count);
    const totalSquares = columnSums(squares, rows.count);
    const [n, m] = [rows.first, rows.count - rows.first];
    return permutationTest(
      (order) => {
        const sums = columnSums(rows, n, order);
        const sumsOfSquares = columnSums(squares, n, order);
        let square = 0;
        for (let c = 0; c < rows.dimensions; c++) {
          if (totalSquares[c] === 0) continue; // a constant coordinate
          const own = varianceOf(sums[c]!, sumsOfSquares[c]!, n);
          const other = varianceOf(total[c]! - sums[c]!, totalSquares[c]! - sumsOfSquares[c]!, m);
          square += ((own - other) / (totalSquares[c]! / (rows.count - 1))) ** 2;
        }
        return Math.sqrt(square);
      },
      { name: this.name, count: rows.count, ...options },
    );
  },
};

const varianceOf = (sum: number, squares: number, n: number): number => (squares - (sum * sum) / n) / (n - 1);

/** Rows less the pooled mean: sums of squares then keep their digits. */
function centred(rows: Pooled): Pooled {
  const mean = columnSums(rows, rows.count).map((s) => s / rows.count);
  return { ...rows, data: rows.data.map((v, i) => v - mean[i % rows.dimensions]!) };
}
