import { describe, expect, test } from "vitest";
import { quality, toImages } from "../../test/golden/metrics/quality.ts";
import { createRuntime } from "../runtime/index.ts";
import { fillUniform } from "../tensor/random/index.ts";
import { featuresOf } from "./features.ts";
import { msSsim, msSsimMetric, msSsimWeights, randomPairs } from "./ms-ssim.ts";

describe.each(quality["ms-ssim"].map((golden) => ({ golden, shape: golden.images.shape.join("×") })))(
  "$shape",
  ({ golden }) => {
    const images = toImages(golden.images);
    const [first, second] = [golden.pairs.map(([i]) => i), golden.pairs.map(([, j]) => j)];

    test("has as many scales as fit", () => {
      const [, , height, width] = golden.images.shape;
      msSsimWeights(height!, width!).forEach((w, j) => {
        expect(w).toBeCloseTo(golden.weights[j]!, 12);
      });
    });

    // Pixels are float32: that is 1e-8 here.
    test("agrees with torchmetrics", () => {
      msSsim(images, first, second).forEach((v, i) => {
        expect(Math.abs(v - golden.values[i]!)).toBeLessThan(1e-6);
      });
    });

    test("agrees with whole windows in NumPy", () => {
      msSsim(images, first, second, { border: "valid" }).forEach((v, i) => {
        expect(Math.abs(v - golden.valid[i]!)).toBeLessThan(1e-6);
      });
    });
  },
);

test("a picture is like itself", () => {
  const images = toImages(quality["ms-ssim"][0]!.images);
  for (const v of msSsim(images, [0, 1], [0, 1])) expect(v).toBeCloseTo(1, 12);
});

test("random pairs are of different pictures, every one as likely", () => {
  const [a, b] = randomPairs(5, 20_000, 1);
  const counts = new Map<number, number>();
  a.forEach((i, n) => {
    expect(i).not.toBe(b[n]);
    counts.set(5 * i + b[n]!, (counts.get(5 * i + b[n]!) ?? 0) + 1);
  });
  expect(counts.size).toBe(20);
  const chiSquare = [...counts.values()].reduce((sum, c) => sum + (c - 1000) ** 2 / 1000, 0);
  expect(chiSquare).toBeLessThan(43.82); // 19 degrees of freedom, probability 0.001
});

describe("the metric", () => {
  const runtime = createRuntime({ device: "cpu" });
  const features = featuresOf([[0]]);
  const noise = fillUniform(new Float32Array(20 * 784), [1, 2]).map((v) => 2 * v - 1);

  test("is 1 for one picture over and over, about 0 for noise", async () => {
    const shape = [20, 1, 28, 28];
    const of = async (data: Float32Array) =>
      (
        await msSsimMetric.measure({
          real: features,
          fake: features,
          runtime,
          seed: 0,
          images: { data, shape },
        })
      )[0]!;
    const same = noise.map((_, i) => noise[i % 784]!);
    expect((await of(same)).value).toBeCloseTo(1, 12);
    expect(await of(noise)).toMatchObject({ details: { scales: 2 }, better: "lower" });
    expect((await of(noise)).value).toBeLessThan(0.1);
  });

  test("says what it lacks", async () => {
    const input = { real: features, fake: features, runtime, seed: 0 };
    await expect(msSsimMetric.measure(input)).rejects.toThrow(/needs pictures/);
    const images = { data: new Float32Array(64), shape: [1, 1, 8, 8] };
    expect(() => msSsim(images, [0], [0])).toThrow(/8×8 are too small for its window of 11 pixels/);
  });
});
