/** Two-sample tests: a new one is a file and a line here. */
import type { Runtime } from "../../runtime/index.ts";
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import type { Features } from "../features.ts";
import { energyDistanceTest } from "./energy-distance.ts";
import { friedmanRafskyTest } from "./friedman-rafsky.ts";
import { kolmogorovSmirnovTest } from "./kolmogorov-smirnov.ts";
import { logisticClassifierTest } from "./logistic-classifier.ts";
import { meanDifferenceTest } from "./mean-difference.ts";
import { maximumMeanDiscrepancyTest } from "./mean-discrepancy.ts";
import { nearestNeighborTest } from "./nearest-neighbor-test.ts";
import { neighborClassifierTest } from "./neighbor-classifier.ts";
import { neuralClassifierTest } from "./neural-classifier.ts";
import { squaredDistancesOf } from "./pairs.ts";
import { pool, type TwoSampleOptions, type TwoSampleResult, type TwoSampleTest } from "./two-sample-test.ts";
import { varianceDifferenceTest } from "./variance-difference.ts";

export * from "./energy-distance.ts";
export { friedmanRafskyTest } from "./friedman-rafsky.ts";
export * from "./kolmogorov-distribution.ts";
export * from "./kolmogorov-smirnov.ts";
export * from "./logistic-classifier.ts";
export { meanDifferenceTest } from "./mean-difference.ts";
export { maximumMeanDiscrepancyTest } from "./mean-discrepancy.ts";
export * from "./nearest-neighbor-test.ts";
export * from "./neighbor-classifier.ts";
export * from "./neural-classifier.ts";
export type { TwoSampleOptions, TwoSampleResult, TwoSampleTest } from "./two-sample-test.ts";
export * from "./variance-difference.ts";

/** All tests; the neural one, which alone needs a runtime, where there is one. */
export function twoSampleTests(runtime?: Runtime): readonly TwoSampleTest[] {
  return [
    meanDifferenceTest,
    varianceDifferenceTest,
    kolmogorovSmirnovTest,
    energyDistanceTest,
    maximumMeanDiscrepancyTest,
    friedmanRafskyTest,
    nearestNeighborTest(),
    logisticClassifierTest,
    neighborClassifierTest(),
    ...(runtime ? [neuralClassifierTest(runtime)] : []),
  ];
}

export interface TwoSampleReport extends TwoSampleResult {
  readonly test: TwoSampleTest;
  /** Examples used of each side. */
  readonly used: readonly [number, number];
}

/**
 * Runs tests one after another. A test that takes fewer examples than there are gets a random part of them, drawn by the seed;
 * `used` says how many. The p-values belong to single tests: of ten, one below 0.1 is to be expected.
 */
export async function compareSamples(
  a: Features,
  b: Features,
  {
    tests,
    onProgress,
    ...options
  }: Omit<TwoSampleOptions, "squaredDistances"> & {
    readonly tests: readonly TwoSampleTest[];
    readonly onProgress?: (share: number) => void;
  },
): Promise<TwoSampleReport[]> {
  const reports: TwoSampleReport[] = [];
  let squaredDistances: Float64Array | undefined;
  for (const test of tests) {
    const most = test.most(a.dimensions);
    const [x, y] = [partOf(a, most, options.seed, "a"), partOf(b, most, options.seed, "b")];
    // All pairwise tests take the same part.
    if (test.pairwise) squaredDistances ??= squaredDistancesOf(pool(test, x, y));
    const result = await test.test(x, y, {
      ...options,
      ...(test.pairwise && squaredDistances && { squaredDistances }),
    });
    reports.push({ ...result, test, used: [x.count, y.count] });
    onProgress?.(reports.length / tests.length);
  }
  return reports;
}

/** `most` random rows, or all where there are no more. */
function partOf(features: Features, most: number, seed: number, side: string): Features {
  const { data, count, dimensions: d } = features;
  if (count <= most) return features;
  const order = new Int32Array(count);
  fillPermutation(order, deriveKey(seed, "two-sample/part", side));
  const part = new Float64Array(most * d);
  for (let i = 0; i < most; i++) part.set(data.subarray(order[i]! * d, (order[i]! + 1) * d), i * d);
  return { data: part, count: most, dimensions: d };
}
