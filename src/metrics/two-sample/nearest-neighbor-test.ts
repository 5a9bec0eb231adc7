import { UserError } from "../../tensor/index.ts";
import { squaredDistancesOf } from "./pairs.ts";
import { permutationTest } from "./permutation-test.ts";
import { randomRanks } from "./tie-breaking.ts";
import { mostForPairs, pool, type TwoSampleTest } from "./two-sample-test.ts";

/** Neighbours come from the own sample more often where the samples differ (Schilling 1986; Henze 1988). */
export function nearestNeighborTest({ k = 3 }: { readonly k?: number } = {}): TwoSampleTest {
  if (!Number.isInteger(k) || k < 1)
    throw new UserError(`nearestNeighborTest: k is ${k}, expected a whole number from 1 up.`);
  return {
    name: "neighbors",
    title: "Nearest neighbours (Schilling)",
    statistic: `share of the ${k} nearest pooled neighbours that are of the own sample; labels permuted`,
    least: k + 1,
    most: mostForPairs,
    pairwise: true,
    async test(a, b, options) {
      const rows = pool(this, a, b);
      const ranks = randomRanks(rows.count, options.seed, this.name);
      const near = nearestOf(options.squaredDistances ?? squaredDistancesOf(rows), rows.count, k, ranks);
      const inFirst = new Uint8Array(rows.count);
      return permutationTest(
        (order) => {
          inFirst.fill(0);
          for (let i = 0; i < rows.first; i++) inFirst[order[i]!] = 1;
          let same = 0;
          for (let i = 0; i < near.length; i++)
            same += 1 - (inFirst[Math.floor(i / k)]! ^ inFirst[near[i]!]!);
          return same / near.length;
        },
        { name: this.name, count: rows.count, ...options },
      );
    },
  };
}

/** The k nearest other rows of each row, [count, k], in no particular order; among equal distances the lowest ranks. */
function nearestOf(distances: Float64Array, count: number, k: number, ranks: Int32Array): Int32Array {
  const near = new Int32Array(count * k);
  for (let i = 0; i < count; i++) {
    const row = distances.subarray(i * count, (i + 1) * count);
    const list: number[] = [];
    for (let j = 0; j < count; j++) {
      if (j === i) continue;
      const before = (other: number): boolean =>
        row[j]! < row[other]! || (row[j] === row[other] && ranks[j]! < ranks[other]!);
      if (list.length === k && !before(list[k - 1]!)) continue;
      const at = list.findIndex(before);
      list.splice(at < 0 ? list.length : at, 0, j);
      if (list.length > k) list.pop();
    }
    near.set(list, i * k);
  }
  return near;
}
