import { expect, test } from "vitest";
import { type LatentSpec, linear, seededLatents, spherical } from "./latents.ts";

const normal: LatentSpec = { shape: [2, 3], distribution: "normal", scale: 1, shift: 0 };
const length = (v: Float32Array): number => Math.hypot(...v);

test("vector i depends on the seed and i alone", () => {
  const all = seededLatents(normal, 7, 0, 10);
  expect(seededLatents(normal, 7, 4, 3)).toEqual(all.slice(4 * 6, 7 * 6));
  expect(seededLatents(normal, 8, 0, 1)).not.toEqual(all.slice(0, 6));
  expect(new Set(all).size).toBe(60);
});

test("scale and shift make the numbers of the prior", () => {
  const uniform = seededLatents({ ...normal, distribution: "uniform", scale: 2, shift: -1 }, 1, 0, 1000);
  expect(Math.min(...uniform)).toBeGreaterThan(-1);
  expect(Math.min(...uniform)).toBeLessThan(-0.99);
  expect(Math.max(...uniform)).toBeGreaterThan(0.99);
  expect(Math.max(...uniform)).toBeLessThan(1);
  const plain = seededLatents(normal, 1, 0, 1);
  const moved = seededLatents({ ...normal, scale: 3, shift: 2 }, 1, 0, 1);
  moved.forEach((v, i) => {
    expect(v).toBeCloseTo(3 * plain[i]! + 2, 5);
  });
});

test("the great circle: ends, quarter turn, length", () => {
  const [a, b] = [Float32Array.of(2, 0), Float32Array.of(0, 4)];
  expect([...spherical(a, b, 0)]).toEqual([2, 0]);
  expect(spherical(a, b, 1)[1]).toBeCloseTo(4, 6);
  const half = spherical(a, b, 0.5);
  expect(half[0]).toBeCloseTo(half[1]!, 6);
  expect(length(half)).toBeCloseTo(3, 6);
});

test("no place on the way is farther out than its ends, also between nearly opposite vectors", () => {
  const [a, b] = [Float32Array.of(1, 0), Float32Array.of(-2, 0.001)];
  for (let t = 0; t <= 1; t += 0.1) expect(length(spherical(a, b, t))).toBeCloseTo(1 + t, 3);
});

test("vectors of one direction, opposite ones and nought take the straight line", () => {
  const a = Float32Array.of(1, 2);
  for (const b of [Float32Array.of(2, 4), Float32Array.of(-1, -2), Float32Array.of(0, 0)])
    expect(spherical(a, b, 0.25)).toEqual(linear(a, b, 0.25));
});
