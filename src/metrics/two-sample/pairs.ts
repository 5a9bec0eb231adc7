/** Distances of all pairs of pooled rows, and sums over them that permuted labels ask for. */
import type { Pooled } from "./two-sample-test.ts";

/** ‖xᵢ − xⱼ‖², [count, count], summed coordinate by coordinate: equal rows are exactly 0 apart. */
export function squaredDistancesOf({ data, count, dimensions: d }: Pooled): Float64Array {
  const squared = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      const total = squaredDistance(data, i * d, data, j * d, d);
      squared[i * count + j] = total;
      squared[j * count + i] = total;
    }
  }
  return squared;
}

/** ‖x − y‖² of the d numbers from `i` in x and from `j` in y. Four sums at a time keep the processor busy. */
export function squaredDistance(x: Float64Array, i: number, y: Float64Array, j: number, d: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let a = 0;
  for (; a + 3 < d; a += 4) {
    const d0 = x[i + a]! - y[j + a]!;
    const d1 = x[i + a + 1]! - y[j + a + 1]!;
    const d2 = x[i + a + 2]! - y[j + a + 2]!;
    const d3 = x[i + a + 3]! - y[j + a + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; a < d; a++) s0 += (x[i + a]! - y[j + a]!) ** 2;
  return s0 + s1 + (s2 + s3);
}

/** Means of a symmetric table over the pairs within each sample (i ≠ j) and between the samples. */
export interface PairMeans {
  readonly withinFirst: number;
  readonly withinSecond: number;
  readonly between: number;
}

/**
 * Means over pairs for labellings of a symmetric table [count, count]; its diagonal is not looked at. Only the pairs within the
 * first sample are summed anew: the rest follows from the sums of the rows.
 */
export function pairMeansOf(
  table: Float64Array,
  count: number,
  first: number,
): (order: Int32Array) => PairMeans {
  const rows = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) if (i !== j) rows[i]! += table[i * count + j]!;
  }
  const all = rows.reduce((a, b) => a + b, 0);
  const second = count - first;
  return (order) => {
    let within = 0;
    let touching = 0;
    for (let i = 0; i < first; i++) {
      const row = order[i]! * count;
      touching += rows[order[i]!]!;
      for (let j = 0; j < i; j++) within += table[row + order[j]!]!;
    }
    within *= 2;
    const between = touching - within;
    return {
      withinFirst: within / (first * (first - 1)),
      withinSecond: (all - within - 2 * between) / (second * (second - 1)),
      between: between / (first * second),
    };
  };
}
