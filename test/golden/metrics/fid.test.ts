import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { lineInInverse } from "../../../src/metrics/frechet-infinity.ts";
import {
  createProducts,
  type Features,
  featuresOf,
  frechetDistance,
  frechetDistanceOfStatistics,
  statisticsOf,
} from "../../../src/metrics/index.ts";
import { createRuntime } from "../../../src/runtime/index.ts";
import { type TableOptions, table } from "./tables.ts";

interface Case {
  readonly name: string;
  readonly real: TableOptions;
  readonly fake: TableOptions;
  readonly mean: readonly number[];
  readonly covariance: readonly (readonly number[])[];
  readonly rows: readonly number[];
  readonly exact: number;
  readonly exact0: number;
  readonly sqrtm: number;
  readonly sqrtm0: number;
  readonly eigvals: number;
}

const golden: {
  readonly cases: readonly Case[];
  readonly negative: { real: number[][]; fake: number[][]; exact: number };
  readonly line: {
    sizes: number[];
    distances: number[];
    value: number;
    standardError: number;
    slope: number;
  };
} = JSON.parse(readFileSync(new URL("fid.json", import.meta.url), "utf8"));

const runtime = createRuntime({ device: "cpu", threads: 2 });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

/** |a − b| of the larger of b and `scale`. */
function relative(a: number, b: number, scale = 0): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(b), scale);
}

describe.each(golden.cases)("$name", (golden) => {
  const [real, fake] = [table(golden.real), table(golden.fake)];

  test("mean and covariance are NumPy's to 1e-9", async () => {
    const { mean, covariance } = await statisticsOf(real, { products });
    const deviations = mean.map((_, i) => Math.sqrt(covariance[i * mean.length + i]!));
    golden.mean.forEach((value, i) => {
      expect(relative(mean[i]!, value, deviations[i])).toBeLessThan(1e-9);
    });
    golden.rows.forEach((row, r) => {
      golden.covariance[r]!.forEach((value, column) => {
        const got = covariance[row * mean.length + column]!;
        expect(relative(got, value, deviations[row]! * deviations[column]!)).toBeLessThan(1e-9);
      });
    });
  });

  test("the distance is that of singular values of the rows", async () => {
    expect(relative((await frechetDistance(real, fake, { products })).value, golden.exact)).toBeLessThan(
      1e-6,
    );
  });

  test("the distance is pytorch-fid's and torch-fidelity's", async () => {
    const { value } = await frechetDistance(real, fake, { products });
    expect(relative(value, golden.sqrtm)).toBeLessThan(1e-6);
    expect(relative(value, golden.eigvals)).toBeLessThan(1e-6);
  });

  test("with ddof 0 it is that of StyleGAN's metrics", async () => {
    const { value } = await frechetDistance(real, fake, { products, ddof: 0 });
    expect(relative(value, golden.exact0)).toBeLessThan(1e-6);
    expect(relative(value, golden.sqrtm0)).toBeLessThan(1e-6);
  });

  test("statistics at hand give the same distance as the rows", async () => {
    const [a, b] = [await statisticsOf(real, { products }), await statisticsOf(fake, { products })];
    const { value } = await frechetDistanceOfStatistics(a, b, { products });
    expect(relative(value, golden.exact)).toBeLessThan(1e-6);
  });

  test("equal sets are at distance 0, and sides may change places", async () => {
    const { value, covariances } = await frechetDistance(real, fake, { products });
    const same = await frechetDistance(fake, fake, { products });
    expect(same.value).toBeLessThan(1e-9 * Math.max(1, covariances));
    expect(relative((await frechetDistance(fake, real, { products })).value, value)).toBeLessThan(1e-6);
  });
});

test("four rows of four features, where eigenvalues of Σ₁Σ₂ round below zero, give a number", async () => {
  const { real, fake, exact } = golden.negative;
  const { value } = await frechetDistance(featuresOf(real), featuresOf(fake), { products });
  expect(relative(value, exact)).toBeLessThan(1e-6);
});

test("pixels of one black, one grey and one white picture: mean ½, covariances all ¼", async () => {
  const pictures: Features = featuresOf([0, 0.5, 1].map((v) => Array(48).fill(v)));
  const { mean, covariance } = await statisticsOf(pictures, { products });
  expect(new Set(mean)).toEqual(new Set([0.5]));
  expect(new Set(covariance)).toEqual(new Set([0.25]));
});

test("the line of FID∞ is SciPy's", () => {
  const { sizes, distances, ...expected } = golden.line;
  const got = lineInInverse(sizes, distances);
  for (const key of ["value", "standardError", "slope"] as const) {
    expect(relative(got[key], expected[key])).toBeLessThan(1e-9);
  }
});
