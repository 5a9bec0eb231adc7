/**
 * Maximum mean discrepancy with a choice of kernels. Gretton, Borgwardt, Rasch, Schölkopf & Smola 2012, "A kernel two-sample
 * test", JMLR 13:
 *   MMD² = E[k(x, x′)] + E[k(y, y′)] − 2E[k(x, y)]                               (lemma 6)
 */
import { deriveKey, fillPermutation } from "../tensor/random/index.ts";
import {
  type DiscrepancyEstimator,
  discrepancy,
  discrepancyError,
  discrepancyVariance,
} from "./discrepancy.ts";
import { checkPair, type Features, someRows } from "./features.ts";
import { type FeatureKernel, featureKernels, kernelSums, meanOf } from "./kernels.ts";
import type { SampleMetric } from "./metric.ts";
import { createProducts, type Products } from "./products.ts";

export interface DiscrepancyOptions {
  /** Default: one Gaussian whose σ is the median distance. */
  readonly kernels?: readonly FeatureKernel[];
  /** Default "unbiased". */
  readonly estimator?: DiscrepancyEstimator;
}

export interface Discrepancy {
  readonly kernel: string;
  /** MMD², in the unit of the kernel. */
  readonly value: number;
  readonly standardError: number;
}

/**
 * MMD² of two tables of features for each kernel, float64, from all rows. Its standard error is that of Hoeffding's
 * decomposition, first and second order, so that it holds for equal distributions too.
 *
 * Throws (UserError) where there are fewer than two rows, rows of different length, or numbers that are not finite.
 */
export async function maximumMeanDiscrepancy(
  real: Features,
  fake: Features,
  products: Products,
  options: DiscrepancyOptions = {},
): Promise<Discrepancy[]> {
  checkPair("mmd", real, fake, 2);
  const { estimator = "unbiased" } = options;
  const kernels = options.kernels ?? [featureKernels.gaussian(await medianDistance(real, fake, products))];
  const xx = await kernelSums(real, real, kernels, products);
  const xy = await kernelSums(real, fake, kernels, products);
  const yy = await kernelSums(fake, fake, kernels, products);
  return kernels.map(({ name }, i) => {
    const sums = { xx: xx[i]!, xy: xy[i]!, yy: yy[i]! };
    return {
      kernel: name,
      value: discrepancy(sums, estimator),
      standardError: discrepancyError(discrepancyVariance(sums), real.count, fake.count),
    };
  });
}

/**
 * Median of ‖u − v‖ over pairs of different rows of both sets together, of `rows` of them at most (default 1000), drawn by
 * the seed: the usual bandwidth (Gretton et al. 2012, section 8). Their code takes this median divided by √2.
 */
export async function medianDistance(
  real: Features,
  fake: Features,
  products: Products,
  { rows = 1000, seed = 0 }: { rows?: number; seed?: number } = {},
): Promise<number> {
  const n = real.count + fake.count;
  const order = fillPermutation(new Int32Array(n), deriveKey(seed, "median distance")) as Int32Array;
  const all = pooledRows(real, fake, order.subarray(0, rows));
  const inner = await products.outer(all, all);
  const norms = Float64Array.from({ length: all.count }, (_, i) => inner[i * all.count + i]!);
  const distances = new Float64Array((all.count * (all.count - 1)) / 2);
  for (let i = 0, at = 0; i < all.count; i++) {
    for (let j = 0; j < i; j++, at++) {
      distances[at] = Math.sqrt(Math.max(0, norms[i]! + norms[j]! - 2 * inner[i * all.count + j]!));
    }
  }
  distances.sort();
  const half = distances.length >> 1;
  return distances.length % 2 ? distances[half]! : (distances[half - 1]! + distances[half]!) / 2;
}

/** The rows with the given numbers, generated ones counted after the real ones, without their mean: products lose less then. */
function pooledRows(real: Features, fake: Features, numbers: Int32Array): Features {
  const { dimensions } = real;
  const data = new Float64Array(numbers.length * dimensions);
  numbers.forEach((number, at) => {
    const [from, row] = number < real.count ? [real, number] : [fake, number - real.count];
    data.set(from.data.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions);
  });
  const pooled = { data, count: numbers.length, dimensions };
  const mean = meanOf(pooled);
  for (let i = 0; i < data.length; i++) data[i]! -= mean[i % dimensions]!;
  return pooled;
}

const mostRows = 5000;

export const maximumMeanDiscrepancyMetric: SampleMetric = {
  name: "mmd",
  title: "Maximum mean discrepancy",
  convention:
    "unbiased MMD², float64; gaussian and laplacian with σ = the median distance of 1,000 pooled rows, a mixture of gaussians " +
    "with σ/4, σ/2, σ, 2σ, 4σ, rational quadratic with α = ½, 1, 2 of distances in units of σ, energy",
  needs: "features",
  least: 10,
  settings: { "most rows": mostRows },
  async measure({ real, fake, runtime, seed }) {
    const products = createProducts(runtime);
    const [x, y] = [
      someRows(real, mostRows, seed, "mmd", "real"),
      someRows(fake, mostRows, seed, "mmd", "fake"),
    ];
    checkPair("mmd", x, y, 2);
    const sigma = await medianDistance(x, y, products, { seed });
    const { gaussian, laplacian, energy, rationalQuadratic } = featureKernels;
    const mixture = gaussian(sigma / 4, sigma / 2, sigma, 2 * sigma, 4 * sigma);
    const quadratic = rationalQuadratic(0.5, 1, 2);
    const kernels = [
      gaussian(sigma),
      { ...mixture, name: "gaussian mixture" },
      laplacian(sigma),
      { ...quadratic, value: (v: number) => quadratic.value(v / sigma ** 2) },
      energy(),
    ];
    const results = await maximumMeanDiscrepancy(x, y, products, { kernels });
    return results.map(({ kernel, value, standardError }) => ({
      name: `mmd ${kernel}`,
      value,
      standardError,
      better: "lower" as const,
      details: { "median distance": sigma, rows: [x.count, y.count] },
    }));
  },
};
