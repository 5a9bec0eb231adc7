import { afterAll, describe, expect, test } from "vitest";
import { createRuntime } from "../runtime/index.ts";
import { deriveKey, fillNormal } from "../tensor/random/index.ts";
import { type Features, featuresOf } from "./features.ts";
import { distanceOf } from "./neighbors.ts";
import { expectedCoverage, precisionRecall } from "./precision-recall.ts";
import { createProducts } from "./products.ts";

const runtime = createRuntime({ device: "cpu", threads: 2 });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

function normal(name: string, count: number, dimensions: number, scale = 1): Features {
  const data = fillNormal(new Float32Array(count * dimensions), deriveKey(name)).map((v) => v * scale);
  return { data, count, dimensions };
}

/** The definitions, pair by pair. */
function byDefinition(real: Features, fake: Features, k: number) {
  const radii = (set: Features) =>
    Array.from({ length: set.count }, (_, i) => {
      const others = Array.from({ length: set.count }, (_, j) => distanceOf(set, i, set, j));
      return others.filter((_, j) => j !== i).sort((a, b) => a - b)[k - 1]!;
    });
  const [r, f] = [radii(real), radii(fake)];
  let [density, hit] = [0, 0];
  const [inReal, inFake] = [new Set<number>(), new Set<number>()];
  for (let i = 0; i < real.count; i++) {
    let hits = 0;
    for (let j = 0; j < fake.count; j++) {
      const distance = distanceOf(real, i, fake, j);
      if (distance < r[i]!) {
        hits++;
        inReal.add(j);
      }
      if (distance < f[j]!) inFake.add(i);
    }
    density += hits / (k * fake.count);
    if (hits > 0) hit++;
  }
  const [n, m] = [real.count, fake.count];
  return { precision: inReal.size / m, recall: inFake.size / n, density, coverage: hit / n };
}

describe("precisionRecall", () => {
  const [real, fake] = [featuresOf([[0], [1], [2], [3]]), featuresOf([[0], [1], [2], [10]])];

  test("four points on a line: the surface is outside, as in prdc", async () => {
    const { outliers, ...values } = await precisionRecall(real, fake, { products, k: 1 });
    expect(values).toEqual({ precision: 0.75, recall: 1, density: 0.75, coverage: 0.75 });
    expect([...outliers.fake]).toEqual([3]);
    expect([...outliers.real]).toEqual([]);
  });

  test("four points on a line: the surface is inside where asked", async () => {
    const { outliers, ...values } = await precisionRecall(real, fake, { products, k: 1, inclusive: true });
    expect(values).toEqual({ precision: 0.75, recall: 1, density: 2, coverage: 1 });
    expect([...outliers.fake]).toEqual([3]);
  });

  test.each([
    [3, 60, 80],
    [150, 90, 70], // in single precision first
  ])("is what the definitions say: %i dimensions", async (dimensions, n, m) => {
    const [a, b] = [normal("a", n, dimensions), normal("b", m, dimensions, 0.9)];
    const { outliers, ...values } = await precisionRecall(a, b, { products, k: 3, blockRows: 32 });
    const expected = byDefinition(a, b, 3);
    expect(values.density).toBeCloseTo(expected.density, 9);
    expect({ ...values, density: 0 }).toEqual({ ...expected, density: 0 });
    expect(outliers.fake.length).toBe(Math.round((1 - expected.precision) * m));
  });

  test("a narrow generator is precise and misses much, and not the other way round", async () => {
    const [wide, narrow] = [normal("wide", 200, 16, 3), normal("narrow", 200, 16, 0.1)];
    const { precision, recall } = await precisionRecall(wide, narrow, { products, k: 3, inclusive: true });
    expect(precision).toBeGreaterThan(0.8);
    expect(recall).toBeLessThan(0.3);
  });

  test("coverage and density of equal distributions are what they are expected to be", async () => {
    const [a, b] = [normal("one", 2000, 4), normal("two", 2000, 4)];
    const { coverage, density } = await precisionRecall(a, b, { products });
    // Binomial errors are 0.004; balls overlap, so twice that is taken for one standard error.
    expect(Math.abs(coverage - expectedCoverage(2000, 2000, 5))).toBeLessThan(0.02);
    expect(Math.abs(density - 1)).toBeLessThan(0.06);
    expect(expectedCoverage(10_000, 10_000, 5)).toBeCloseTo(0.96877, 4);
  });

  test("a generator that makes one picture only", async () => {
    const a = normal("real", 40, 130);
    const one = { data: new Float32Array(40 * 130).fill(0.1), count: 40, dimensions: 130 };
    const { precision, recall, density } = await precisionRecall(a, one, { products });
    expect([precision, recall]).toEqual([1, 0]);
    expect(density).toBeGreaterThan(0);
  });

  test("says how many examples it needs", async () => {
    await expect(precisionRecall(real, fake, { products })).rejects.toThrow(
      "prdc needs at least 6 examples, but the real examples are 4",
    );
  });
});
