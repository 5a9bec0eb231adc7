import { describe, expect, test } from "vitest";
import type { Dataset } from "../dataset.ts";
import { rings as circles, moons, spiral } from "./curves.ts";
import { curvesLogDensity } from "./log-densities.ts";
import { gridModes, type PointSetName, pointSet, pointSets, ringModes } from "./point-sets.ts";

function all(dataset: Dataset): { points: Float32Array; labels: Int32Array } {
  const indices = Array.from({ length: dataset.length }, (_, i) => i);
  const points = new Float32Array(dataset.shape[0]! * dataset.length);
  const labels = new Int32Array(dataset.length);
  dataset.read(indices, points);
  dataset.labels?.(indices, labels);
  return { points, labels };
}

describe.each(Object.keys(pointSets) as PointSetName[])("%s", (name) => {
  const { train, test: held } = pointSet(name, { seed: 1, length: 5000 });
  const dimensions = name === "two-bumps" ? 1 : 2;

  test("is points of the plane or the line, with others to test on", () => {
    expect(train).toMatchObject({ kind: "points", shape: [dimensions], length: 5000, name });
    expect(held).toMatchObject({ kind: "points", shape: [dimensions], length: 500, name });
    expect(all(held!).points).not.toEqual(all(train).points.slice(0, 1000));
    expect(all(train).points.every(Number.isFinite)).toBe(true);
  });

  test("depends on the seed only", () => {
    const again = pointSet(name, { seed: 1, length: 5000 }).train;
    expect(all(again).points).toEqual(all(train).points);
    expect(again.fingerprint).toBe(train.fingerprint);
    const other = pointSet(name, { seed: 2, length: 5000 }).train;
    expect(all(other).points).not.toEqual(all(train).points);
    expect(other.fingerprint).not.toBe(train.fingerprint);
  });
});

test.each([
  ["ring", ringModes, 8, 0.02],
  ["grid", gridModes, 25, 0.05],
] as const)(
  "%s is its mixture: modes equally likely, their means and spread exact",
  (name, modes, count, std) => {
    const n = 100_000;
    const { train } = pointSet(name, { length: n });
    expect(train.modes).toBe(modes);
    expect(train.classes).toBe(count);
    const { points, labels } = all(train);
    const hits = new Array<number>(count).fill(0);
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const center = modes.centers[labels[i]!]!;
      hits[labels[i]!]!++;
      squares += (points[2 * i]! - center[0]!) ** 2 + (points[2 * i + 1]! - center[1]!) ** 2;
    }
    const chiSquare = hits.reduce((total, c) => total + (c - n / count) ** 2 / (n / count), 0);
    expect(chiSquare).toBeLessThan(count === 8 ? 24.32 : 51.18); // probability 0.001
    // The mean of 2n squared normals has the standard error std²/√n.
    expect(Math.abs(squares / (2 * n) - std ** 2)).toBeLessThan((4 * std ** 2) / Math.sqrt(n));
  },
);

test("ring lies at radius 2, grid spans −4 … 4", () => {
  for (const [x, y] of ringModes.centers) expect(Math.hypot(x!, y!)).toBeCloseTo(2, 12);
  expect(gridModes.centers[0]).toEqual([-4, -4]);
  expect(gridModes.centers[24]).toEqual([4, 4]);
});

test("checkerboard fills the dark squares evenly and no others", () => {
  const { points } = all(pointSet("checkerboard", { length: 80_000 }).train);
  const counts = new Array<number>(16).fill(0);
  for (let i = 0; i < points.length; i += 2) {
    const [column, row] = [Math.floor((points[i]! + 4) / 2), Math.floor((points[i + 1]! + 4) / 2)];
    expect((column + row) % 2).toBe(0);
    counts[4 * row + column]!++;
  }
  const dark = counts.filter((c) => c > 0);
  expect(dark.length).toBe(8);
  expect(dark.reduce((total, c) => total + (c - 10_000) ** 2 / 10_000, 0)).toBeLessThan(24.32);
});

test("rings lie at four radii", () => {
  const { points, labels } = all(pointSet("rings", { length: 40_000 }).train);
  const sums = [0, 0, 0, 0];
  const counts = [0, 0, 0, 0];
  labels.forEach((k, i) => {
    sums[k]! += Math.hypot(points[2 * i]!, points[2 * i + 1]!);
    counts[k]!++;
  });
  // Noise σ across the circle adds σ²/2r to the mean radius.
  sums.forEach((sum, k) => {
    const radius = 0.75 * (k + 1);
    expect(Math.abs(sum / counts[k]! - radius - 0.08 ** 2 / (2 * radius))).toBeLessThan(0.005);
  });
});

describe.each(Object.keys(pointSets) as PointSetName[])("the density of %s", (name) => {
  const { train } = pointSet(name, { length: 20_000 });
  const dimensions = train.shape[0]!;

  test("is that of its points: their mean −log p is the entropy", () => {
    const { points } = all(train);
    const nats = Array.from(
      { length: 4000 },
      (_, i) => -train.logProb!(points.subarray(i * dimensions, (i + 1) * dimensions)),
    );
    const mean = nats.reduce((a, b) => a + b, 0) / nats.length;
    const variance = nats.reduce((a, b) => a + (b - mean) ** 2, 0) / nats.length;
    expect(Math.abs(mean - train.entropy!)).toBeLessThanOrEqual(4 * Math.sqrt(variance / nats.length) + 1e-6);
  });
});

// Cells of half the noise: for Gaussians the midpoint rule is then exact to far more digits than are checked.
test.each([
  ["two-bumps", -9, 9, 0.05],
  ["checkerboard", -5, 5, 0.25],
  ["moons", -1.7, 2.7, 0.05],
  ["spiral", -3.8, 3.8, 0.05],
  ["rings", -3.6, 3.6, 0.05],
  ["banana", -25, 25, 0.25],
] as const)("the density of %s integrates to one, and to the entropy", (name, low, high, step) => {
  const { train } = pointSet(name, { length: 10 });
  const dimensions = train.shape[0]!;
  const curves = { moons, spiral, rings: circles }[name as string];
  const logDensity = curves ? curvesLogDensity(curves, 500) : train.logProb!;
  let [mass, entropy] = [0, 0];
  const cells = Math.round((high - low) / step);
  for (let cell = 0; cell < cells ** dimensions; cell++) {
    const at = (axis: number): number => low + step * ((Math.floor(cell / cells ** axis) % cells) + 0.5);
    const nats = logDensity(Float32Array.from({ length: dimensions }, (_, axis) => at(axis)));
    const p = Math.exp(nats) * step ** dimensions;
    mass += p;
    if (p > 0) entropy -= p * nats;
  }
  expect(mass).toBeCloseTo(1, 5);
  expect(Math.abs(entropy - train.entropy!)).toBeLessThan(2e-4);
});

test("modes of ring and grid do not overlap: −log p at a centre is that of its Gaussian alone", () => {
  for (const [name, { centers, std }] of [
    ["ring", ringModes],
    ["grid", gridModes],
  ] as const) {
    const { train } = pointSet(name, { length: 10 });
    const alone = Math.log(centers.length) + Math.log(2 * Math.PI * std * std);
    expect(-train.logProb!(Float32Array.from(centers[0]!))).toBeCloseTo(alone, 9);
    expect(train.entropy).toBeCloseTo(alone + 1, 12);
  }
});
