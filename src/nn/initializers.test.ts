import { describe, expect, test } from "vitest";
import { createStream, deriveKey } from "../tensor/random/index.ts";
import type { Shape } from "../tensor/shape.ts";
import {
  constant,
  fans,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  identity,
  lecunNormal,
  normal,
  ones,
  orthogonal,
  torchDefault,
  truncatedNormal,
  uniform,
  zeros,
} from "./initializers.ts";

const draw = (init: Initializer, shape: Shape, seed = 1): Float32Array =>
  init(shape, createStream(deriveKey(seed, "initializers.test")));

function moments(x: Float32Array): { mean: number; variance: number; largest: number } {
  const mean = x.reduce((s, v) => s + v, 0) / x.length;
  const variance = x.reduce((s, v) => s + (v - mean) ** 2, 0) / x.length;
  return { mean, variance, largest: x.reduce((m, v) => Math.max(m, Math.abs(v)), 0) };
}

describe("fans", () => {
  test.each([
    [[30, 7], {}, 30, 7],
    [[64, 3, 4, 5], {}, 60, 1280],
    [[64, 3, 4, 5], { transposed: true }, 1280, 60],
    [[8, 2, 3], {}, 6, 24],
    [[30, 7], { transposed: true }, 30, 7],
  ])("%j %j", (shape, options, fanIn, fanOut) => {
    expect(fans(shape, options)).toEqual({ fanIn, fanOut });
  });

  test("a bias has none", () => expect(() => fans([5])).toThrow(/\[5\] has no fan-in/));
});

const dense: Shape = [300, 200];
const kernel: Shape = [64, 32, 5, 5]; // fanIn 800, fanOut 1600
// Variance and, for bounded laws, the bound.
const laws: [string, Initializer, Shape, number, number?][] = [
  ["normal", normal({ std: 0.02 }), dense, 0.0004],
  ["uniform", uniform({ low: -3, high: 3 }), dense, 3, 3],
  ["truncatedNormal", truncatedNormal({ std: 0.5 }), dense, 0.25 * 0.7737413, 1],
  ["glorotUniform", glorotUniform(), dense, 2 / 500, Math.sqrt(6 / 500)],
  ["glorotNormal", glorotNormal({ gain: 2 }), kernel, 8 / 2400],
  ["heUniform", heUniform(), kernel, 2 / 800, Math.sqrt(6 / 800)],
  ["heNormal", heNormal(), dense, 2 / 300],
  ["heNormal fanOut, leaky", heNormal({ mode: "fanOut", slope: 0.2 }), kernel, 2 / 1.04 / 1600],
  ["heNormal transposed", heNormal({ transposed: true }), kernel, 2 / 1600],
  ["lecunNormal", lecunNormal(), dense, 1 / 300],
  ["torchDefault dense", torchDefault(), dense, 1 / 900, 1 / Math.sqrt(300)],
  ["torchDefault conv", torchDefault(), kernel, 1 / 2400, 1 / Math.sqrt(800)],
];

test.each(laws)("%s has its mean, variance and bound", (_, init, shape, variance, bound) => {
  const x = draw(init, shape);
  const found = moments(x);
  // Four standard errors; a normal's fourth moment gives the variance of the variance, 2σ⁴/n, and no law here has a larger.
  expect(Math.abs(found.mean)).toBeLessThan(4 * Math.sqrt(variance / x.length));
  expect(Math.abs(found.variance / variance - 1)).toBeLessThan(4 * Math.sqrt(2 / x.length));
  if (bound !== undefined) {
    expect(found.largest).toBeLessThanOrEqual(bound * (1 + 1e-7));
    expect(found.largest).toBeGreaterThan(0.999 * bound);
  }
});

test("means, constants and seeds", () => {
  expect(moments(draw(normal({ mean: 5 }), dense)).mean).toBeCloseTo(5, 1);
  expect([...draw(zeros, [2]), ...draw(ones, [2]), ...draw(constant(0.5), [1])]).toEqual([0, 0, 1, 1, 0.5]);
  expect(draw(heNormal(), dense, 1)).toEqual(draw(heNormal(), dense, 1));
  expect(draw(heNormal(), dense, 1)).not.toEqual(draw(heNormal(), dense, 2));
  expect(() => truncatedNormal({ cut: 0 })).toThrow(/cut is 0/);
});

test.each([[[40, 40]], [[20, 70]], [[70, 20]], [[16, 3, 3, 3]], [[64, 2, 3, 3]]])(
  "orthogonal %j has orthonormal rows or columns, scaled by the gain",
  (shape) => {
    const [rows, columns] = [shape[0]!, shape.slice(1).reduce((n, d) => n * d, 1)];
    const w = draw(orthogonal({ gain: 1.5 }), shape);
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const at = (v: number, j: number): number =>
      rows <= columns ? w[v * columns + j]! : w[j * columns + v]!;
    for (let a = 0; a < count; a++) {
      for (let b = 0; b <= a; b++) {
        let product = 0;
        for (let j = 0; j < length; j++) product += at(a, j) * at(b, j);
        // Entries are rounded to float32: at most 2⁻²⁴ relative each, so 2·2⁻²⁴·gain² for the product of two columns.
        expect(Math.abs(product - (a === b ? 2.25 : 0))).toBeLessThan(2.25 * 2 ** -23);
      }
    }
  },
);

test("orthogonal has no preferred sign: the diagonal's mean is 0", () => {
  const w = draw(orthogonal(), [200, 200]);
  const diagonal = Array.from({ length: 200 }, (_, i) => w[201 * i]!);
  const mean = diagonal.reduce((s, v) => s + v, 0) / 200;
  expect(Math.abs(mean)).toBeLessThan(4 / 200); // entries have variance 1/200
});

test("identity is the identity, and the middle tap of a convolution", () => {
  expect([...draw(identity({ gain: 2 }), [2, 3])]).toEqual([2, 0, 0, 0, 2, 0]);
  expect([...draw(identity(), [2, 2, 3])]).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);
  expect(() => draw(identity(), [3])).toThrow(/no diagonal/);
});
