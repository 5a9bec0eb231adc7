import { UserError } from "../../tensor/index.ts";
import { runSteps, type Stepwise } from "./stepwise.ts";

export interface CholeskyFactor {
  readonly rank: number;
  /** Lᵀ: row c is column c of L, and a = L·Lᵀ. */
  readonly transposed: Float64Array; // [rank, n]
  /** The row that each column was made from: L is lower triangular with its rows in this order. */
  readonly pivots: Int32Array; // [rank]
}

const blockColumns = 128;

/**
 * Cholesky factor with diagonal pivoting of a symmetric positive semi-definite matrix a [n, n]: a = L·Lᵀ with L of the
 * (numerical) rank's width and columns from large to small (Higham, Accuracy and Stability of Numerical Algorithms, §10.3).
 * What is left is at most `tolerance` on the diagonal; default n·ε·max aᵢᵢ, as LAPACK's dpstrf.
 *
 * Throws (UserError) where a is not [n, n], or has a negative diagonal or pivot: it is not positive semi-definite.
 */
export function cholesky(a: Float64Array, n: number, options: { tolerance?: number } = {}): CholeskyFactor {
  return runSteps(choleskySteps(a, n, options));
}

/** As cholesky, for a caller who computes the large products. */
export function* choleskySteps(
  a: Float64Array,
  n: number,
  { tolerance }: { tolerance?: number } = {},
): Stepwise<CholeskyFactor> {
  if (a.length !== n * n) {
    throw new UserError(`cholesky: got ${a.length} numbers, expected the ${n * n} of a ${n}×${n} matrix.`);
  }
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(a[i * n + i]!));
  const least = tolerance ?? n * Number.EPSILON * largest;
  const columns: Float64Array[] = [];
  const pivots: number[] = [];
  // Rows still without a column: the matrix is compacted to them after each block.
  let rows = Int32Array.from({ length: n }, (_, i) => i);
  let rest = a;
  for (;;) {
    const { panel, taken, left } = factorPanel(rest, rows.length, least);
    panel.forEach((column, c) => {
      const full = new Float64Array(n);
      for (let i = 0; i < rows.length; i++) full[rows[i]!] = column[i]!;
      columns.push(full);
      pivots.push(rows[taken[c]!]!);
    });
    if (panel.length < blockColumns || left.length === 0) break;
    rest = yield* remaining(rest, rows.length, panel, left);
    rows = left.map((i) => rows[i]!);
  }
  const transposed = new Float64Array(columns.length * n);
  columns.forEach((column, c) => {
    transposed.set(column, c * n);
  });
  return { rank: columns.length, transposed, pivots: Int32Array.from(pivots) };
}

/** Up to blockColumns columns of the factor of a [m, m], and which rows are left. */
function factorPanel(a: Float64Array, m: number, least: number) {
  const diagonal = Float64Array.from({ length: m }, (_, i) => a[i * m + i]!);
  const open = new Uint8Array(m).fill(1);
  const panel: Float64Array[] = [];
  const taken: number[] = [];
  while (panel.length < Math.min(blockColumns, m)) {
    const pivot = largestOpen(diagonal, open, least);
    if (pivot < 0) break;
    const column = pivotColumn(a, m, pivot, panel);
    const root = Math.sqrt(diagonal[pivot]!);
    for (let i = 0; i < m; i++) {
      column[i] = open[i] ? column[i]! / root : 0;
      diagonal[i]! -= column[i]! * column[i]!;
    }
    column[pivot] = root;
    open[pivot] = 0;
    panel.push(column);
    taken.push(pivot);
  }
  const left = Int32Array.from(Array.from(open.keys()).filter((i) => open[i]));
  return { panel, taken, left };
}

function largestOpen(diagonal: Float64Array, open: Uint8Array, least: number): number {
  let [at, largest] = [-1, least];
  for (let i = 0; i < diagonal.length; i++) {
    const value = diagonal[i]!;
    if (!open[i]) continue;
    // Rounding leaves residuals of either sign below `least`; what is far below zero was never positive semi-definite.
    if (!(value >= -64 * least)) {
      throw new UserError(
        `cholesky: the matrix is not positive semi-definite (a pivot is ${value}); give a covariance or a product B·Bᵀ.`,
      );
    }
    if (value > largest) [at, largest] = [i, value];
  }
  return at;
}

/** Row `pivot` of a less what the panel's columns account for. */
function pivotColumn(a: Float64Array, m: number, pivot: number, panel: Float64Array[]): Float64Array {
  const column = a.slice(pivot * m, (pivot + 1) * m);
  let c = 0;
  for (; c + 1 < panel.length; c += 2) {
    const [p, q] = [panel[c]!, panel[c + 1]!];
    const [x, y] = [p[pivot]!, q[pivot]!];
    for (let i = 0; i < m; i++) column[i]! -= p[i]! * x + q[i]! * y;
  }
  const last = panel[c];
  if (last) {
    const x = last[pivot]!;
    for (let i = 0; i < m; i++) column[i]! -= last[i]! * x;
  }
  return column;
}

/** Rows and columns `left` of a − P·Pᵀ, symmetric to the last bit. */
function* remaining(
  a: Float64Array,
  m: number,
  panel: Float64Array[],
  left: Int32Array,
): Stepwise<Float64Array<ArrayBuffer>> {
  const [count, inner] = [left.length, panel.length];
  const rows = new Float64Array(count * inner);
  panel.forEach((column, c) => {
    for (let i = 0; i < count; i++) rows[i * inner + c] = column[left[i]!]!;
  });
  const product = yield { left: rows, right: rows, inner, lower: true };
  const rest = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    const from = left[i]! * m;
    for (let j = 0; j <= i; j++) rest[i * count + j] = a[from + left[j]!]! - product[i * count + j]!;
  }
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++) rest[i * count + j] = rest[j * count + i]!;
  }
  return rest;
}
