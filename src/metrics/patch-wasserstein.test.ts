import { afterAll, expect, test } from "vitest";
import { quality, toImages } from "../../test/golden/metrics/quality.ts";
import { createRuntime } from "../runtime/index.ts";
import { fillUniform } from "../tensor/random/index.ts";
import { laplacianPyramid } from "./laplacian-pyramid.ts";
import type { Images } from "./metric.ts";
import { patchWasserstein } from "./patch-wasserstein.ts";
import { createProducts } from "./products.ts";

const runtime = createRuntime({ device: "cpu" });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

function noise(count: number, channels: number, size: number, key: number): Images {
  const data = fillUniform(new Float32Array(count * channels * size * size), [key, 3]);
  return { data: data.map((v) => 2 * v - 1), shape: [count, channels, size, size] };
}

test("the pyramid is SciPy's", () => {
  const { pictures, levels } = quality.pyramid;
  const got = laplacianPyramid(toImages(pictures), 4);
  expect(got.map(({ shape }) => shape)).toEqual(levels.map(({ shape }) => shape));
  got.forEach(({ data }, level) => {
    data.forEach((v, i) => {
      expect(Math.abs(v - levels[level]!.data[i]!)).toBeLessThan(1e-6);
    });
  });
});

test.each([
  [28, [28, 14]],
  [32, [32, 16]],
  [64, [64, 32, 16]],
  [15, [15]],
])("pictures of %i pixels have levels %j", (size, sizes) => {
  expect(laplacianPyramid(noise(1, 1, size, 1)).map(({ shape }) => shape[2])).toEqual(sizes);
});

test("noise is near other noise, and far from pictures of one brightness each; twice gives the same", async () => {
  const options = { patches: 16, projections: 64 };
  const [a, b] = [noise(60, 3, 28, 1), noise(60, 3, 28, 2)];
  const flat = { ...b, data: b.data.map((_, i) => b.data[i - (i % (3 * 784))]!) };
  const near = await patchWasserstein(a, b, products, options);
  const far = await patchWasserstein(a, flat, products, options);
  expect(near.map(({ size }) => size)).toEqual([28, 14]);
  expect(far[1]!.value).toBeGreaterThan(5 * near[1]!.value);
  expect(await patchWasserstein(a, b, products, options)).toEqual(near);
});

test("pictures of two sizes, and too small ones, are refused", async () => {
  await expect(patchWasserstein(noise(2, 1, 28, 1), noise(2, 1, 32, 1), products)).rejects.toThrow(
    /pictures are \[2, 1, 28, 28\] and \[2, 1, 32, 32\]/,
  );
  await expect(patchWasserstein(noise(2, 1, 6, 1), noise(2, 1, 6, 1), products)).rejects.toThrow(
    /no patch of 7×7/,
  );
});
