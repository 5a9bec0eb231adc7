import { describe, expect, test } from "vitest";
import { quality } from "../../test/golden/metrics/quality.ts";
import type { Dataset } from "../data/dataset.ts";
import { glyphs } from "../data/glyphs/glyphs.ts";
import { gridModes, pointSet, ringModes } from "../data/points/point-sets.ts";
import { stackedDigits } from "../data/stacked-digits.ts";
import { type Features, featuresOf } from "./features.ts";
import { classCoverage, coverageMeasures, modeCoverage, stackedModes } from "./mode-coverage.ts";

function pointsOf(dataset: Dataset, n: number): Features {
  const data = new Float32Array(2 * n);
  dataset.read(
    Array.from({ length: n }, (_, i) => i),
    data,
  );
  return { data, count: n, dimensions: 2 };
}

describe("the literature's sets", () => {
  test("ring: 8 Gaussians, radius 2, σ 0.02 (Unrolled GAN), twice the size of VEEGAN's and PacGAN's", () => {
    expect(ringModes.centers.length).toBe(8);
    expect(ringModes.std).toBe(0.02);
    ringModes.centers.forEach(([x, y], k) => {
      expect(x! / 2).toBeCloseTo(Math.cos((2 * Math.PI * k) / 8), 14);
      expect(y! / 2).toBeCloseTo(Math.sin((2 * Math.PI * k) / 8), 14);
    });
  });

  test("grid: (−4 + 2i, −4 + 2j), σ 0.05, variance 0.0025 (VEEGAN, PacGAN)", () => {
    expect(gridModes.std).toBe(0.05);
    const places = [-4, -2, 0, 2, 4];
    const expected = places.flatMap((y) => places.map((x) => [x, y]));
    expect(gridModes.centers).toEqual(expected);
  });

  test.each([
    ["ring", ringModes],
    ["grid", gridModes],
  ] as const)("%s: 2,500 points of the data cover all modes, 98.9 %% are of high quality", (name, modes) => {
    const coverage = modeCoverage(pointsOf(pointSet(name).train, 2500), modes);
    expect(coverage.covered).toBe(modes.centers.length);
    expect(coverage.covered20).toBe(modes.centers.length);
    const share = 1 - Math.exp(-9 / 2);
    expect(Math.abs(coverage.highQuality - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 2500));
    // 2N·KL is χ² with as many degrees of freedom as there are modes less one: its mean is that, four deviations above it.
    const freedom = modes.centers.length - 1;
    expect(2 * 2500 * coverage.klFromData).toBeLessThan(freedom + 4 * Math.sqrt(2 * freedom));
    expect(coverage.klFloor).toBeCloseTo(freedom / 5000, 12);
  });

  test("a set at half the size has the same numbers", () => {
    const half = { centers: ringModes.centers.map((c) => c.map((v) => v / 2)), std: 0.01 };
    const points = pointsOf(pointSet("ring").train, 2500);
    const small = { ...points, data: Float32Array.from(points.data, (v) => v / 2) };
    expect(modeCoverage(small, half)).toEqual(modeCoverage(points, ringModes));
  });
});

test("one sample within 3σ covers a mode, outside none; between modes the nearest counts", () => {
  const modes = { centers: [[0, 0], [1, 0], [5, 5]], std: 0.1 }; // biome-ignore format: one line
  const points = featuresOf([[0.29, 0], [0, 0.31], [1, 0], [0.9, 0], [3, 3]]); // biome-ignore format: one line
  const { counts, covered, highQuality, klToSamples, klFromData } = modeCoverage(points, modes);
  expect([...counts]).toEqual([1, 2, 0]);
  expect(covered).toBe(2);
  expect(highQuality).toBe(3 / 5);
  expect(klToSamples).toBe(Number.POSITIVE_INFINITY);
  expect(klFromData).toBeCloseTo((1 / 3) * Math.log(1) + (2 / 3) * Math.log(2), 14);
  expect(modeCoverage(points, modes, { least: 2 }).covered).toBe(1);
  expect(modeCoverage(points, modes, { sigmas: 4 }).highQuality).toBe(4 / 5);
});

test("collapse to one mode: KL is log of the number of modes", () => {
  const { covered, klFromData } = modeCoverage(featuresOf([[2, 0], [2, 0.01]]), ringModes); // biome-ignore format: one line
  expect(covered).toBe(1);
  expect(klFromData).toBeCloseTo(Math.log(8), 14);
});

test("divergences of counts are SciPy's", () => {
  const { counts, kl, positive, reverse } = quality.modes;
  const classesOf = (list: readonly number[]) => list.flatMap((n, k) => new Array<number>(n).fill(k));
  const some = classCoverage(classesOf(counts), 8);
  expect(some.klFromData).toBeCloseTo(kl, 14);
  expect(some).toMatchObject({ covered: 7, covered20: 4, highQuality: 1 });
  expect(classCoverage(classesOf(positive), 8).klToSamples).toBeCloseTo(reverse, 14);
  const shares = counts.map((c) => c / counts.reduce((a, b) => a + b));
  expect(classCoverage(classesOf(counts), 8, { shares }).klFromData).toBe(0);
});

describe("stacked digits", () => {
  const { train } = stackedDigits("stacked-glyphs", glyphs(), { length: 26_000 });
  const labels = new Int32Array(26_000);
  train.labels!(
    Array.from(labels, (_, i) => i),
    labels,
  );

  test("26,000 pictures of the data cover all 1,000 modes, at the floor of the divergence", () => {
    const digits = [100, 10, 1].map((unit) => labels.map((label) => Math.floor(label / unit) % 10));
    const coverage = classCoverage(stackedModes(digits), 1000);
    expect(coverage.covered).toBe(1000);
    // Four deviations of χ² with 999 degrees of freedom; the second order of the likelihood ratio adds under 1 %.
    expect(Math.abs(2 * 26_000 * coverage.klFromData - 999)).toBeLessThan(4 * Math.sqrt(2 * 999) + 10);
    expect(coverage.klFloor).toBeCloseTo(999 / 52_000, 12);
  });

  test("a generator of even digits only covers 125", () => {
    const even = Int32Array.from({ length: 3000 }, (_, i) => 2 * (i % 5));
    const other = even.map((_, i) => 2 * (Math.floor(i / 5) % 5));
    const third = even.map((_, i) => 2 * (Math.floor(i / 25) % 5));
    const { covered, klFromData } = classCoverage(stackedModes([even, other, third]), 1000);
    expect(covered).toBe(125);
    expect(klFromData).toBeCloseTo(Math.log(8), 12);
  });
});

test("as numbers of a report, without what is infinite", () => {
  const names = (points: Features) =>
    coverageMeasures(modeCoverage(points, ringModes)).map(({ name }) => name);
  expect(names(featuresOf(ringModes.centers))).toEqual([
    "modes",
    "high quality",
    "KL(samples ‖ data)",
    "KL(data ‖ samples)",
  ]);
  expect(names(featuresOf([[2, 0]]))).toEqual(["modes", "high quality", "KL(samples ‖ data)"]);
  expect(names(featuresOf([[9, 9]]))).toEqual(["modes", "high quality"]);
});

test.each([
  [
    "points of the space",
    () => modeCoverage(featuresOf([[1, 2, 3]]), ringModes),
    /points have 3 numbers and modes 2/,
  ],
  ["a class that is none", () => classCoverage([0, 1000], 1000), /sample 1 is of class 1000; expected/],
  ["two channels", () => stackedModes([[1], [2]]), /got 2 lists of digits \(1, 1\); expected three/],
])("%s are refused", (_, run, message) => {
  expect(run).toThrow(message);
});
