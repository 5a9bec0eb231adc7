import { kolmogorovExact, kolmogorovLimit } from "./kolmogorov-distribution.ts";
import { permutationTest } from "./permutation-test.ts";
import {
  mostNumbers,
  type Pooled,
  pool,
  type TwoSampleOptions,
  type TwoSampleResult,
  type TwoSampleTest,
} from "./two-sample-test.ts";

/** Lattice paths are counted up to this n·m: a hundredth of a second. */
const mostExact = 4e6;

/**
 * D = sup|F_a(x) − F_b(x)|. In one dimension the p-value is exact up to n·m = 4·10⁶ and Kolmogorov's limit beyond (both
 * conservative where values are tied). In more, D is the largest over the coordinates and the labels are permuted, which is
 * exact where a Bonferroni correction would be conservative; like that it sees the marginals only.
 */
export const kolmogorovSmirnovTest: TwoSampleTest = {
  name: "ks",
  title: "Kolmogorov–Smirnov",
  statistic:
    "D = sup|F_a − F_b|, the largest over the coordinates; exact in one dimension, else labels permuted",
  least: 1,
  most: mostNumbers(100_000, 2e6),
  async test(a, b, options) {
    const rows = pool(this, a, b);
    return rows.dimensions === 1 ? oneDimensional(rows) : largestOverAxes(rows, options);
  },
};

function oneDimensional(rows: Pooled): TwoSampleResult {
  const [n, m] = [rows.first, rows.count - rows.first];
  const inFirst = Uint8Array.from({ length: rows.count }, (_, i) => (i < n ? 1 : 0));
  const statistic = largestGap(sortedAxis(rows, 0), inFirst, n, m);
  if (n * m <= mostExact) {
    return {
      statistic,
      pValue: kolmogorovExact(statistic, n, m),
      strictPValue: kolmogorovExact(statistic, n, m, true),
      method: "exact",
    };
  }
  const pValue = kolmogorovLimit(statistic * Math.sqrt((n * m) / (n + m)));
  return { statistic, pValue, strictPValue: pValue, method: "asymptotic" };
}

function largestOverAxes(rows: Pooled, options: TwoSampleOptions): TwoSampleResult {
  const axes = Array.from({ length: rows.dimensions }, (_, c) => sortedAxis(rows, c));
  const inFirst = new Uint8Array(rows.count);
  return permutationTest(
    (order) => {
      inFirst.fill(0);
      for (let i = 0; i < rows.first; i++) inFirst[order[i]!] = 1;
      return Math.max(...axes.map((axis) => largestGap(axis, inFirst, rows.first, rows.count - rows.first)));
    },
    { name: "ks", count: rows.count, ...options },
  );
}

interface SortedAxis {
  /** Rows by rising value. */
  readonly rows: Int32Array;
  /** 1 where the next value is larger: between equal values, the distribution functions do not stop. */
  readonly ends: Uint8Array;
}

function sortedAxis({ data, count, dimensions }: Pooled, axis: number): SortedAxis {
  const at = (row: number): number => data[row * dimensions + axis]!;
  const rows = Int32Array.from({ length: count }, (_, i) => i).sort((i, j) => at(i) - at(j));
  const ends = Uint8Array.from(rows, (row, i) => (i + 1 < count && at(rows[i + 1]!) === at(row) ? 0 : 1));
  return { rows, ends };
}

function largestGap({ rows, ends }: SortedAxis, inFirst: Uint8Array, n: number, m: number): number {
  let [below, largest] = [0, 0];
  for (let i = 0; i < rows.length; i++) {
    below += inFirst[rows[i]!]!;
    if (ends[i] === 1) largest = Math.max(largest, Math.abs(below * m - (i + 1 - below) * n));
  }
  return largest / (n * m);
}
