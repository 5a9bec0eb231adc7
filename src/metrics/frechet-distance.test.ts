import { afterAll, describe, expect, test } from "vitest";
import { createRuntime } from "../runtime/index.ts";
import { deriveKey, fillNormal } from "../tensor/random/index.ts";
import { type Features, featuresOf, rowsOf } from "./features.ts";
import { frechetDistance, frechetDistanceOfStatistics } from "./frechet-distance.ts";
import { frechetDistanceMetric } from "./frechet-distance-metric.ts";
import { frechetInfinity } from "./frechet-infinity.ts";
import { createProducts } from "./products.ts";
import { createStatistics, statisticsOf } from "./statistics.ts";

const runtime = createRuntime({ device: "cpu", threads: 2 });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

function normal(name: string, count: number, dimensions: number): Features {
  return { data: fillNormal(new Float32Array(count * dimensions), deriveKey(name)), count, dimensions };
}

function diagonal(mean: readonly number[], variances: readonly number[]) {
  const n = mean.length;
  const covariance = Float64Array.from({ length: n * n }, (_, at) =>
    at % (n + 1) === 0 ? variances[at % n]! : 0,
  );
  return { mean: Float64Array.from(mean), covariance };
}

const same = (n: number, value: number): number[] => Array(n).fill(value);

describe("closed forms", () => {
  test("N(0, I) and N(1, I) in 2048 dimensions: exactly 2048", async () => {
    const [a, b] = [diagonal(same(2048, 0), same(2048, 1)), diagonal(same(2048, 1), same(2048, 1))];
    const { value, means, covariances } = await frechetDistanceOfStatistics(a, b, { products });
    expect([value, means, covariances]).toEqual([2048, 2048, 0]);
  });

  test("N(0, I) and N(0, 4I): d", async () => {
    const [a, b] = [diagonal(same(50, 0), same(50, 1)), diagonal(same(50, 0), same(50, 4))];
    expect((await frechetDistanceOfStatistics(a, b)).value).toBeCloseTo(50, 12);
  });

  test("diagonal covariances: ‖Δμ‖² + Σ(√a − √b)²", async () => {
    const [p, q] = [
      [1, 9, 0, 16],
      [4, 9, 25, 0.25],
    ];
    const { value } = await frechetDistanceOfStatistics(
      diagonal([0, 1, 2, 3], p!),
      diagonal([1, 1, 1, 1], q!),
    );
    expect(value).toBeCloseTo(6 + 1 + 0 + 25 + 12.25, 12);
  });

  test("means and covariances of ones, and twice that: 64 − 2√512", async () => {
    const ones = { mean: new Float64Array(16).fill(1), covariance: new Float64Array(256).fill(1) };
    const twos = { mean: new Float64Array(16).fill(2), covariance: new Float64Array(256).fill(2) };
    const { value } = await frechetDistanceOfStatistics(ones, twos);
    expect(value).toBeCloseTo(64 - 2 * Math.sqrt(512), 12);
  });
});

describe("statisticsOf", () => {
  test("a stream in portions gives what all rows give", async () => {
    const features = normal("stream", 1000, 40);
    const stream = createStatistics(40, { products });
    for (const [first, count] of [
      [0, 1],
      [1, 300],
      [301, 699],
    ] as const) {
      await stream.add(rowsOf(features, first, count));
    }
    const [whole, parts] = [await statisticsOf(features, { products }), stream.finish()];
    expect(parts.count).toBe(1000);
    whole.covariance.forEach((v, i) => {
      expect(Math.abs(parts.covariance[i]! - v)).toBeLessThan(1e-13);
    });
  });

  test("more dimensions than a panel has", async () => {
    const features = normal("panels", 30, 600);
    const { mean, covariance } = await statisticsOf(features, { products, ddof: 0 });
    for (const [i, j] of [
      [0, 0],
      [599, 0],
      [0, 599],
      [511, 512],
      [512, 511],
      [520, 590],
    ] as const) {
      let sum = 0;
      for (let row = 0; row < 30; row++) {
        sum += (features.data[row * 600 + i]! - mean[i]!) * (features.data[row * 600 + j]! - mean[j]!);
      }
      expect(covariance[i * 600 + j]).toBeCloseTo(sum / 30, 13);
    }
  });

  test("one row has no covariance over n − 1", async () => {
    await expect(statisticsOf(featuresOf([[1, 2]]), { products })).rejects.toThrow(
      "A covariance over n − 1 needs at least 2 examples, but there are 1; give more of them.",
    );
  });
});

test("a number that is not finite is named", async () => {
  const bad = featuresOf([
    [1, 2],
    [3, Number.NaN],
  ]);
  await expect(frechetDistance(bad, bad, { products })).rejects.toThrow(
    "fid: number 1 of the features of example 1 of the real examples is NaN",
  );
});

describe("frechetInfinity", () => {
  const [real, fake] = [normal("many real", 20_000, 32), normal("some fake", 1000, 32)];
  const rows16 = normal("many more", 20_000, 16);

  test("takes the bias away, on average over sets of examples", async () => {
    const repeats = 12;
    const limits: number[] = [];
    for (let i = 0; i < repeats; i++) {
      const set = normal(`repeat ${i}`, 600, 16);
      limits.push((await frechetInfinity(rows16, set, { products, points: 6, seed: i })).value);
    }
    const biased = (await frechetDistance(rows16, normal("repeat 0", 600, 16), { products })).value;
    // The truth is 0 but for the bias of the real examples, of which there are 33 times as many.
    const mean = limits.reduce((a, b) => a + b, 0) / repeats;
    const error = Math.sqrt(limits.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (repeats - 1) / repeats);
    expect(Math.abs(mean - biased / 33)).toBeLessThan(3 * error);
    expect(error).toBeLessThan(biased / 10);
  });

  test("the same seed gives the same line, another one another", async () => {
    const few = { products, points: 4 };
    const first = await frechetInfinity(real, fake, few);
    expect(await frechetInfinity(real, fake, few)).toEqual(first);
    expect((await frechetInfinity(real, fake, { ...few, seed: 1 })).distances).not.toEqual(first.distances);
  });

  test("the metric states both numbers and the bias", async () => {
    const [fid, limit] = await frechetDistanceMetric.measure({ real, fake, runtime, seed: 0 });
    expect(fid).toMatchObject({
      name: "fid",
      value: (await frechetDistance(real, fake, { products })).value,
    });
    expect(limit!.name).toBe("fid∞");
    expect(fid!.details!["bias"]).toBeCloseTo(fid!.value - limit!.value, 12);
  });
});
