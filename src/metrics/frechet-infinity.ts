import { UserError } from "../tensor/index.ts";
import { deriveKey, fillPermutation } from "../tensor/random/index.ts";
import { checkPair, type Features, takeRows } from "./features.ts";
import { frechetBetween, frechetSide } from "./frechet-distance.ts";
import type { Products } from "./products.ts";

export interface ExtrapolationOptions {
  readonly products: Products;
  readonly ddof?: 0 | 1;
  readonly seed?: number;
  /** How many sizes of subsets. Default 15. */
  readonly points?: number;
  /** Generated examples in the smallest subset. Default a tenth of them; the paper's code takes 5,000 of 50,000. */
  readonly smallest?: number;
  readonly onProgress?: (share: number) => void;
}

export interface Extrapolation {
  /** The line's value at 1/N = 0. */
  readonly value: number;
  /**
   * Of the line's value at 0, by least squares. Subsets overlap and know nothing of other samples: over fresh sets of Gaussian
   * examples the value spread by about twice as much.
   */
  readonly standardError: number;
  /** How fast the distance grows in 1/N: the bias at N is about slope/N. */
  readonly slope: number;
  readonly sizes: readonly number[];
  readonly distances: readonly number[];
}

/**
 * FID∞ (Chong & Forsyth 2020, arXiv:1911.07023, section 4): distances of random subsets of the generated examples, sizes evenly
 * spaced up to all of them, each against all real examples, as a line in 1/N that is read at 0. What the finite number of real
 * examples adds remains.
 *
 * Throws (UserError) as frechetDistance, and where the smallest subset has fewer than ddof + 1 rows.
 */
export async function frechetInfinity(
  real: Features,
  fake: Features,
  { products, ddof = 1, seed = 0, points = 15, smallest, onProgress }: ExtrapolationOptions,
): Promise<Extrapolation> {
  const least = Math.max(ddof + 1, smallest ?? Math.ceil(fake.count / 10));
  checkPair("fid", real, fake, least + 1);
  if (!(Number.isInteger(points) && points >= 3)) {
    throw new UserError(`fid: a line through ${points} points is asked for; expected a whole number from 3.`);
  }
  const reference = await frechetSide(real, { products, ddof });
  const sizes = Array.from({ length: points }, (_, i) =>
    Math.round(least + ((fake.count - least) * i) / (points - 1)),
  );
  const distances: number[] = [];
  for (const [i, size] of sizes.entries()) {
    const subset = size === fake.count ? fake : randomRows(fake, size, seed, i);
    const side = await frechetSide(subset, { products, ddof });
    distances.push((await frechetBetween(reference, side, products)).value);
    onProgress?.((i + 1) / points);
  }
  return { ...lineInInverse(sizes, distances), sizes, distances };
}

function randomRows(features: Features, size: number, seed: number, subset: number): Features {
  const order = new Int32Array(features.count);
  fillPermutation(order, deriveKey(seed, "fid", subset));
  return takeRows(features, order.subarray(0, size));
}

/** The least-squares line of distances against 1/N: its value at 0, with the standard error, and its slope. */
export function lineInInverse(
  sizes: readonly number[],
  y: readonly number[],
): Pick<Extrapolation, "value" | "slope" | "standardError"> {
  const n = y.length;
  const x = sizes.map((size) => 1 / size);
  const [meanX, meanY] = [mean(x), mean(y)];
  const spread = x.reduce((sum, v) => sum + (v - meanX) ** 2, 0);
  const slope = x.reduce((sum, v, i) => sum + (v - meanX) * (y[i]! - meanY), 0) / spread;
  const value = meanY - slope * meanX;
  const residual = y.reduce((sum, v, i) => sum + (v - value - slope * x[i]!) ** 2, 0) / (n - 2);
  return { value, slope, standardError: Math.sqrt(residual * (1 / n + meanX ** 2 / spread)) };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
