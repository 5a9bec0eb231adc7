import { afterAll, describe, expect, test } from "vitest";
import { quality, relative, toFeatures } from "../../test/golden/metrics/quality.ts";
import { createRuntime } from "../runtime/index.ts";
import { fillNormal } from "../tensor/random/index.ts";
import type { Features } from "./features.ts";
import { createProducts } from "./products.ts";
import { randomDirections, slicedWasserstein, transportCost } from "./sliced-wasserstein.ts";

const runtime = createRuntime({ device: "cpu" });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

function normals(count: number, dimensions: number, key: number): Features {
  return { data: fillNormal(new Float32Array(count * dimensions), [key, 77]), count, dimensions };
}

describe("of given directions", () => {
  const { sliced, features } = quality;
  const directions = toFeatures(sliced.directions);

  test.each([
    ["order 1", 1, "fake"],
    ["order 2", 2, "fake"],
    ["few, order 1", 1, "few"],
    ["few, order 2", 2, "few"],
  ] as const)("%s agrees with NumPy and SciPy", async (name, order, other) => {
    const { value } = await slicedWasserstein(
      toFeatures(features.real),
      toFeatures(features[other]),
      products,
      { order, directions },
    );
    expect(relative(value, sliced[name])).toBeLessThan(1e-12);
  });
});

test("directions have length 1 and no preferred side", () => {
  const { data } = randomDirections(4000, 3, 5);
  const sums = [0, 0, 0];
  for (let i = 0; i < 4000; i++) {
    const row = data.subarray(3 * i, 3 * i + 3);
    expect(Math.hypot(...row)).toBeCloseTo(1, 12);
    row.forEach((v, d) => {
      sums[d]! += v;
    });
  }
  // Each coordinate has variance 1/3.
  for (const sum of sums) expect(Math.abs(sum)).toBeLessThan(4 * Math.sqrt(4000 / 3));
});

test("a shift by μ gives ‖μ‖²/d, within four standard errors; equal rows give 0", async () => {
  const x = normals(300, 5, 1);
  const y = { ...x, data: x.data.map((v, i) => v + (i % 5 === 2 ? 3 : 0)) };
  const { value, standardError } = await slicedWasserstein(x, y, products, { projections: 2000, seed: 1 });
  expect(Math.abs(value - 3 / Math.sqrt(5))).toBeLessThan(4 * standardError);
  expect(standardError).toBeLessThan(0.03);
  expect((await slicedWasserstein(x, x, products)).value).toBe(0);
});

test("N(0, I) against N(0, 4I): near 1, whatever the dimension", async () => {
  const [x, y] = [normals(20_000, 8, 1), normals(20_000, 8, 2)];
  const wide = { ...y, data: y.data.map((v) => 2 * v) };
  const { value } = await slicedWasserstein(x, wide, products, { projections: 64 });
  expect(value).toBeCloseTo(1, 1);
});

test("sets of two sizes are the same as with every sample as often as makes them equal", () => {
  const [x, y] = [Float64Array.of(-1, 0, 4), Float64Array.of(1, 2)];
  const often = [Float64Array.of(-1, -1, 0, 0, 4, 4), Float64Array.of(1, 1, 1, 2, 2, 2)] as const;
  for (const order of [1, 2] as const) {
    expect(transportCost(x, y, order)).toBeCloseTo(transportCost(...often, order), 14);
    expect(transportCost(y, x, order)).toBeCloseTo(transportCost(...often, order), 14);
  }
});
