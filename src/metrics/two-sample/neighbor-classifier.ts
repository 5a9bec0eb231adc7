import { UserError } from "../../tensor/index.ts";
import { compareAccuracy, type Labelled, splitInHalves } from "./held-out.ts";
import { squaredDistance } from "./pairs.ts";
import { randomRanks } from "./tie-breaking.ts";
import { mostForPairs, pool, type TwoSampleTest } from "./two-sample-test.ts";

/** A classifier two-sample test with k nearest neighbours, k odd: no training, any shape, weak in high dimension. */
export function neighborClassifierTest({ k = 1 }: { readonly k?: number } = {}): TwoSampleTest {
  if (!Number.isInteger(k) || k < 1 || k % 2 === 0)
    throw new UserError(
      `neighborClassifierTest: k is ${k}, expected an odd number, so that no vote is a draw.`,
    );
  return {
    name: "c2st-neighbor",
    title: `Classifier: ${k}-nearest-neighbour`,
    statistic: `held-out balanced accuracy of the ${k} nearest training rows, half of each sample held out`,
    least: 2 * k,
    most: mostForPairs,
    async test(a, b, options) {
      const { train, held } = splitInHalves(pool(this, a, b), options.seed, this.name);
      const ranks = randomRanks(train.count, options.seed, this.name);
      const votes = Uint8Array.from({ length: held.count }, (_, i) => vote(held, i, train, ranks, k));
      return compareAccuracy(votes, held, { ...options, name: this.name });
    },
  };
}

/** What most of the k rows of `train` nearest to row i of `held` are; among equal distances the lowest ranks. */
function vote(held: Labelled, i: number, train: Labelled, ranks: Int32Array, k: number): number {
  const d = held.dimensions;
  const near: { readonly distance: number; readonly row: number }[] = [];
  for (let row = 0; row < train.count; row++) {
    const distance = squaredDistance(held.data, i * d, train.data, row * d, d);
    const place = near.findIndex(
      (n) => distance < n.distance || (distance === n.distance && ranks[row]! < ranks[n.row]!),
    );
    if (place < 0 && near.length === k) continue;
    near.splice(place < 0 ? near.length : place, 0, { distance, row });
    if (near.length > k) near.pop();
  }
  const ones = near.reduce((n, { row }) => n + train.labels[row]!, 0);
  return 2 * ones > k ? 1 : 0;
}
