/**
 * Parzen-window estimate of a log-likelihood. Breuleux et al. 2011; Goodfellow et al. 2014, arXiv:1406.2661, table 1.
 *
 *   log p(x) ≈ log (1/m) Σ_j N(x; s_j, σ²I),  s_j samples of the model, σ the best on validation data
 */
import { UserError } from "../../tensor/index.ts";
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import { checkFeatures, checkPair, type Features, rowsOf, takeRows } from "../features.ts";
import type { SampleMetric } from "../metric.ts";
import { createProducts, type Products } from "../products.ts";
import type { Measured } from "../protocol.ts";
import { logAddExp } from "./log-sum.ts";
import { meanOf } from "./scores.ts";

export interface ParzenOptions {
  readonly products: Products;
  /** Real examples to choose σ by, not those that are measured. */
  readonly validation: Features;
  /** Default: 17 values from 0.03 to 3 times the root-mean-square deviation of a coordinate of the samples. */
  readonly bandwidths?: readonly number[];
  readonly onProgress?: (share: number) => void;
}

const failure =
  "Not a log-likelihood in many dimensions: it lies far below the true one and ranks models wrongly; even samples of the " +
  "data's own distribution can lose against their mean (Theis et al. 2016, section 3.2).";

/**
 * Mean log-density of `test` under Gaussian kernels on `samples`, in nats for coordinates as they are given; details hold
 * the bandwidth. Throws (UserError) where rows differ in length, are not finite, or a bandwidth is not positive.
 */
export async function parzenWindow(
  samples: Features,
  test: Features,
  { products, validation, bandwidths = bandwidthsFor(samples), onProgress }: ParzenOptions,
): Promise<Measured> {
  checkPair("parzen", test, samples, 2);
  checkFeatures("parzen", "the validation examples", validation, 2);
  if (bandwidths.length === 0 || !bandwidths.every((s) => s > 0 && Number.isFinite(s))) {
    throw new UserError(`parzen: the bandwidths are ${bandwidths.join(", ")}; expected positive numbers.`);
  }
  const tried = await kernelLogDensities(validation, samples, { products, bandwidths });
  const means = tried.map((nats) => meanOf(nats).mean);
  const best = means.indexOf(Math.max(...means));
  const bandwidth = bandwidths[best]!;
  const [nats] = await kernelLogDensities(test, samples, {
    products,
    bandwidths: [bandwidth],
    ...(onProgress && { onProgress }),
  });
  const { mean, standardError } = meanOf(nats!);
  const atEdge = bandwidths.length > 1 && (best === 0 || best === bandwidths.length - 1);
  return {
    name: "parzen",
    value: mean,
    standardError,
    better: "higher",
    unit: "nats",
    note: atEdge ? `${failure} The best bandwidth is at the edge of those tried.` : failure,
    details: { bandwidth, validation: means[best]! },
  };
}

/** Spread over two decades around the scale of the samples; 1 where they are all the same. */
function bandwidthsFor({ data, count, dimensions }: Features): number[] {
  let [sum, squares] = [0, 0];
  for (let j = 0; j < dimensions; j++) {
    let mean = 0;
    for (let i = 0; i < count; i++) mean += data[i * dimensions + j]! / count;
    for (let i = 0; i < count; i++) squares += (data[i * dimensions + j]! - mean) ** 2;
    sum += count;
  }
  const scale = Math.sqrt(squares / sum) || 1;
  return Array.from({ length: 17 }, (_, i) => scale * 10 ** (-1.5 + i / 8));
}

export interface KernelDensityOptions {
  readonly products: Products;
  readonly bandwidths: readonly number[];
  readonly onProgress?: (share: number) => void;
}

/**
 * log (1/m) Σ_j N(x; s_j, σ²I) of every query x for every bandwidth σ, float64: one list of queries.count numbers each.
 * Distances are made block by block; equal rows may come out up to 1e-14 of their squared norm apart.
 */
export async function kernelLogDensities(
  queries: Features,
  samples: Features,
  { products, bandwidths, onProgress }: KernelDensityOptions,
): Promise<Float64Array[]> {
  const d = samples.dimensions;
  const size = Math.max(64, Math.min(2048, Math.floor(2 ** 21 / d)));
  const out = bandwidths.map(() => new Float64Array(queries.count).fill(Number.NEGATIVE_INFINITY));
  for (let i = 0; i < queries.count; i += size) {
    const a = rowsOf(queries, i, Math.min(size, queries.count - i));
    for (let j = 0; j < samples.count; j += size) {
      const b = rowsOf(samples, j, Math.min(size, samples.count - j));
      const squared = squaredDistances(a, b, await products.outer(a, b));
      for (let row = 0; row < a.count; row++) {
        const line = squared.subarray(row * b.count, (row + 1) * b.count);
        bandwidths.forEach((sigma, s) => {
          out[s]![i + row] = logAddExp(out[s]![i + row]!, logKernelSum(line, sigma));
        });
      }
    }
    onProgress?.(Math.min(1, (i + size) / queries.count));
  }
  const constant = (sigma: number): number =>
    Math.log(samples.count) + d * Math.log(sigma * Math.sqrt(2 * Math.PI));
  return out.map((nats, s) => nats.map((v) => v - constant(bandwidths[s]!)));
}

function squaredDistances(a: Features, b: Features, product: Float64Array): Float64Array {
  const norm = ({ data, dimensions }: Features, i: number): number => {
    let sum = 0;
    for (let j = i * dimensions; j < (i + 1) * dimensions; j++) sum += data[j]! ** 2;
    return sum;
  };
  const [na, nb] = [a, b].map((set) => Float64Array.from({ length: set.count }, (_, i) => norm(set, i)));
  return product.map((p, at) => Math.max(0, na![Math.floor(at / b.count)]! + nb![at % b.count]! - 2 * p));
}

/** log Σ exp(−d²/2σ²). */
function logKernelSum(squared: Float64Array, sigma: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (const v of squared) if (v < least) least = v;
  const scale = -0.5 / sigma ** 2;
  let sum = 0;
  for (const v of squared) sum += Math.exp((v - least) * scale);
  return least * scale + Math.log(sum);
}

/** Most real examples that the bandwidth is chosen by. */
const mostValidation = 1000;

/** Parzen windows on generated examples; σ by one half of the real ones, measured on the other. */
export const parzenMetric: SampleMetric = {
  name: "parzen",
  title: "Parzen-window log-likelihood",
  convention:
    "Gaussian kernels on generated examples, σ by validation on up to half of the real ones, the rest measured",
  needs: "features",
  least: 4,
  settings: { mostValidation },
  async measure({ real, fake, runtime, seed, onProgress }) {
    const order = fillPermutation(new Int32Array(real.count), deriveKey(seed, "parzen")) as Int32Array;
    const cut = Math.min(mostValidation, Math.floor(real.count / 2));
    const options = {
      products: createProducts(runtime),
      validation: takeRows(real, order.subarray(0, cut)),
      ...(onProgress && { onProgress }),
    };
    return [await parzenWindow(fake, takeRows(real, order.subarray(cut)), options)];
  },
};
