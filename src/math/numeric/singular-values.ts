import { dot } from "./stepwise.ts";
import { tridiagonalEigenvalues } from "./symmetric-eigen.ts";
import { reflect } from "./tridiagonalize.ts";

/**
 * Singular values, largest first, of a [rows, columns] in row-major order: min(rows, columns) of them, each accurate to the
 * order of ε·‖a‖. Golub–Kahan bidiagonalisation (Golub & Van Loan, §8.6), then the eigenvalues ±σ of [0 B; Bᵀ 0].
 */
export function singularValues(a: Float64Array, rows: number, columns: number): Float64Array {
  if (columns > rows) return singularValues(transpose(a, rows, columns), columns, rows);
  const { diagonal, upper } = bidiagonalize(a.slice(), rows, columns);
  // Interleaved, the matrix is tridiagonal with a diagonal of zeros.
  const d = new Float64Array(2 * columns);
  const e = new Float64Array(2 * columns);
  for (let i = 0; i < columns; i++) {
    e[2 * i] = diagonal[i]!;
    e[2 * i + 1] = upper[i]!;
  }
  return tridiagonalEigenvalues(d, e).subarray(0, columns).map(Math.abs);
}

/** aᵀ, [columns, rows]. */
export function transpose(a: Float64Array, rows: number, columns: number): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) out[j * rows + i] = a[i * columns + j]!;
  }
  return out;
}

/** Diagonal and upper diagonal of UᵀAV, columns ≤ rows; upper[columns − 1] is 0. Overwrites a. */
function bidiagonalize(a: Float64Array, rows: number, columns: number) {
  const diagonal = new Float64Array(columns);
  const upper = new Float64Array(columns);
  const u = new Float64Array(rows);
  const v = new Float64Array(columns);
  const x = new Float64Array(rows);
  const y = new Float64Array(columns);
  let [xScale, yScale] = [0, 0];
  for (let j = 0; j < columns; j++) {
    // The update −x·vᵀ of the step before is still to be made: first in this column alone, then everywhere while y is summed.
    for (let i = j; i < rows; i++) u[i] = a[i * columns + j]! - (j > 0 ? xScale * x[i]! * v[j]! : 0);
    const left = reflect(u, j);
    diagonal[j] = left.beta;
    if (j === columns - 1) break;
    yScale = left.scale;
    y.fill(0);
    for (let i = j; i < rows; i++) {
      addRow(a, i * columns, j + 1, columns, j > 0 ? -xScale * x[i]! : 0, v);
      const ui = u[i]!;
      for (let k = j + 1; k < columns; k++) y[k]! += ui * a[i * columns + k]!;
    }
    for (let k = j + 1; k < columns; k++) v[k] = a[j * columns + k]! - yScale * y[k]!;
    const right = reflect(v, j + 1);
    upper[j] = right.beta;
    xScale = right.scale;
    for (let i = j + 1; i < rows; i++) {
      addRow(a, i * columns, j + 1, columns, -yScale * u[i]!, y);
      x[i] = dot(a, i * columns + j + 1, v, j + 1, columns - j - 1);
    }
  }
  return { diagonal, upper };
}

/** row[from…to] += factor·b. */
function addRow(a: Float64Array, row: number, from: number, to: number, factor: number, b: Float64Array) {
  if (factor === 0) return;
  for (let k = from; k < to; k++) a[row + k]! += factor * b[k]!;
}
