/**
 * Number of statistically different bins. Richardson & Weiss 2018, "On GANs and GMMs", arXiv:1805.12462, section 3: bins are
 * the Voronoi cells of k-means centres of the real examples; a bin is different where the shares of real and of generated
 * examples in it differ by a two-proportion z-test:
 *   z = (p − q)/√(r(1 − r)(1/n + 1/m)),  r = (np + mq)/(n + m)
 */
import { kMeans, nearestCenters } from "../math/index.ts";
import { deriveKey, fillPermutation } from "../tensor/random/index.ts";
import { checkFeatures, checkPair, type Features, someRows, takeRows } from "./features.ts";
import type { SampleMetric } from "./metric.ts";

export interface DifferentBinsOptions {
  /** K. Default 100. */
  readonly bins?: number;
  /** |z| above which a bin is different. Default 1.959964: a level of 5 %. */
  readonly threshold?: number;
  /**
   * Which real examples are counted: "held-out" (default) fits the bins on one random half and counts the other, so that
   * equal distributions differ in 5 % of the bins; "fitted" fits and counts all of them, as the paper does.
   */
  readonly count?: "held-out" | "fitted";
  /** k-means sees at most this many of the real examples. Default 20,000. */
  readonly fitRows?: number;
  /** Centres of the bins, [K, d], instead of those of k-means. */
  readonly centers?: Float64Array;
  readonly seed?: number;
}

export interface DifferentBins {
  readonly bins: number;
  /** Bins whose shares differ. */
  readonly different: number;
  /** Jensen–Shannon divergence of the two histograms, nats. */
  readonly jensenShannon: number;
  readonly real: Int32Array; // examples in each bin
  readonly fake: Int32Array;
  readonly z: Float64Array;
}

/**
 * NDB of two tables of features. The authors' code is `{ count: "fitted" }` with all real examples in k-means and NumPy's seeding,
 * without its option of whitening; for more than 1,000 features it clusters by a random sixth of them, which is not done here.
 *
 * Why not "fitted" by default: a centre is the mean of its own rows, so that they are nearer to it than new rows of the same
 * distribution are. With 10,000 rows of N(0, I) on each side and 100 bins, it finds 75 bins different with 2,048
 * features (5 with 2); "held-out" finds 1 (and 6).
 *
 * Throws (UserError) where a set has fewer examples than bins (twice as many real ones with "held-out"), or numbers are not
 * finite.
 */
export function differentBins(
  real: Features,
  fake: Features,
  options: DifferentBinsOptions = {},
): DifferentBins {
  const { bins = 100, threshold = 1.959963984540054, count = "held-out", seed = 0 } = options;
  checkPair("ndb", real, fake, options.centers ? 1 : bins);
  const halves = !options.centers && count === "held-out";
  if (halves) checkFeatures("ndb", "the real examples", real, 2 * bins);
  const [fitted, counted] = halves ? randomHalves(real, seed) : [real, real];
  const clustered = (): Float64Array =>
    kMeans(someRows(fitted, options.fitRows ?? 20_000, seed, "ndb"), { k: bins, seed }).centers;
  const centers = options.centers ?? clustered();
  const k = centers.length / real.dimensions;
  const [x, y] = [countsOf(counted, centers, k), countsOf(fake, centers, k)];
  const z = Float64Array.from({ length: k }, (_, i) => zScore(x[i]!, counted.count, y[i]!, fake.count));
  return {
    bins: k,
    different: z.reduce((sum, v) => sum + (Math.abs(v) > threshold ? 1 : 0), 0),
    jensenShannon: jensenShannonOf(x, counted.count, y, fake.count),
    real: x,
    fake: y,
    z,
  };
}

function randomHalves(features: Features, seed: number): [Features, Features] {
  const order = fillPermutation(
    new Int32Array(features.count),
    deriveKey(seed, "ndb", "halves"),
  ) as Int32Array;
  const half = features.count >> 1;
  return [takeRows(features, order.subarray(0, half)), takeRows(features, order.subarray(half))];
}

function countsOf(features: Features, centers: Float64Array, k: number): Int32Array {
  const counts = new Int32Array(k);
  for (const label of nearestCenters(features, centers)) counts[label]!++;
  return counts;
}

/** The statistic of the two-proportion test with pooled variance; 0 where a bin has none or all of both. */
function zScore(x: number, n: number, y: number, m: number): number {
  const pooled = (x + y) / (n + m);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m));
  return error > 0 ? (x / n - y / m) / error : 0;
}

function jensenShannonOf(x: Int32Array, n: number, y: Int32Array, m: number): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    const [p, q] = [x[i]! / n, y[i]! / m];
    const middle = (p + q) / 2;
    if (p > 0) sum += (p * Math.log(p / middle)) / 2;
    if (q > 0) sum += (q * Math.log(q / middle)) / 2;
  }
  return Math.max(0, sum);
}

export const differentBinsMetric: SampleMetric = {
  name: "ndb",
  title: "Number of different bins",
  convention:
    "k-means bins of one half of the real examples (at most 20,000), shares of the other half, two-proportion z-test at 5 %",
  needs: "features",
  least: 2000,
  settings: { bins: 100 },
  async measure({ real, fake, seed }) {
    const { bins, different, jensenShannon } = differentBins(real, fake, { seed });
    const note = "Share of bins; about 0.05 for equal distributions.";
    return [
      { name: "ndb/k", value: different / bins, better: "lower", note, details: { different, bins } },
      { name: "ndb js", value: jensenShannon, better: "lower", unit: "nats" },
    ];
  },
};
