import { squaredDistancesOf } from "./pairs.ts";
import { permutationTest } from "./permutation-test.ts";
import { randomRanks } from "./tie-breaking.ts";
import { mostForPairs, pool, type TwoSampleTest } from "./two-sample-test.ts";

/** Few edges of the minimal spanning tree cross from one sample to the other where they differ (Friedman & Rafsky 1979). */
export const friedmanRafskyTest: TwoSampleTest = {
  name: "friedman-rafsky",
  title: "Friedman–Rafsky",
  statistic: "edges of the pooled minimal spanning tree between a and b; small is different; labels permuted",
  least: 2,
  most: mostForPairs,
  pairwise: true,
  async test(a, b, options) {
    const rows = pool(this, a, b);
    const parents = spanningTree(
      options.squaredDistances ?? squaredDistancesOf(rows),
      rows.count,
      randomRanks(rows.count, options.seed, this.name),
    );
    const inFirst = new Uint8Array(rows.count);
    return permutationTest(
      (order) => {
        inFirst.fill(0);
        for (let i = 0; i < rows.first; i++) inFirst[order[i]!] = 1;
        let crossing = 0;
        for (let i = 1; i < rows.count; i++) crossing += inFirst[i]! ^ inFirst[parents[i]!]!;
        return crossing;
      },
      { name: this.name, count: rows.count, extreme: "small", ...options },
    );
  },
};

/**
 * Parents of rows 1, 2, … in a minimal spanning tree rooted at row 0 (Prim 1957), from a table of distances [count, count].
 * Among equal distances the lowest rank goes first.
 */
export function spanningTree(distances: Float64Array, count: number, ranks: Int32Array): Int32Array {
  const parents = new Int32Array(count).fill(-1);
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const inTree = new Uint8Array(count);
  let last = 0;
  for (let added = 1; added < count; added++) {
    inTree[last] = 1;
    let next = -1;
    for (let i = 0; i < count; i++) {
      if (inTree[i] === 1) continue;
      const d = distances[last * count + i]!;
      const tied = d === nearest[i] && ranks[last]! < ranks[parents[i]!]!;
      if (d < nearest[i]! || tied) {
        nearest[i] = d;
        parents[i] = last;
      }
      const before = next < 0 || nearest[i]! < nearest[next]!;
      if (before || (nearest[i] === nearest[next] && ranks[i]! < ranks[next]!)) next = i;
    }
    last = next;
  }
  return parents;
}
