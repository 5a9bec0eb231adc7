/**
 * How many different examples a model makes, by the birthday paradox. Arora & Zhang 2017, "Do GANs actually learn the
 * distribution?", arXiv:1706.08224: among m draws from N equally likely examples, m(m − 1)/2N pairs are expected to be the
 * same; from any distribution, m(m − 1)/2 · Σ p², so that what is estimated is 1/Σ p².
 */
import { checkPair, type Features } from "../features.ts";
import type { SampleMetric } from "../metric.ts";
import { nearestNeighbors } from "../neighbors.ts";
import { createProducts, type Products } from "../products.ts";
import type { Measured } from "../protocol.ts";

export interface BirthdayOptions {
  readonly products: Products;
  /**
   * Two generated examples closer than this are the same. Default: the distance of the closest two of the real examples,
   * as if no two of those were.
   */
  readonly threshold?: number;
}

/** Near copies of one example that are looked for: more in one group than this are counted as this many. */
const mostNeighbors = 100;

/**
 * Support size m(m − 1)/2c from c pairs of generated examples closer than a threshold; where there is no such pair, one
 * pair gives a lower bound, and the note says so. The standard error is that of a Poisson count, 1/√c of the estimate;
 * copies come in groups, which makes it larger. Details: `pairs`, `threshold`.
 */
export async function birthdaySupport(
  real: Features,
  generated: Features,
  { products, ...options }: BirthdayOptions,
): Promise<Measured> {
  checkPair("birthday", real, generated, 3);
  const threshold = options.threshold ?? (await closestPair(real, products));
  const m = generated.count;
  const k = Math.min(mostNeighbors, m - 1);
  const { distances } = await nearestNeighbors(generated, generated, { k, products, excludeSelf: true });
  // Each pair is seen from both of its ends.
  const pairs = distances.filter((d) => d < threshold || d === 0).length / 2;
  const value = (m * (m - 1)) / 2 / Math.max(1, pairs);
  return {
    name: "birthday-support",
    value,
    ...(pairs > 0 && { standardError: value / Math.sqrt(pairs) }),
    better: "higher",
    note:
      pairs > 0
        ? "Number of different examples, were all equally likely."
        : `At least: no two of ${m} generated examples are the same.`,
    details: { pairs, threshold },
  };
}

async function closestPair(set: Features, products: Products): Promise<number> {
  const { distances } = await nearestNeighbors(set, set, { k: 1, products, excludeSelf: true });
  return distances.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}

/** Support size of the generated examples, with the closest two of the real ones as the measure of sameness. */
export const birthdayMetric: SampleMetric = {
  name: "birthday",
  title: "Birthday-paradox support size",
  convention: "m(m − 1)/2c, c pairs of generated examples closer than the closest two real ones",
  needs: "features",
  least: 3,
  settings: {},
  measure: async ({ real, fake, runtime }) => [
    await birthdaySupport(real, fake, { products: createProducts(runtime) }),
  ],
};
