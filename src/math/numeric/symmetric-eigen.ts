import { UserError } from "../../tensor/index.ts";
import { dot, runSteps, type Stepwise } from "./stepwise.ts";
import { type Tridiagonal, tridiagonalSteps } from "./tridiagonalize.ts";

export interface SymmetricEigen {
  /** Largest first. */
  readonly values: Float64Array; // [n]
  /** Row i is the unit eigenvector of values[i]. */
  readonly vectors: Float64Array; // [n, n]
}

/**
 * Eigenvalues, largest first, of the symmetric matrix a [n, n] in row-major order; only its lower triangle is read.
 *
 * Householder tridiagonalisation, then implicit QL (Golub & Van Loan, Matrix Computations, §8.3). Backward stable: errors are
 * of the order of ε·‖A‖, and far smaller for the small eigenvalues of a matrix whose rows and columns shrink from first to last.
 * Throws (UserError) where a is not [n, n] or holds a number that is not finite.
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  return runSteps(symmetricEigenvalueSteps(a, n));
}

/** As symmetricEigenvalues, for a caller who computes the large products. */
export function* symmetricEigenvalueSteps(a: Float64Array, n: number): Stepwise<Float64Array> {
  checkSquare("symmetricEigenvalues", a, n);
  const { diagonal, offDiagonal } = yield* tridiagonalSteps(a.slice(), n);
  return tridiagonalEigenvalues(diagonal, offDiagonal);
}

/** Eigenvalues, largest first, and eigenvectors of the symmetric matrix a [n, n]; as symmetricEigenvalues. */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  return runSteps(symmetricEigenSteps(a, n));
}

/** As symmetricEigen, for a caller who computes the large products. */
export function* symmetricEigenSteps(a: Float64Array, n: number): Stepwise<SymmetricEigen> {
  checkSquare("symmetricEigen", a, n);
  const tridiagonal = yield* tridiagonalSteps(a.slice(), n);
  const rows = transposedBasis(tridiagonal, n);
  const { diagonal, offDiagonal } = tridiagonal;
  iterate(diagonal, offDiagonal, rows);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[j]! - diagonal[i]!);
  const vectors = new Float64Array(n * n);
  order.forEach((from, to) => {
    vectors.set(rows.subarray(from * n, (from + 1) * n), to * n);
  });
  return { values: Float64Array.from(order, (i) => diagonal[i]!), vectors };
}

function checkSquare(what: string, a: Float64Array, n: number): void {
  if (a.length !== n * n) {
    throw new UserError(`${what}: got ${a.length} numbers, expected the ${n * n} of a ${n}×${n} matrix.`);
  }
  const bad = a.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new UserError(
      `${what}: entry [${Math.floor(bad / n)}, ${bad % n}] is ${a[bad]}; expected finite numbers.`,
    );
  }
}

/** Qᵀ, the product of the reflections, row after row. */
function transposedBasis({ reflections, scales }: Tridiagonal, n: number): Float64Array {
  const basis = new Float64Array(n * n);
  for (let i = 0; i < n; i++) basis[i * n + i] = 1;
  for (let j = n - 2; j >= 0; j--) {
    const [from, length, v] = [j + 1, n - j - 1, j * n + j + 1];
    for (let row = from; row < n; row++) {
      const at = row * n + from;
      const factor = scales[j]! * dot(basis, at, reflections, v, length);
      for (let k = 0; k < length; k++) basis[at + k]! -= factor * reflections[v + k]!;
    }
  }
  return basis;
}

/**
 * Eigenvalues, largest first, of a symmetric tridiagonal matrix: d on the diagonal, e[i] between d[i] and d[i + 1]; both are
 * overwritten. e has d's length, its last entry is not looked at.
 */
export function tridiagonalEigenvalues(d: Float64Array, e: Float64Array): Float64Array {
  iterate(d, e);
  return d.sort().reverse();
}

const patientSweeps = 30;
const mostSweeps = 90;

/**
 * Implicit QL with Wilkinson's shift: d becomes the eigenvalues in no order. `rows` [n, n], where given, are rotated along.
 * QL finds the eigenvalues at the start first, and keeps small ones accurate where they stand there.
 */
function iterate(d: Float64Array, e: Float64Array, rows?: Float64Array): void {
  const n = d.length;
  if (Math.abs(d[0]!) > Math.abs(d[n - 1]!)) reverse(d, e, rows);
  const floor = Number.EPSILON * sizeOf(d, e);
  for (let low = 0; low < n; low++) {
    for (let sweep = 0; ; sweep++) {
      // Where neighbours are themselves rounding errors of larger entries, no sweep makes them smaller.
      const high = firstSplit(d, e, low, sweep < patientSweeps ? 0 : floor);
      if (high === low) break;
      if (sweep === mostSweeps) {
        throw new Error(`eigenvalue ${low} of ${n} did not converge in ${mostSweeps} sweeps`);
      }
      sweepUp(d, e, low, high, rows);
    }
  }
}

/** The same matrix with its rows and columns in the opposite order. */
function reverse(d: Float64Array, e: Float64Array, rows?: Float64Array): void {
  const n = d.length;
  d.reverse();
  e.subarray(0, n - 1).reverse();
  if (!rows) return;
  for (let i = 0; i < n - 1 - i; i++) {
    const kept = rows.slice(i * n, (i + 1) * n);
    rows.copyWithin(i * n, (n - 1 - i) * n, (n - i) * n);
    rows.set(kept, (n - 1 - i) * n);
  }
}

/**
 * The first place from `low` on where the matrix falls apart. Measured against the neighbours, not the whole matrix: sizes may
 * differ widely, and an eigenvalue then changes by ε² of its larger neighbour at most.
 */
function firstSplit(d: Float64Array, e: Float64Array, low: number, floor: number): number {
  let at = low;
  for (; at < d.length - 1; at++) {
    const size = Math.abs(d[at]!) + Math.abs(d[at + 1]!);
    if (Math.abs(e[at]!) <= Math.max(floor, Number.EPSILON * size)) break;
  }
  return at;
}

/** max |dᵢ| + |eᵢ|. */
function sizeOf(d: Float64Array, e: Float64Array): number {
  let size = 0;
  for (let i = 0; i < d.length; i++) size = Math.max(size, Math.abs(d[i]!) + Math.abs(e[i]!));
  return size;
}

/** One QL sweep over d[low…high]. */
function sweepUp(d: Float64Array, e: Float64Array, low: number, high: number, rows?: Float64Array): void {
  const n = d.length;
  const half = (d[low + 1]! - d[low]!) / (2 * e[low]!);
  const root = Math.sqrt(half * half + 1);
  let g = d[high]! - d[low]! + e[low]! / (half + (half >= 0 ? root : -root));
  let [s, c, p] = [1, 1, 0];
  for (let i = high - 1; i >= low; i--) {
    const [f, b] = [s * e[i]!, c * e[i]!];
    const r = hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= p;
      e[high] = 0;
      return;
    }
    s = f / r;
    c = g / r;
    g = d[i + 1]! - p;
    const t = (d[i]! - g) * s + 2 * c * b;
    p = s * t;
    d[i + 1] = g + p;
    g = c * t - b;
    if (rows) rotate(rows, n, i, c, s);
  }
  d[low]! -= p;
  e[low] = g;
  e[high] = 0;
}

/** √(a² + b²); Math.hypot guards against overflow even where there is none, and takes ten times as long. */
export function hypot(a: number, b: number): number {
  const sum = a * a + b * b;
  return sum > 1e-280 && sum < 1e280 ? Math.sqrt(sum) : Math.hypot(a, b);
}

function rotate(rows: Float64Array, n: number, i: number, c: number, s: number): void {
  const at = i * n;
  for (let k = at; k < at + n; k++) {
    const x = rows[k]!;
    const y = rows[k + n]!;
    rows[k + n] = s * x + c * y;
    rows[k] = c * x - s * y;
  }
}
