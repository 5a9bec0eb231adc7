import { expect, test } from "vitest";
import { quality, toFeatures } from "../../../test/golden/metrics/quality.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { kMeans, nearestCenters, type Rows } from "./k-means.ts";

function normals(count: number, dimensions: number, seed: number): Rows {
  const data = createStream(deriveKey(seed, "k-means.test")).normal(new Float32Array(count * dimensions));
  return { data, count, dimensions };
}

/** Every distance, without bounds. */
function plainLabels({ data, count, dimensions }: Rows, centers: Float64Array): number[] {
  return Array.from({ length: count }, (_, i) => {
    let [best, label] = [Number.POSITIVE_INFINITY, -1];
    for (let c = 0; c * dimensions < centers.length; c++) {
      let d = 0;
      for (let j = 0; j < dimensions; j++)
        d += (data[i * dimensions + j]! - centers[c * dimensions + j]!) ** 2;
      if (d < best) [best, label] = [d, c];
    }
    return label;
  });
}

test.each([
  [500, 2, 7],
  [400, 20, 30],
  [60, 3, 60],
])("%i rows of %i: inertia never rises, every row has its nearest centre, no cluster is empty", (n, d, k) => {
  const rows = normals(n, d, k);
  const { centers, labels, counts, inertias, converged } = kMeans(rows, { k, seed: 3 });
  expect(converged).toBe(true);
  // Sums in another order may differ by rounding.
  for (let i = 1; i < inertias.length; i++) {
    expect(inertias[i]!).toBeLessThanOrEqual(inertias[i - 1]! * (1 + 1e-12) + 1e-20);
  }
  expect([...labels]).toEqual(plainLabels(rows, centers));
  expect([...nearestCenters(rows, centers)]).toEqual([...labels]);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(counts.reduce((a, b) => a + b)).toBe(n);
  expect(kMeans(rows, { k, seed: 3 }).centers).toEqual(centers);
});

test("from the same centres it ends where scikit-learn's Lloyd does", () => {
  const rows = toFeatures(quality.features.real);
  const { bins } = quality;
  const { centers, labels, inertias } = kMeans(rows, { k: 5, start: rows.data.slice(0, 60) });
  expect([...labels]).toEqual(bins.labels);
  expect(inertias.at(-1)! / bins.inertia).toBeCloseTo(1, 12);
  centers.forEach((v, i) => {
    expect(v).toBeCloseTo(bins.centers.data[i]!, 12);
  });
});

test("clusters far apart are found by every seed", () => {
  const rows = normals(600, 2, 1);
  rows.data.forEach((v, i) => {
    rows.data[i] = v + (i % 2 === 0 ? 100 : 0) * (Math.floor(i / 2) % 6);
  });
  for (let seed = 0; seed < 10; seed++) {
    const { counts } = kMeans(rows, { k: 6, seed });
    expect([...counts]).toEqual([100, 100, 100, 100, 100, 100]);
  }
});

test("a cluster without rows takes the farthest one", () => {
  const rows = { data: Float64Array.of(0, 1, 2, 50), count: 4, dimensions: 1 };
  const { counts, centers } = kMeans(rows, { k: 3, start: [0, 2, 1000] });
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect([...centers].sort((a, b) => a - b)[2]).toBe(50);
});

test("fewer different rows than clusters leave clusters empty, one cluster has the mean", () => {
  const same = { data: Float64Array.of(1, 1, 1, 2, 2), count: 5, dimensions: 1 };
  const { counts, inertias } = kMeans(same, { k: 4 });
  expect(inertias.at(-1)).toBe(0);
  expect([...counts].filter((c) => c === 0).length).toBe(2);
  expect([...kMeans(same, { k: 1 }).centers]).toEqual([1.4]);
});

test("more clusters than rows are refused", () => {
  const rows = { data: Float64Array.of(1, 2), count: 2, dimensions: 1 };
  expect(() => kMeans(rows, { k: 3 })).toThrow(/3 clusters of 2 rows; expected a whole number from 1/);
});
