import { afterAll, describe, expect, test } from "vitest";
import { quality, relative, toFeatures } from "../../test/golden/metrics/quality.ts";
import { createRuntime } from "../runtime/index.ts";
import { createStream, deriveKey } from "../tensor/random/index.ts";
import { type Features, featuresOf } from "./features.ts";
import { kernelDistance } from "./kernel-distance.ts";
import { createProducts } from "./products.ts";
import { deviationOf } from "./summary.ts";

const runtime = createRuntime({ device: "cpu" });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

const [real, fake, few] = [quality.features.real, quality.features.fake, quality.features.few].map(
  toFeatures,
);

function normals(count: number, dimensions: number, ...key: (number | string)[]): Features {
  const data = createStream(deriveKey(...key)).normal(new Float32Array(count * dimensions));
  return { data, count, dimensions };
}

test("the worked example: unbiased −2.375, biased 0.5625", async () => {
  const [x, y] = [{ data: Float64Array.of(1, 0, 0, 1) }, { data: Float64Array.of(1, 1, 0, 0) }].map(
    ({ data }) => ({ data, count: 2, dimensions: 2 }),
  ) as [Features, Features];
  const of = async (estimator: "unbiased" | "biased") =>
    (await kernelDistance(x, y, products, { estimator, subsets: "all" })).value;
  expect(await of("unbiased")).toBe(-2.375);
  expect(await of("biased")).toBe(0.5625);
});

describe("torch-fidelity", () => {
  const { kid } = quality;

  test("the subsets that it draws", async () => {
    const golden = kid["torch-fidelity subsets"];
    const { value, deviation, estimates } = await kernelDistance(real!, fake!, products, {
      subsets: golden.rows,
    });
    expect(estimates.length).toBe(6);
    expect(relative(value, golden.value)).toBeLessThan(1e-12);
    expect(relative(deviation, golden.deviation)).toBeLessThan(1e-12);
  });

  test("all rows, another polynomial, the other estimators", async () => {
    const of = async (options: Parameters<typeof kernelDistance>[3]) =>
      (await kernelDistance(real!, fake!, products, { subsets: "all", ...options })).value;
    const other = { degree: 2, gamma: 0.5, offset: 0.25 };
    expect(relative(await of({}), kid["torch-fidelity all"].value)).toBeLessThan(1e-12);
    expect(relative(await of(other), kid["torch-fidelity other kernel"].value)).toBeLessThan(1e-12);
    const [biased, paired] = [await of({ estimator: "biased" }), await of({ estimator: "u-statistic" })];
    expect(relative(biased, kid["torch-fidelity biased"])).toBeLessThan(1e-12);
    expect(relative(paired, kid["torch-fidelity u-statistic"])).toBeLessThan(1e-12);
  });
});

test("clean-fid: subsets as large as the smaller set", async () => {
  const { rows, value } = quality.kid["clean-fid"];
  const result = await kernelDistance(real!, few!, products, { subsets: rows });
  expect(relative(result.value, value)).toBeLessThan(1e-12);
});

test("the mean over subsets of given rows is that of all rows where each is the whole", async () => {
  const all = await kernelDistance(real!, fake!, products, { subsets: "all" });
  const drawn = await kernelDistance(real!, fake!, products); // 40 rows are fewer than 1,000
  expect(drawn).toEqual(all);
  expect(all.estimates.length).toBe(1);
});

test("the seed decides the subsets, and nothing else", async () => {
  const of = (seed: number) => kernelDistance(real!, fake!, products, { subsets: 5, subsetSize: 10, seed });
  expect(await of(1)).toEqual(await of(1));
  expect((await of(1)).value).not.toBe((await of(2)).value);
});

// The spread over 60 pairs of sets is itself off by up to a quarter. For equal distributions the error is somewhat too large:
// the part of single rows is 0 there, but its estimate is never negative.
test.each([
  ["equal distributions, all rows", 0, "all"],
  ["a shift, all rows", 0.5, "all"],
  ["equal distributions, subsets", 0, 10],
  ["a shift, subsets", 0.5, 10],
] as const)("the standard error tells how the value varies: %s", async (_, shift, subsets) => {
  const [values, errors]: [number[], number[]] = [[], []];
  for (let i = 0; i < 60; i++) {
    const x = normals(120, 4, "x", i);
    const y = normals(150, 4, "y", i);
    for (let at = 0; at < y.data.length; at += 4) y.data[at]! += shift;
    const result = await kernelDistance(x, y, products, { subsets, subsetSize: 60, seed: i });
    values.push(result.value);
    errors.push(result.standardError);
  }
  const typical = Math.sqrt(errors.reduce((sum, e) => sum + e * e, 0) / errors.length);
  const ratio = typical / deviationOf(values);
  expect(ratio).toBeGreaterThan(0.7);
  expect(ratio).toBeLessThan(1.4);
});

test.each([
  ["rows of two lengths", featuresOf([[1], [2]]), /real examples have 12 features and generated ones 1/],
  ["one row", featuresOf([new Array(12).fill(0)]), /kid needs at least 2 examples, but the generated/],
  ["a NaN", featuresOf([new Array(12).fill(0), new Array(12).fill(Number.NaN)]), /example 1 .* is NaN/],
])("%s is refused", async (_, wrong, message) => {
  await expect(kernelDistance(real!, wrong, products)).rejects.toThrow(message);
});
