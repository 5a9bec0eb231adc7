import { describe, expect, test } from "vitest";
import { deriveKey, fillNormal } from "../../tensor/random/index.ts";
import {
  cholesky,
  singularValues,
  symmetricEigen,
  symmetricEigenvalues,
  tridiagonalEigenvalues,
} from "./index.ts";
import { transpose } from "./singular-values.ts";
import { multiplyRows } from "./stepwise.ts";

function normal(count: number): Float64Array {
  return Float64Array.from(fillNormal(new Float32Array(count), deriveKey("numeric", count)));
}

/** B·Bᵀ of rows [n, inner]. */
function gram(rows: Float64Array, inner: number): Float64Array {
  return multiplyRows({ left: rows, right: rows, inner });
}

function symmetric(n: number): Float64Array {
  const b = normal(n * n);
  return b.map((v, at) => v + b[(at % n) * n + Math.floor(at / n)]!);
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
}

describe("symmetricEigen", () => {
  // Around the sizes of blocks, and where nothing is left to reduce.
  test.each([1, 2, 3, 4, 5, 63, 64, 65, 66, 130])("A·v = λ·v, and vectors are orthonormal: n = %i", (n) => {
    const a = symmetric(n);
    const { values, vectors } = symmetricEigen(a, n);
    const images = multiplyRows({ left: vectors, right: a, inner: n });
    const scaled = vectors.map((v, at) => v * values[Math.floor(at / n)]!);
    expect(worst(images, scaled)).toBeLessThan(1e-13 * n);
    const identity = vectors.map((_, at) => (at % (n + 1) === 0 ? 1 : 0));
    expect(worst(gram(vectors, n), identity)).toBeLessThan(1e-13 * n);
    expect(worst(symmetricEigenvalues(a, n), values)).toBeLessThan(1e-13 * n);
    expect([...values]).toEqual([...values].sort((x, y) => y - x));
  });

  test("the second difference: 2 − 2 cos(kπ/(n + 1))", () => {
    const n = 60;
    const expected = Array.from({ length: n }, (_, k) => 2 + 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    const e = new Float64Array(n).fill(-1);
    expect(worst(tridiagonalEigenvalues(new Float64Array(n).fill(2), e), expected)).toBeLessThan(1e-14);
    const a = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      a[i * n + i] = 2;
      if (i > 0) a[i * n + i - 1] = -1;
    }
    expect(worst(symmetricEigenvalues(a, n), expected)).toBeLessThan(1e-13);
  });

  test("matrices that need no work: zeros, a multiple of the identity, a diagonal", () => {
    expect([...symmetricEigenvalues(new Float64Array(16), 4)]).toEqual([0, 0, 0, 0]);
    const seven = Float64Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? 7 : 0));
    expect([...symmetricEigenvalues(seven, 3)]).toEqual([7, 7, 7]);
    const { values, vectors } = symmetricEigen(Float64Array.of(1, 0, 0, 0, -3, 0, 0, 0, 2), 3);
    expect([...values]).toEqual([2, 1, -3]);
    expect(Array.from(vectors, Math.abs)).toEqual([0, 0, 1, 1, 0, 0, 0, 1, 0]);
  });

  test("small eigenvalues of a matrix that shrinks along its diagonal keep their digits", () => {
    // Hilbert-like: entries of order 10^−(i+j), determinant known.
    const n = 8;
    const a = Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return (i === j ? 2 : 1) * 10 ** -(i + j);
    });
    const values = symmetricEigenvalues(a, n);
    // det(D(I + 11ᵀ)D) = (1 + n)·10^(−n(n−1)).
    const logDeterminant = values.reduce((sum, v) => sum + Math.log(v), 0);
    expect(logDeterminant).toBeCloseTo(Math.log(1 + n) - n * (n - 1) * Math.log(10), 10);
  });

  test("says what is wrong", () => {
    expect(() => symmetricEigen(new Float64Array(5), 2)).toThrow(
      "symmetricEigen: got 5 numbers, expected the 4 of a 2×2 matrix.",
    );
    expect(() => symmetricEigenvalues(Float64Array.of(1, 0, Number.NaN, 1), 2)).toThrow(
      "symmetricEigenvalues: entry [1, 0] is NaN; expected finite numbers.",
    );
  });
});

describe("singularValues", () => {
  test.each([
    [1, 1],
    [1, 5],
    [7, 2],
    [30, 30],
    [61, 20],
  ])("are the roots of the eigenvalues of A·Aᵀ: %i×%i", (rows, columns) => {
    const a = normal(rows * columns);
    const squares = symmetricEigenvalues(gram(a, columns), rows).subarray(0, Math.min(rows, columns));
    expect(worst(singularValues(a, rows, columns), squares.map(Math.sqrt))).toBeLessThan(1e-10);
    expect(
      worst(singularValues(transpose(a, rows, columns), columns, rows), squares.map(Math.sqrt)),
    ).toBeLessThan(1e-10);
  });

  test("of a matrix of rank one: its length and zeros", () => {
    const a = Float64Array.from({ length: 12 * 9 }, (_, at) => (1 + Math.floor(at / 9)) * (1 + (at % 9)));
    const values = singularValues(a, 12, 9);
    expect(values[0]).toBeCloseTo(Math.sqrt(650 * 285), 9);
    expect(Math.max(...values.subarray(1))).toBeLessThan(1e-12);
  });

  test("of zeros are zeros", () => {
    expect([...singularValues(new Float64Array(12), 3, 4)]).toEqual([0, 0, 0]);
  });
});

describe("cholesky", () => {
  test.each([
    [1, 1],
    [40, 40],
    [128, 128],
    [129, 129],
    [150, 150],
    [300, 140],
    [90, 3],
  ])("L·Lᵀ of %i rows, rank %i", (n, rank) => {
    const a = gram(normal(n * rank), rank);
    const { rank: found, transposed, pivots } = cholesky(a, n);
    expect(found).toBe(rank);
    const l = transpose(transposed, found, n);
    expect(worst(gram(l, found), a)).toBeLessThan(1e-12 * n);
    // Triangular in the order of the pivots, with a falling diagonal.
    pivots.forEach((row, c) => {
      for (let later = c + 1; later < found; later++) expect(l[row * found + later]).toBe(0);
      if (c > 0)
        expect(l[row * found + c]).toBeLessThanOrEqual(l[pivots[c - 1]! * found + c - 1]! * (1 + 1e-12));
    });
  });

  test("of zeros has rank 0", () => {
    expect(cholesky(new Float64Array(9), 3).rank).toBe(0);
  });

  test("says what is not positive semi-definite", () => {
    expect(() => cholesky(Float64Array.of(1, 2, 2, 1), 2)).toThrow(
      "cholesky: the matrix is not positive semi-definite (a pivot is -3)",
    );
  });
});
