/** Distances of all pairs of pooled rows, and sums over them that permuted labels ask for. */
import type { Pooled } from "./two-sample-test.ts";

/** ‖xᵢ − xⱼ‖², [count, count], summed coordinate by coordinate: equal rows are exactly 0 apart. */
export function squaredDistancesOf({ data, count, dimensions: d }: Pooled): Float64Array {
  const squared = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) {
      let total = 0;
      for (let a = 0; a < d; a++) total += (data[i * d + a]! - data[j * d + a]!) ** 2;
      squared[i * count + j] = total;
      squared[j * count + i] = total;
    }
  }
  return squared;
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
