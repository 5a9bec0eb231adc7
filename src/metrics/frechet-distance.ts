import {
  choleskySteps,
  singularValues,
  symmetricEigenvalueSteps,
  transposeRows as transpose,
} from "../math/numeric/index.ts";
import { multiplyRows } from "../math/numeric/stepwise.ts";
import { UserError } from "../tensor/index.ts";
import { checkPair, type Features } from "./features.ts";
import type { Products } from "./products.ts";
import { productOn, runStepsOn } from "./run-steps.ts";
import { type GaussianStatistics, meanOf, statisticsOf } from "./statistics.ts";

export interface FrechetOptions {
  readonly products: Products;
  /** Covariances over n − ddof: 1 (default: pytorch-fid, clean-fid, torch-fidelity) or 0 (StyleGAN2-ADA, StyleGAN3). */
  readonly ddof?: 0 | 1;
  readonly onProgress?: (share: number) => void;
}

export interface FrechetDistance {
  /** The squared Fréchet distance, which is what is called FID. */
  readonly value: number;
  /** ‖μ₁ − μ₂‖². */
  readonly means: number;
  /** tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½. */
  readonly covariances: number;
}

/** One side of a distance: the mean, and Σ = factorᵀ·factor. */
export interface FrechetSide {
  readonly mean: Float64Array;
  readonly trace: number;
  readonly factor: Features; // [rank, d]
  /** The factor's rows go from large to small, as those of a pivoted Cholesky factor. */
  readonly graded: boolean;
}

/**
 * Fréchet distance between Gaussians fitted to two sets of features (Heusel et al. 2017, eq. 6):
 * ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^½, float64.
 *
 * With Σᵢ = LᵢLᵢᵀ the last trace is the nuclear norm of L₁ᵀL₂, a sum of singular values: real and finite whatever the
 * covariances. L is a pivoted Cholesky factor, or the centred rows themselves where there are no more rows than dimensions.
 *
 * Throws (UserError) where features are not finite, rows differ in length, or a side has fewer than ddof + 1 rows.
 */
export async function frechetDistance(
  real: Features,
  fake: Features,
  { products, ddof = 1, onProgress }: FrechetOptions,
): Promise<FrechetDistance> {
  checkPair("fid", real, fake, ddof + 1);
  const shares = [0, 0];
  // Both at once: while the device multiplies for one, the other prepares its next block.
  const [first, second] = await Promise.all(
    [real, fake].map((features, i) =>
      frechetSide(features, {
        products,
        ddof,
        onProgress: (share) => {
          shares[i] = share;
          onProgress?.(0.4 * (shares[0]! + shares[1]!));
        },
      }),
    ),
  );
  const distance = await frechetBetween(first!, second!, products);
  onProgress?.(1);
  return distance;
}

/** As frechetDistance, from statistics at hand. Throws (UserError) where dimensions differ. */
export async function frechetDistanceOfStatistics(
  real: Pick<GaussianStatistics, "mean" | "covariance">,
  fake: Pick<GaussianStatistics, "mean" | "covariance">,
  { products }: { readonly products?: Products } = {},
): Promise<FrechetDistance> {
  if (real.mean.length !== fake.mean.length) {
    throw new UserError(
      `fid: real statistics have ${real.mean.length} dimensions and generated ones ${fake.mean.length}; extract both in the same way.`,
    );
  }
  const sides = await Promise.all([real, fake].map((side) => sideOfStatistics(side, products)));
  return await frechetBetween(sides[0]!, sides[1]!, products);
}

/** One side of the distance from its features, for a set that is compared with several. Checks nothing. */
export async function frechetSide(
  features: Features,
  { products, ddof = 1, ...options }: FrechetOptions,
): Promise<FrechetSide> {
  if (features.count <= features.dimensions) return sideOfRows(features, ddof);
  return await sideOfStatistics(await statisticsOf(features, { products, ddof, ...options }), products);
}

function sideOfRows(features: Features, ddof: 0 | 1): FrechetSide {
  const { data, count, dimensions } = features;
  const mean = meanOf(features);
  const scale = 1 / Math.sqrt(count - ddof);
  const rows = Float64Array.from(data, (v, i) => (v - mean[i % dimensions]!) * scale);
  return { mean, trace: sumOfSquares(rows), factor: { data: rows, count, dimensions }, graded: false };
}

async function sideOfStatistics(
  { mean, covariance }: Pick<GaussianStatistics, "mean" | "covariance">,
  products?: Products,
): Promise<FrechetSide> {
  const dimensions = mean.length;
  const { rank, transposed } = await runStepsOn(choleskySteps(covariance, dimensions), products);
  let trace = 0;
  for (let i = 0; i < dimensions; i++) trace += covariance[i * dimensions + i]!;
  return { mean, trace, factor: { data: transposed, count: rank, dimensions }, graded: true };
}

/** The distance of two sides. */
export async function frechetBetween(
  a: FrechetSide,
  b: FrechetSide,
  products?: Products,
): Promise<FrechetDistance> {
  let means = 0;
  for (let j = 0; j < a.mean.length; j++) means += (a.mean[j]! - b.mean[j]!) ** 2;
  const shared = await nuclearNormOfProduct(a, b, products);
  // What rounding leaves below zero is zero: the distance is a square.
  const covariances = Math.max(0, a.trace + b.trace - 2 * shared);
  return { value: means + covariances, means, covariances };
}

/** Σ of the singular values of L₁ᵀL₂. */
async function nuclearNormOfProduct(a: FrechetSide, b: FrechetSide, products?: Products): Promise<number> {
  const [rows, columns] = [a.factor.count, b.factor.count];
  if (rows === 0 || columns === 0) return 0;
  const product = await outer(a.factor, b.factor, products);
  if (!a.graded || !b.graded) return singularValues(product, rows, columns).reduce((x, y) => x + y, 0);
  // Squaring a matrix halves the digits of its small singular values, but not where rows and columns shrink from first to
  // last: errors are then as small as the rows they are in. Three times as fast as the singular values themselves.
  const narrow = Math.min(rows, columns);
  const wide =
    rows <= columns
      ? { data: product, count: rows, dimensions: columns }
      : { data: transpose(product, rows, columns), count: columns, dimensions: rows };
  const gram = await outer(wide, wide, products);
  const squares = await runStepsOn(symmetricEigenvalueSteps(gram, narrow), products);
  return squares.reduce((sum, v) => sum + Math.sqrt(Math.max(0, v)), 0);
}

async function outer(a: Features, b: Features, products?: Products): Promise<Float64Array> {
  const [left, right] = [a.data as Float64Array, b.data as Float64Array];
  const product = { left, right, inner: a.dimensions, lower: left === right };
  return products ? await productOn(product, products) : multiplyRows(product);
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const v of values) sum += v * v;
  return sum;
}
