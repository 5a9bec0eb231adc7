import { afterAll, describe, expect, test } from "vitest";
import { quality, relative, toFeatures } from "../../test/golden/metrics/quality.ts";
import { createRuntime } from "../runtime/index.ts";
import { fillNormal } from "../tensor/random/index.ts";
import { type Features, featuresOf } from "./features.ts";
import { featureKernels, kernelSums } from "./kernels.ts";
import {
  maximumMeanDiscrepancy,
  maximumMeanDiscrepancyMetric,
  medianDistance,
} from "./maximum-mean-discrepancy.ts";
import { createProducts, type Products } from "./products.ts";

const runtime = createRuntime({ device: "cpu" });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

const [real, fake, few] = [quality.features.real, quality.features.fake, quality.features.few].map(
  toFeatures,
);
const { gaussian, laplacian, rationalQuadratic, linear, polynomial, energy } = featureKernels;
const kernels = {
  gaussian: gaussian(3),
  mixture: gaussian(1, 2, 4),
  laplacian: laplacian(3),
  "rational quadratic": rationalQuadratic(0.2, 1, 5),
  linear: linear(),
  polynomial: polynomial(0.5, { degree: 4, offset: 2 }),
  energy: energy(),
};

describe.each(Object.entries(kernels))("%s", (name, kernel) => {
  test("agrees with NumPy, biased and unbiased, also for sets of two sizes", async () => {
    const golden = quality.mmd.kernels[name]!;
    const of = async (y: Features, estimator: "biased" | "unbiased") =>
      (await maximumMeanDiscrepancy(real!, y, products, { kernels: [kernel], estimator }))[0]!.value;
    expect(relative(await of(fake!, "unbiased"), golden.unbiased)).toBeLessThan(1e-11);
    expect(relative(await of(fake!, "biased"), golden.biased)).toBeLessThan(1e-11);
    expect(relative(await of(few!, "unbiased"), golden.few)).toBeLessThan(1e-11);
  });
});

test("all kernels at once give what each gives alone", async () => {
  const list = Object.values(kernels);
  const together = await maximumMeanDiscrepancy(real!, fake!, products, { kernels: list });
  for (const [i, kernel] of list.entries()) {
    const [alone] = await maximumMeanDiscrepancy(real!, fake!, products, { kernels: [kernel] });
    expect(together[i]!.value).toBeCloseTo(alone!.value, 12);
  }
});

test("torch-fidelity's rbf kernel", async () => {
  const [result] = await maximumMeanDiscrepancy(real!, fake!, products, { kernels: [gaussian(3)] });
  expect(relative(result!.value, quality.mmd["torch-fidelity rbf"])).toBeLessThan(1e-11);
});

test("the median distance is SciPy's, and the default bandwidth", async () => {
  const sigma = await medianDistance(real!, fake!, products);
  expect(relative(sigma, quality.mmd.median)).toBeLessThan(1e-12);
  const [byDefault] = await maximumMeanDiscrepancy(real!, fake!, products);
  const [given] = await maximumMeanDiscrepancy(real!, fake!, products, { kernels: [gaussian(sigma)] });
  expect(byDefault).toEqual(given);
});

test("the linear kernel, biased, is the squared distance of the means", async () => {
  const options = { kernels: [linear()], estimator: "biased" as const };
  const x = { data: Float64Array.of(1, 2, 3, 6), count: 2, dimensions: 2 }; // mean (2, 4)
  const zeros = { data: new Float64Array(4), count: 2, dimensions: 2 };
  expect((await maximumMeanDiscrepancy(x, zeros, products, options))[0]!.value).toBe(20);
  await expect(maximumMeanDiscrepancy(x, featuresOf([[0, 0]]), products, options)).rejects.toThrow(
    /mmd needs at least 2 examples, but the generated examples are 1/,
  );
});

test("sums over blocks are those over one block", async () => {
  const [n, d] = [2100, 2];
  const data = new Float64Array(fillNormal(new Float32Array(n * d), [1, 2]));
  const x = { data, count: n, dimensions: d };
  // Products made here, so that the sum below does not depend on the engine.
  const plain: Products = {
    ...products,
    outer: async (a, b) => {
      const out = new Float64Array(a.count * b.count);
      for (let i = 0; i < out.length; i++) {
        const [r, c] = [Math.floor(i / b.count), i % b.count];
        out[i] = a.data[2 * r]! * b.data[2 * c]! + a.data[2 * r + 1]! * b.data[2 * c + 1]!;
      }
      return out;
    },
  };
  const [sums] = await kernelSums(x, x, [gaussian(1)], plain);
  const copy = { ...x, data: data.slice() };
  const [other] = await kernelSums(x, copy, [gaussian(1)], products);
  for (let i = 0; i < n; i += 99) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const squared = (data[2 * i]! - data[2 * j]!) ** 2 + (data[2 * i + 1]! - data[2 * j + 1]!) ** 2;
      sum += Math.exp(-squared / 2);
    }
    for (const { rowSums, columnSums } of [sums!, other!]) {
      expect(relative(rowSums[i]!, sum)).toBeLessThan(1e-12);
      expect(relative(columnSums[i]!, sum)).toBeLessThan(1e-12);
    }
  }
  expect(sums!.diagonal.every((v) => v === 1)).toBe(true);
  expect(relative(sums!.squares, other!.squares)).toBeLessThan(1e-12);
});

test("the metric gives every kernel with its error; equal rows give discrepancies of about 0", async () => {
  const input = { real: real!, fake: toFeatures(quality.features.far), runtime, seed: 0 };
  const measured = await maximumMeanDiscrepancyMetric.measure(input);
  expect(measured.map(({ name }) => name)).toEqual([
    "mmd gaussian",
    "mmd gaussian mixture",
    "mmd laplacian",
    "mmd rational quadratic",
    "mmd energy",
  ]);
  for (const { value, standardError } of measured) expect(value).toBeGreaterThan(3 * standardError!);
  for (const { value } of await maximumMeanDiscrepancyMetric.measure({ ...input, fake: real! })) {
    expect(value).toBeLessThan(0);
  }
});

test("a bandwidth of 0 is explained", () => {
  expect(() => gaussian(0)).toThrow(/expected one or more positive numbers. A bandwidth of 0 means/);
});
