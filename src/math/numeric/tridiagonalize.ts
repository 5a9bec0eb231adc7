/** Householder reduction of a symmetric matrix to tridiagonal form, blocked as LAPACK's dsytrd is. */
import { dot, type Stepwise } from "./stepwise.ts";

export interface Tridiagonal {
  readonly diagonal: Float64Array; // [n]
  /** offDiagonal[i] lies between diagonal[i] and diagonal[i + 1]; the last is 0. */
  readonly offDiagonal: Float64Array; // [n]
  /** Row j holds, right of the diagonal, the vector v of the reflection I − scales[j]·v·vᵀ. */
  readonly reflections: Float64Array; // [n, n]
  readonly scales: Float64Array; // [n]
}

/** State of one block of columns: the update that the rest of the matrix still waits for is −V·Wᵀ − W·Vᵀ. */
interface Block {
  readonly v: Float64Array[];
  readonly w: Float64Array[];
}

const blockColumns = 64;

/**
 * T = Qᵀ·A·Q of the symmetric matrix in the lower triangle of `a` [n, n], which is overwritten. Half of the arithmetic is in
 * products that are yielded, half in products of the matrix and one vector, which read its lower triangle once.
 */
export function* tridiagonalSteps(a: Float64Array, n: number): Stepwise<Tridiagonal> {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const scales = new Float64Array(n);
  const scratch = new Float64Array(n);
  const pool = Array.from({ length: 2 * blockColumns }, () => new Float64Array(n));
  for (let start = 0; start < n; start += blockColumns) {
    const end = Math.min(n, start + blockColumns);
    const block: Block = { v: [], w: [] };
    for (let j = start; j < end; j++) {
      const column = currentColumn(a, n, j, block, pool[2 * (j - start)]!);
      diagonal[j] = column[j]!;
      if (j === n - 1) break;
      const { beta, scale } = reflect(column, j + 1);
      offDiagonal[j] = beta;
      scales[j] = scale;
      column.fill(0, 0, j + 1);
      a.set(column.subarray(j + 1), j * n + j + 1);
      block.w.push(companion(a, n, j + 1, column, scale, block, pool[2 * (j - start) + 1]!, scratch));
      block.v.push(column);
    }
    const changed = scales.subarray(start, end).some((scale) => scale !== 0);
    if (end < n && changed) yield* updateRest(a, n, end, block);
  }
  return { diagonal, offDiagonal, reflections: a, scales };
}

/** Column j of the matrix with the block's reflections so far applied; rows from j on. */
function currentColumn(
  a: Float64Array,
  n: number,
  j: number,
  { v, w }: Block,
  column: Float64Array,
): Float64Array {
  for (let i = j; i < n; i++) column[i] = a[i * n + j]!;
  v.forEach((vc, c) => {
    const wc = w[c]!;
    const [wj, vj] = [wc[j]!, vc[j]!];
    for (let i = j; i < n; i++) column[i]! -= vc[i]! * wj + wc[i]! * vj;
  });
  return column;
}

/** Turns x[first…] into the v of a reflection that sends it to β·e₁, with v₁ = 1. */
export function reflect(x: Float64Array, first: number): { beta: number; scale: number } {
  let largest = 0;
  for (let i = first + 1; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]!));
  const head = x[first]!;
  x[first] = 1;
  if (largest === 0) return { beta: head, scale: 0 };
  largest = Math.max(largest, Math.abs(head));
  let sum = (head / largest) ** 2;
  for (let i = first + 1; i < x.length; i++) sum += (x[i]! / largest) ** 2;
  const beta = (head > 0 ? -1 : 1) * largest * Math.sqrt(sum);
  for (let i = first + 1; i < x.length; i++) x[i]! /= head - beta;
  return { beta, scale: (beta - head) / beta };
}

/** w with H·A·H = A − v·wᵀ − w·vᵀ, for A as the block's earlier reflections leave it. */
function companion(
  a: Float64Array,
  n: number,
  first: number,
  v: Float64Array,
  scale: number,
  block: Block,
  w: Float64Array,
  scratch: Float64Array,
): Float64Array {
  if (scale === 0) return w.fill(0);
  symmetricTimes(a, n, first, v, w, scratch);
  const length = n - first;
  block.v.forEach((vc, c) => {
    const wc = block.w[c]!;
    const byW = dot(wc, first, v, first, length);
    const byV = dot(vc, first, v, first, length);
    for (let i = first; i < n; i++) w[i]! -= vc[i]! * byW + wc[i]! * byV;
  });
  const half = 0.5 * scale * scale * dot(w, first, v, first, length);
  for (let i = first; i < n; i++) w[i] = scale * w[i]! - half * v[i]!;
  return w;
}

/**
 * out = A·v over rows and columns from `first` on. Each entry of the lower triangle is read once and serves both its own place
 * and the mirrored one; four rows at once, so that out and v are loaded a quarter as often.
 */
function symmetricTimes(
  a: Float64Array,
  n: number,
  first: number,
  v: Float64Array,
  out: Float64Array,
  mirrored: Float64Array,
): void {
  mirrored.fill(0);
  let i = first;
  for (; i + 3 < n; i += 4) {
    const r0 = i * n;
    const r1 = r0 + n;
    const r2 = r1 + n;
    const r3 = r2 + n;
    const v0 = v[i]!;
    const v1 = v[i + 1]!;
    const v2 = v[i + 2]!;
    const v3 = v[i + 3]!;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let j = first; j < i; j++) {
      const a0 = a[r0 + j]!;
      const a1 = a[r1 + j]!;
      const a2 = a[r2 + j]!;
      const a3 = a[r3 + j]!;
      const vj = v[j]!;
      s0 += a0 * vj;
      s1 += a1 * vj;
      s2 += a2 * vj;
      s3 += a3 * vj;
      mirrored[j]! += a0 * v0 + a1 * v1 + (a2 * v2 + a3 * v3);
    }
    out[i] = s0;
    out[i + 1] = s1;
    out[i + 2] = s2;
    out[i + 3] = s3;
    for (let row = i; row < i + 4; row++) corner(a, n, row, i, v, out, mirrored);
  }
  for (; i < n; i++) {
    out[i] = 0;
    corner(a, n, i, first, v, out, mirrored);
  }
  for (let j = first; j < n; j++) out[j]! += mirrored[j]!;
}

/** Row `row` from column `from` to the diagonal. */
function corner(
  a: Float64Array,
  n: number,
  row: number,
  from: number,
  v: Float64Array,
  out: Float64Array,
  mirrored: Float64Array,
): void {
  const start = row * n;
  const vRow = v[row]!;
  let sum = 0;
  for (let j = from; j < row; j++) {
    const value = a[start + j]!;
    sum += value * v[j]!;
    mirrored[j]! += value * vRow;
  }
  out[row]! += sum + a[start + row]! * vRow;
}

function* updateRest(a: Float64Array, n: number, end: number, { v, w }: Block): Stepwise<void> {
  const rows = n - end;
  const inner = 2 * v.length;
  const left = new Float64Array(rows * inner);
  const right = new Float64Array(rows * inner);
  v.forEach((vc, c) => {
    const wc = w[c]!;
    for (let i = 0; i < rows; i++) {
      const at = i * inner + 2 * c;
      left[at] = right[at + 1] = vc[end + i]!;
      left[at + 1] = right[at] = wc[end + i]!;
    }
  });
  const product = yield { left, right, inner, lower: true };
  for (let i = 0; i < rows; i++) {
    const to = (end + i) * n + end;
    for (let j = 0; j <= i; j++) a[to + j]! -= product[i * rows + j]!;
  }
}
