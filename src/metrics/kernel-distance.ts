/**
 * Kernel inception distance, over any features. Bińkowski, Sutherland, Arbel & Gretton 2018, "Demystifying MMD GANs",
 * arXiv:1801.01401, section 4:
 *   KID = MMD²(k),  k(x, y) = (xᵀy/d + 1)³
 */
import { deriveKey, fillPermutation } from "../tensor/random/index.ts";
import {
  type DiscrepancyEstimator,
  type DiscrepancyVariance,
  discrepancy,
  discrepancyError,
  discrepancyVariance,
} from "./discrepancy.ts";
import { checkPair, type Features, takeRows } from "./features.ts";
import { featureKernels, kernelSums } from "./kernels.ts";
import type { SampleMetric } from "./metric.ts";
import { createProducts, type Products } from "./products.ts";
import { deviationOf, errorOfMean, total } from "./summary.ts";

/** Row numbers of one estimate. */
export interface Subset {
  readonly real: ArrayLike<number>;
  readonly fake: ArrayLike<number>;
}

export interface KernelDistanceOptions {
  /** Default "unbiased". */
  readonly estimator?: DiscrepancyEstimator;
  /** How many random subsets, "all" for one estimate from all rows, or the row numbers of each subset. Default 100. */
  readonly subsets?: number | "all" | readonly Subset[];
  /** Rows of each subset, drawn without replacement; fewer where a set has fewer. Default 1000. */
  readonly subsetSize?: number;
  /** p of k(x, y) = (γ·xᵀy + c)^p. Default 3. */
  readonly degree?: number;
  /** γ. Default 1/d. */
  readonly gamma?: number;
  /** c. Default 1. */
  readonly offset?: number;
  readonly seed?: number;
  readonly onProgress?: (share: number) => void;
}

export interface KernelDistance {
  /** Mean of the estimates. */
  readonly value: number;
  /** Of the value, as an estimate of the distributions' MMD²: it counts the chance of the data and that of the subsets. */
  readonly standardError: number;
  /** The estimate of each subset. */
  readonly estimates: readonly number[];
  /** √Σ(e − mean)²/S: what torch-fidelity and the paper print as ±. It tells how subsets differ, not how sure the mean is. */
  readonly deviation: number;
}

/**
 * KID of two tables of features, float64, by products on a CPU. Negative values are right for equal distributions.
 *
 * Conventions: torch-fidelity is `{}` with at least 1,000 rows on each side (it refuses fewer; here subsets shrink to the
 * smaller set) and reports `deviation`; its `kid_kernel_poly_*` are degree, gamma, offset, and the subsets that its NumPy
 * generator draws can be given as row numbers. clean-fid is `{}` likewise, unseeded, without a deviation. Both take the mean
 * over all pairs between the sets; `estimator: "u-statistic"` is Gretton's equation 4, "biased" equation 5.
 *
 * Throws (UserError) where there are fewer than two rows, rows of different length, or numbers that are not finite.
 */
export async function kernelDistance(
  real: Features,
  fake: Features,
  products: Products,
  options: KernelDistanceOptions = {},
): Promise<KernelDistance> {
  checkPair("kid", real, fake, 2);
  const { estimator = "unbiased", degree = 3, gamma = 1 / real.dimensions, offset = 1 } = options;
  const kernel = featureKernels.polynomial(gamma, { degree, offset });
  const subsets = subsetsOf(real.count, fake.count, options);
  const estimates: number[] = [];
  const variances: DiscrepancyVariance[] = [];
  for (const subset of subsets) {
    const [x, y] = subset ? [takeRows(real, subset.real), takeRows(fake, subset.fake)] : [real, fake];
    const [[xx], [xy], [yy]] = [
      await kernelSums(x, x, [kernel], products),
      await kernelSums(x, y, [kernel], products),
      await kernelSums(y, y, [kernel], products),
    ];
    const sums = { xx: xx!, xy: xy!, yy: yy! };
    estimates.push(discrepancy(sums, estimator));
    variances.push(discrepancyVariance(sums));
    options.onProgress?.(estimates.length / subsets.length);
  }
  const value = total(estimates) / estimates.length;
  const ofData = discrepancyError(meanOfVariances(variances), real.count, fake.count);
  return {
    value,
    standardError: Math.hypot(ofData, errorOfMean(estimates)),
    estimates,
    deviation: deviationOf(estimates),
  };
}

/** The subsets to estimate from; undefined stands for all rows. */
function subsetsOf(
  n: number,
  m: number,
  { subsets = 100, subsetSize = 1000, seed = 0 }: KernelDistanceOptions,
): readonly (Subset | undefined)[] {
  if (typeof subsets === "object") return subsets;
  const size = Math.min(subsetSize, n, m);
  // Every subset would be the whole.
  if (subsets === "all" || (size === n && size === m)) return [undefined];
  const draw = (count: number, i: number, side: string): ArrayLike<number> =>
    (fillPermutation(new Int32Array(count), deriveKey(seed, "kid", i, side)) as Int32Array).subarray(0, size);
  return Array.from({ length: subsets }, (_, i) => ({ real: draw(n, i, "real"), fake: draw(m, i, "fake") }));
}

function meanOfVariances(list: readonly DiscrepancyVariance[]): DiscrepancyVariance {
  const mean = (part: keyof DiscrepancyVariance): number => total(list.map((v) => v[part])) / list.length;
  return { x: mean("x"), y: mean("y"), xx: mean("xx"), xy: mean("xy"), yy: mean("yy") };
}

export const kernelDistanceMetric: SampleMetric = {
  name: "kid",
  title: "Kernel distance (KID)",
  convention: "unbiased MMD², kernel (xᵀy/d + 1)³, mean over subsets drawn without replacement, float64",
  needs: "features",
  least: 10,
  settings: { subsets: 100, "subset size": 1000 },
  async measure({ real, fake, runtime, seed, onProgress }) {
    const result = await kernelDistance(real, fake, createProducts(runtime), {
      seed,
      ...(onProgress && { onProgress }),
    });
    const { value, standardError, deviation, estimates } = result;
    const note = "May be negative where the distributions are equal.";
    const details = { deviation, subsets: estimates.length };
    return [{ name: "kid", value, standardError, better: "lower", note, details }];
  },
};
