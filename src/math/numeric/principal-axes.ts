/** Principal components, float64. */
import type { Rows } from "./k-means.ts";
import { multiplyRows } from "./stepwise.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";

export interface PrincipalAxes {
  readonly mean: Float64Array; // [d]
  /** Variances along the axes (n in the denominator), largest first: d of them, or as many as there are rows. */
  readonly values: Float64Array;
  /** Row i is the unit vector of values[i]; a zero vector where that is 0 for want of rows. */
  readonly vectors: Float64Array; // [values, d]
}

/** Rows with their mean [d] and covariance [d, d], which are asked for only where they are the shorter way. */
export interface RowsWithMoments extends Rows {
  moments(): Promise<{ readonly mean: Float64Array; readonly covariance: Float64Array }>;
}

/**
 * The eigenvectors of the rows' covariance (Pearson 1901; Hotelling 1933). With fewer rows n than dimensions they are found
 * through the n inner products of the centred rows, which have the same eigenvalues. The sign of a vector means nothing: its
 * largest entry is made positive.
 */
export async function principalAxes(rows: RowsWithMoments): Promise<PrincipalAxes> {
  if (rows.count < rows.dimensions) return throughInnerProducts(rows);
  const { mean, covariance } = await rows.moments();
  const { values, vectors } = symmetricEigen(covariance, rows.dimensions);
  return { mean, values: values.map((v) => Math.max(0, v)), vectors: withSigns(vectors, rows.dimensions) };
}

function throughInnerProducts({ data, count, dimensions: d }: Rows): PrincipalAxes {
  const mean = new Float64Array(d);
  for (let i = 0; i < count * d; i++) mean[i % d]! += data[i]! / count;
  const centred = Float64Array.from(data.subarray(0, count * d), (v, i) => v - mean[i % d]!);
  const gram = multiplyRows({ left: centred, right: centred, inner: d }).map((v) => v / count);
  const { values, vectors } = symmetricEigen(gram, count);
  const least = count * Number.EPSILON * values[0]!;
  const axes = new Float64Array(count * d);
  values.forEach((value, i) => {
    if (value <= least) return;
    for (let row = 0; row < count; row++) {
      const factor = vectors[i * count + row]! / Math.sqrt(count * value);
      for (let a = 0; a < d; a++) axes[i * d + a]! += factor * centred[row * d + a]!;
    }
  });
  return { mean, values: values.map((v) => (v > least ? v : 0)), vectors: withSigns(axes, d) };
}

function withSigns(vectors: Float64Array, d: number): Float64Array {
  for (let at = 0; at < vectors.length; at += d) {
    const row = vectors.subarray(at, at + d);
    const largest = row.reduce((best, v) => (Math.abs(v) > Math.abs(best) ? v : best), 0);
    if (largest < 0) for (let i = 0; i < d; i++) row[i] = -row[i]!;
  }
  return vectors;
}
