/** The M-step of Gaussian mixtures: weighted sums over rows, and the parameters that they are the sums of. */
import type { Rows } from "./k-means.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

/** Σₖ πₖ N(x; μₖ, Σₖ) with Σₖ = CᵀC: a draw is μ + ε·C, and (x − μ)·Wᵀ is white. */
export interface MixtureParameters {
  readonly weights: Float64Array; // π, [K]
  readonly means: Float64Array; // [K, d]
  /** Wₖ one after another, [K, d, d]; of diagonal covariances the diagonals, [K, d]. */
  readonly whitening: Float64Array;
  /** Cₖ in the same way. */
  readonly coloring: Float64Array;
}

/** Sums over rows, weighted with responsibilities; the rows less `shift`, so that squares lose no digits. */
export interface Moments {
  readonly full: boolean;
  readonly dimensions: number;
  readonly shift: Float64Array; // [d]
  readonly counts: Float64Array; // [K]
  readonly sums: Float64Array; // [K, d]
  /** Lower triangles [K, d, d], or diagonals [K, d]. */
  readonly squares: Float64Array;
}

export function emptyMoments({ data, count, dimensions: d }: Rows, K: number, full: boolean): Moments {
  const shift = new Float64Array(d);
  for (let i = 0; i < count * d; i++) shift[i % d]! += data[i]! / count;
  const squares = new Float64Array(K * d * (full ? d : 1));
  return {
    ...{ full, dimensions: d, shift, squares },
    counts: new Float64Array(K),
    sums: new Float64Array(K * d),
  };
}

/** Adds row i to component k. */
export function addRow(moments: Moments, { data }: Rows, i: number, k: number, weight: number): void {
  const { full, dimensions: d, shift, counts, sums, squares } = moments;
  counts[k]! += weight;
  for (let a = 0; a < d; a++) {
    const x = weight * (data[i * d + a]! - shift[a]!);
    sums[k * d + a]! += x;
    if (!full) squares[k * d + a]! += x * (data[i * d + a]! - shift[a]!);
    else {
      const at = (k * d + a) * d;
      for (let b = 0; b <= a; b++) squares[at + b]! += x * (data[i * d + b]! - shift[b]!);
    }
  }
}

/** The weights, means and covariances that the sums are those of; standard deviations are at least `smallest`. */
export function maximize(moments: Moments, smallest: number): MixtureParameters {
  const { full, dimensions: d, shift, counts, sums, squares } = moments;
  const total = counts.reduce((a, b) => a + b, 0);
  const means = new Float64Array(counts.length * d);
  const [whitening, coloring] = [new Float64Array(squares.length), new Float64Array(squares.length)];
  const size = full ? d * d : d;
  counts.forEach((count, k) => {
    const n = Math.max(count, Number.MIN_VALUE);
    const mean = sums.subarray(k * d, (k + 1) * d).map((v) => v / n);
    const own = squares.subarray(k * size, (k + 1) * size).map((v) => v / n);
    const shape = full ? fullShape(own, mean, smallest) : diagonalShape(own, mean, smallest);
    means.set(
      mean.map((v, a) => shift[a]! + v),
      k * d,
    );
    whitening.set(shape.whitening, k * size);
    coloring.set(shape.coloring, k * size);
  });
  return { weights: counts.map((n) => n / total), means, whitening, coloring };
}

type CovarianceShape = Pick<MixtureParameters, "whitening" | "coloring">;

/** Of mean squares [d] about the shift. */
function diagonalShape(squares: Float64Array, mean: Float64Array, smallest: number): CovarianceShape {
  const coloring = squares.map((v, a) => Math.sqrt(Math.max(smallest ** 2, v - mean[a]! ** 2)));
  return { coloring, whitening: coloring.map((std) => 1 / std) };
}

/** Of mean products [d, d] about the shift, lower triangle: W = Λ^(−1/2) V and C = Λ^(1/2) V from Σ = VᵀΛV. */
function fullShape(products: Float64Array, mean: Float64Array, smallest: number): CovarianceShape {
  const d = mean.length;
  const covariance = products.map((v, at) => v - mean[Math.floor(at / d)]! * mean[at % d]!);
  const { values, vectors } = symmetricEigen(covariance, d);
  const stds = values.map((v) => Math.sqrt(Math.max(smallest ** 2, v)));
  return {
    coloring: vectors.map((v, at) => v * stds[Math.floor(at / d)]!),
    whitening: vectors.map((v, at) => v / stds[Math.floor(at / d)]!),
  };
}
