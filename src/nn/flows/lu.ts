/** LU factors of small matrices on the host, for first values of layers. */
import type { RandomStream } from "../../tensor/index.ts";

/** W = P·L·(U + diag(sign ⊙ exp(logScale))), row by row; L has a unit diagonal, U none. P[i, permutation[i]] = 1. */
export interface LuFactors {
  readonly permutation: Int32Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly sign: Float64Array;
  readonly logScale: Float64Array;
}

/** A random rotation or reflection [n, n]: Gram–Schmidt on normal numbers. */
export function randomOrthogonal(n: number, random: RandomStream): Float64Array {
  const q = Float64Array.from(random.normal(new Float32Array(n * n)));
  const row = (i: number): Float64Array => q.subarray(i * n, (i + 1) * n);
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, v, k) => sum + v * b[k]!, 0);
  for (let i = 0; i < n; i++) {
    // Twice: one pass leaves what rounding made.
    for (const j of [...Array(i).keys(), ...Array(i).keys()]) {
      const share = dot(row(i), row(j));
      for (let k = 0; k < n; k++) row(i)[k]! -= share * row(j)[k]!;
    }
    const length = Math.sqrt(dot(row(i), row(i)));
    for (let k = 0; k < n; k++) row(i)[k]! /= length;
  }
  return q;
}

/** LU factors with partial pivoting of a matrix [n, n] that has an inverse. */
export function luFactors(matrix: Float64Array, n: number): LuFactors {
  const a = matrix.slice();
  const order = Int32Array.from({ length: n }, (_, i) => i); // row i of L·U is row order[i] of the matrix
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i * n + k]!) > Math.abs(a[pivot * n + k]!)) pivot = i;
    swapRows(a, order, n, k, pivot);
    for (let i = k + 1; i < n; i++) {
      const factor = a[i * n + k]! / a[k * n + k]!;
      a[i * n + k] = factor;
      for (let j = k + 1; j < n; j++) a[i * n + j]! -= factor * a[k * n + j]!;
    }
  }
  const permutation = new Int32Array(n);
  for (let i = 0; i < n; i++) permutation[order[i]!] = i;
  const part = (keep: (i: number, j: number) => boolean): Float64Array =>
    a.map((v, at) => (keep(Math.floor(at / n), at % n) ? v : 0));
  const diagonal = Float64Array.from({ length: n }, (_, i) => a[i * n + i]!);
  return {
    permutation,
    lower: part((i, j) => j < i).map((v, at) => (Math.floor(at / n) === at % n ? 1 : v)),
    upper: part((i, j) => j > i),
    sign: diagonal.map(Math.sign),
    logScale: diagonal.map((v) => Math.log(Math.abs(v))),
  };
}

function swapRows(a: Float64Array, order: Int32Array, n: number, i: number, j: number): void {
  if (i === j) return;
  for (let k = 0; k < n; k++) [a[i * n + k], a[j * n + k]] = [a[j * n + k]!, a[i * n + k]!];
  [order[i], order[j]] = [order[j]!, order[i]!];
}
