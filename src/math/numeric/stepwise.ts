/**
 * Matrix algorithms on plain float64 arrays that leave their large products to whoever runs them: a loop in this file, or a
 * device that multiplies faster.
 */

/** A product that an algorithm waits for: left·rightᵀ, rows of left against rows of right. */
export interface RowProduct {
  readonly left: Float64Array; // [rows, inner]
  readonly right: Float64Array; // [columns, inner]
  readonly inner: number;
  /** Only entries on and below the diagonal will be looked at. */
  readonly lower?: boolean;
}

/** An algorithm that yields the products it needs, takes each as [rows, columns], and returns its result. */
export type Stepwise<Result> = Generator<RowProduct, Result, Float64Array>;

/** Runs an algorithm with products computed here. */
export function runSteps<Result>(steps: Stepwise<Result>): Result {
  let next = steps.next();
  while (!next.done) next = steps.next(multiplyRows(next.value));
  return next.value;
}

/** left·rightᵀ, [rows, columns]; with `lower` entries above the diagonal may be anything. */
export function multiplyRows({ left, right, inner, lower = false }: RowProduct): Float64Array {
  const [rows, columns] = [left.length / inner, right.length / inner];
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    const end = lower ? Math.min(columns, i + 1) : columns;
    const a = i * inner;
    let j = 0;
    // Four sums at once: one row of the left operand is read for all of them.
    for (; j + 3 < end; j += 4) {
      const b0 = j * inner;
      const b1 = b0 + inner;
      const b2 = b1 + inner;
      const b3 = b2 + inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = 0; k < inner; k++) {
        const x = left[a + k]!;
        s0 += x * right[b0 + k]!;
        s1 += x * right[b1 + k]!;
        s2 += x * right[b2 + k]!;
        s3 += x * right[b3 + k]!;
      }
      const at = i * columns + j;
      out[at] = s0;
      out[at + 1] = s1;
      out[at + 2] = s2;
      out[at + 3] = s3;
    }
    for (; j < end; j++) out[i * columns + j] = dot(left, a, right, j * inner, inner);
  }
  return out;
}

/** Σ a[i + k]·b[j + k] over k < length; four sums, so that none waits for the one before. */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 3 < length; k += 4) {
    s0 += a[i + k]! * b[j + k]!;
    s1 += a[i + k + 1]! * b[j + k + 1]!;
    s2 += a[i + k + 2]! * b[j + k + 2]!;
    s3 += a[i + k + 3]! * b[j + k + 3]!;
  }
  for (; k < length; k++) s0 += a[i + k]! * b[j + k]!;
  return s0 + s1 + (s2 + s3);
}
