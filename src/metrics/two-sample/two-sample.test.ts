import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createRuntime } from "../../runtime/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { type Features, featuresOf } from "../features.ts";
import {
  compareSamples,
  energyDistanceTest,
  friedmanRafskyTest,
  kolmogorovExact,
  kolmogorovLimit,
  kolmogorovSmirnovTest,
  maximumMeanDiscrepancyTest,
  meanDifferenceTest,
  nearestNeighborTest,
  neighborClassifierTest,
  neuralClassifierTest,
  type TwoSampleTest,
  twoSampleTests,
  varianceDifferenceTest,
} from "./index.ts";

// SciPy's numbers (test/golden/metrics/two_sample.py).
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/metrics/two-sample.json", import.meta.url), "utf8"),
);
const column = (values: number[]): Features => featuresOf(values.map((v) => [v]));
const draw = (
  seed: number,
  side: string,
  count: number,
  dimensions: number,
  make = (z: number) => z,
): Features => ({
  data: Float64Array.from(
    createStream(deriveKey(seed, side)).normal(new Float32Array(count * dimensions)),
    (z) => make(z),
  ),
  count,
  dimensions,
});
const tests = twoSampleTests();

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());

describe("statistics as SciPy computes them", () => {
  it("Kolmogorov–Smirnov: statistic and exact p-value, and the limit", async () => {
    for (const { a, b, statistic, pValue } of golden.kolmogorov.cases) {
      const got = await kolmogorovSmirnovTest.test(column(a), column(b), { seed: 0 });
      expect(got.statistic).toBeCloseTo(statistic, 14);
      expect(got.method).toBe("exact");
      expect(Math.abs(got.pValue - pValue)).toBeLessThan(1e-12);
    }
    for (const { lambda, p } of golden.kolmogorov.limits) expect(kolmogorovLimit(lambda)).toBeCloseTo(p, 12);
  });

  it("Kolmogorov–Smirnov: small lattices by hand, and the limit is near where both are known", () => {
    expect(kolmogorovExact(1, 1, 1)).toBe(1);
    expect(kolmogorovExact(1, 2, 2)).toBeCloseTo(2 / 6, 15);
    expect(kolmogorovExact(0.5, 2, 2, true)).toBeCloseTo(2 / 6, 15);
    expect(kolmogorovExact(0, 2, 2)).toBe(1);
    expect(Math.abs(kolmogorovExact(0.05, 1500, 1500) - kolmogorovLimit(0.05 * Math.sqrt(750)))).toBeLessThan(
      2e-3,
    );
  });

  it("Kolmogorov–Smirnov: ties stop the distribution functions once; large samples take the limit", async () => {
    const tied = await kolmogorovSmirnovTest.test(column([1, 1, 2]), column([1, 2, 2]), { seed: 0 });
    expect(tied.statistic).toBeCloseTo(1 / 3, 15);
    const large = await kolmogorovSmirnovTest.test(draw(0, "a", 3000, 1), draw(0, "b", 3000, 1), { seed: 0 });
    expect(large.method).toBe("asymptotic");
  });

  it("energy, MMD, spanning tree, neighbours, means and variances", async () => {
    const { line, a, b, energy, mmd, crossing, sameNeighbors, mean, variance } = golden.pairs;
    const of = async (test: TwoSampleTest, x: Features, y: Features): Promise<number> =>
      (await test.test(x, y, { seed: 0, permutations: 3 })).statistic;
    const [x, y] = [featuresOf(a), featuresOf(b)];
    expect(await of(energyDistanceTest, column(line.a), column(line.b))).toBeCloseTo(line.energy, 12);
    expect(await of(energyDistanceTest, x, y)).toBeCloseTo(energy, 12);
    expect(await of(maximumMeanDiscrepancyTest, x, y)).toBeCloseTo(mmd, 12);
    expect(await of(friedmanRafskyTest, x, y)).toBe(crossing);
    expect(await of(nearestNeighborTest({ k: 3 }), x, y)).toBeCloseTo(sameNeighbors, 12);
    expect(await of(meanDifferenceTest, x, y)).toBeCloseTo(mean, 12);
    expect(await of(varianceDifferenceTest, x, y)).toBeCloseTo(variance, 12);
  });
});

describe("calibration", () => {
  const repetitions = 200;
  /** Largest distance of sorted p-values from the uniform distribution, as a p-value. */
  const uniformity = async (test: TwoSampleTest, make: (z: number) => number): Promise<number> => {
    const u = createStream(deriveKey(5, test.name)).uniform(new Float32Array(repetitions));
    const values: number[] = [];
    for (let seed = 0; seed < repetitions; seed++) {
      const [a, b] = [draw(seed, "a", 24, 2, make), draw(seed, "b", 18, 2, make)];
      const { pValue, strictPValue } = await test.test(a, b, { seed, permutations: 39 });
      expect(strictPValue).toBeLessThan(pValue);
      values.push(strictPValue + u[seed]! * (pValue - strictPValue));
    }
    values.sort((x, y) => x - y);
    const gaps = values.map((v, i) => Math.max((i + 1) / repetitions - v, v - i / repetitions));
    return kolmogorovLimit(Math.max(...gaps) * Math.sqrt(repetitions));
  };

  it.each(tests.map((t) => [t.name, t] as const))("%s: p-values are uniform under H0", async (_, test) => {
    expect(await uniformity(test, (z) => z)).toBeGreaterThan(0.001);
  });

  it.each(tests.map((t) => [t.name, t] as const))("%s: also where most values are tied", async (_, test) => {
    expect(await uniformity(test, Math.round)).toBeGreaterThan(0.001);
  });

  it.each(tests.map((t) => [t.name, t] as const))("%s: sees what it is for", async (name, test) => {
    const [a, b] = [
      draw(1, "a", 150, 3),
      draw(1, "b", 150, 3, (z) => (name === "variance" ? 1.8 * z : z + 1.2)),
    ];
    expect((await test.test(a, b, { seed: 0 })).pValue).toBe(1 / 200);
  });
});

describe("the neural test", () => {
  const test = neuralClassifierTest(runtime, { steps: 100 });

  it("sees two modes that means and variances do not, and nothing where there is nothing", async () => {
    const signs = createStream(deriveKey(2, "signs")).normal(new Float32Array(300));
    const modes = draw(2, "b", 300, 2);
    const b = { ...modes, data: modes.data.map((z, i) => 0.9 * Math.sign(signs[i >> 1]!) + 0.436 * z) };
    const a = draw(2, "a", 300, 2);
    expect((await test.test(a, b, { seed: 0 })).pValue).toBeLessThanOrEqual(0.01);
    expect((await meanDifferenceTest.test(a, b, { seed: 0 })).pValue).toBeGreaterThan(0.05);
    expect((await test.test(a, draw(3, "c", 300, 2), { seed: 0 })).pValue).toBeGreaterThan(0.05);
  });

  it("gives the same numbers again, whatever ran before, and in any number of dimensions", async () => {
    const [a, b] = [draw(4, "a", 40, 2), draw(4, "b", 40, 2)];
    const first = await test.test(a, b, { seed: 7 });
    const [again, other] = await Promise.all([
      test.test(a, b, { seed: 7 }),
      test.test(draw(4, "a", 20, 3), draw(4, "b", 20, 3), { seed: 7 }),
    ]);
    expect(again).toEqual(first);
    expect(other.pValue).toBeGreaterThan(0);
  });
});

describe("every test", () => {
  it.each(tests.map((t) => [t.name, t] as const))(
    "%s: repeats itself, and answers bad input in a sentence",
    async (name, test) => {
      const [a, b] = [draw(6, "a", 30, 2), draw(6, "b", 30, 2)];
      expect(await test.test(a, b, { seed: 3 })).toEqual(await test.test(a, b, { seed: 3 }));
      const fails = (x: Features, y: Features): Promise<string> =>
        test.test(x, y, { seed: 0 }).then(
          () => "no error",
          (error: Error) => `${error.name}: ${error.message}`,
        );
      expect(await fails(a, draw(6, "b", 30, 3))).toContain(
        `UserError: ${name}: the samples have 2 and 3 dimensions`,
      );
      expect(await fails(a, { data: new Float64Array(0), count: 0, dimensions: 2 })).toContain("UserError");
      expect(await fails(a, { ...b, data: b.data.map(() => Number.NaN) })).toContain(
        "expected finite numbers",
      );
      const many = test.most(1) + 1;
      expect(
        await fails(
          { data: new Float64Array(many), count: many, dimensions: 1 },
          column([...Array(30).keys()]),
        ),
      ).toContain(`takes at most ${test.most(1)} examples on a side`);
    },
  );

  it("refuses numbers of permutations and neighbours that make no test", async () => {
    const x = column([1, 2, 3, 4]);
    await expect(energyDistanceTest.test(x, x, { seed: 0, permutations: 0 })).rejects.toThrow(
      "0 permutations",
    );
    expect(() => nearestNeighborTest({ k: 0 })).toThrow("k is 0");
    expect(() => neighborClassifierTest({ k: 2 })).toThrow("expected an odd number");
  });
});

describe("compareSamples", () => {
  it("shares the distances of all pairs between tests without changing them", async () => {
    const [a, b] = [draw(9, "a", 40, 3), draw(9, "b", 30, 3)];
    for (const report of await compareSamples(a, b, { tests, seed: 2, permutations: 19 })) {
      const { test, used, ...result } = report;
      expect(result).toEqual(await test.test(a, b, { seed: 2, permutations: 19 }));
      expect(used).toEqual([40, 30]);
    }
  });

  it("runs the tests on seeded parts of what is too large for them, and says how many it used", async () => {
    const [a, b] = [draw(8, "a", 2500, 1), draw(8, "b", 100, 1)];
    const shares: number[] = [];
    const some = [meanDifferenceTest, energyDistanceTest];
    const options = {
      tests: some,
      seed: 1,
      permutations: 19,
      onProgress: (share: number) => shares.push(share),
    };
    const reports = await compareSamples(a, b, options);
    expect(reports.map((r) => r.used)).toEqual([
      [2500, 100],
      [1000, 100],
    ]);
    expect(shares).toEqual([0.5, 1]);
    expect(await compareSamples(a, b, { tests: some, seed: 1, permutations: 19 })).toEqual(reports);
  });
});
