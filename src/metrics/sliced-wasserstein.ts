/**
 * Sliced Wasserstein distance: the mean over directions θ of the distance between the projections, which sorting solves.
 * Rabin, Peyré, Delon & Bernot 2011, "Wasserstein barycenter and its application to texture mixing":
 *   SW_p = (E_θ W_p(θᵀX, θᵀY)^p)^(1/p),  θ uniform on the sphere
 */
import { deriveKey, fillNormal } from "../tensor/random/index.ts";
import { checkPair, type Features, rowsOf } from "./features.ts";
import type { SampleMetric } from "./metric.ts";
import { createProducts, type Products } from "./products.ts";
import { errorOfMean, total } from "./summary.ts";

export interface SlicedWassersteinOptions {
  /** Number of random directions. Default 512. */
  readonly projections?: number;
  /** p: 2 (default), or 1. */
  readonly order?: 1 | 2;
  readonly seed?: number;
  /** Directions to use instead of random ones, [projections, d], taken as they are. */
  readonly directions?: Features;
  readonly onProgress?: (share: number) => void;
}

export interface SlicedWasserstein {
  /** SW_p, in the unit of the features. */
  readonly value: number;
  /** Of the value, by the chance of the directions alone. */
  readonly standardError: number;
  /** W_p^p of each direction. */
  readonly costs: Float64Array;
}

const directionsAtOnce = 32;

/**
 * SW_p of two tables of features, float64; the sets may have different sizes. A shift of all features by μ gives
 * E W₂² = ‖μ‖²/d. Of finite samples of one distribution it is above 0.
 *
 * Conventions: POT's `sliced_wasserstein_distance` is `{ order: 2 }`; the mean of |sorted differences|, as in Karras et al.
 * 2018, is `{ order: 1 }`.
 *
 * Throws (UserError) where rows differ in length or hold numbers that are not finite.
 */
export async function slicedWasserstein(
  real: Features,
  fake: Features,
  products: Products,
  options: SlicedWassersteinOptions = {},
): Promise<SlicedWasserstein> {
  checkPair("swd", real, fake);
  const { projections = 512, order = 2, seed = 0, onProgress } = options;
  const directions = options.directions ?? randomDirections(projections, real.dimensions, seed);
  const costs = new Float64Array(directions.count);
  for (let first = 0; first < directions.count; first += directionsAtOnce) {
    const some = rowsOf(directions, first, Math.min(directionsAtOnce, directions.count - first));
    const x = await project(real, some, products);
    const y = await project(fake, some, products);
    for (let i = 0; i < some.count; i++) {
      costs[first + i] = transportCost(x[i]!.sort(), y[i]!.sort(), order);
    }
    onProgress?.((first + some.count) / directions.count);
  }
  const mean = total(costs) / costs.length;
  const value = mean ** (1 / order);
  const ofMean = errorOfMean(costs);
  return { value, standardError: value > 0 ? (value * ofMean) / (order * mean) : 0, costs };
}

/** Uniform directions: normals, made to have length 1. */
export function randomDirections(count: number, dimensions: number, seed: number): Features {
  const normals = fillNormal(new Float32Array(count * dimensions), deriveKey(seed, "directions"));
  const data = new Float64Array(normals);
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * dimensions, (i + 1) * dimensions);
    const length = Math.sqrt(row.reduce((sum, v) => sum + v * v, 0));
    for (let d = 0; d < dimensions; d++) row[d]! /= length;
  }
  return { data, count, dimensions };
}

const rowsAtOnce = 16_384;

/** One array of projected rows for each direction. */
async function project(
  features: Features,
  directions: Features,
  products: Products,
): Promise<Float64Array[]> {
  const { count } = features;
  const out = Array.from({ length: directions.count }, () => new Float64Array(count));
  for (let first = 0; first < count; first += rowsAtOnce) {
    const rows = rowsOf(features, first, Math.min(rowsAtOnce, count - first));
    const product = await products.outer(directions, rows);
    for (const [i, column] of out.entries()) {
      column.set(product.subarray(i * rows.count, (i + 1) * rows.count), first);
    }
  }
  return out;
}

/** W_p^p = ∫₀¹ |F⁻¹(u) − G⁻¹(u)|^p du of two sorted samples, of any two sizes. */
export function transportCost(x: Float64Array, y: Float64Array, order: 1 | 2): number {
  const cost = order === 1 ? Math.abs : (v: number) => v * v;
  let sum = 0;
  if (x.length === y.length) {
    for (let i = 0; i < x.length; i++) sum += cost(x[i]! - y[i]!);
    return sum / x.length;
  }
  // In whole numbers of 1/(n·m), the quantile functions step at multiples of m and of n.
  const [n, m] = [x.length, y.length];
  for (let i = 0, j = 0, at = 0; i < n; ) {
    const next = Math.min((i + 1) * m, (j + 1) * n);
    sum += (next - at) * cost(x[i]! - y[j]!);
    at = next;
    if (next === (i + 1) * m) i++;
    if (next === (j + 1) * n) j++;
  }
  return sum / (n * m);
}

export const slicedWassersteinMetric: SampleMetric = {
  name: "swd",
  title: "Sliced Wasserstein distance",
  convention: "SW₂ over random directions, float64",
  needs: "features",
  least: 10,
  settings: { projections: 512, order: 2 },
  async measure({ real, fake, runtime, seed, onProgress }) {
    const { value, standardError } = await slicedWasserstein(real, fake, createProducts(runtime), {
      seed,
      ...(onProgress && { onProgress }),
    });
    const note = "In the unit of the features; above 0 for finite samples of one distribution.";
    return [{ name: "swd", value, standardError, better: "lower", note }];
  },
};
