import { afterAll, describe, expect, test } from "vitest";
import { createRuntime } from "../runtime/index.ts";
import { deriveKey, fillNormal } from "../tensor/random/index.ts";
import { type Features, featuresOf } from "./features.ts";
import { distanceOf, kthDistances, nearestNeighbors } from "./neighbors.ts";
import { createProducts } from "./products.ts";

const runtime = createRuntime({ device: "cpu", threads: 2 });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

function normal(name: string, count: number, dimensions: number): Features {
  return { data: fillNormal(new Float32Array(count * dimensions), deriveKey(name)), count, dimensions };
}

/** Every distance, sorted. */
function bruteForce(queries: Features, points: Features, k: number, excludeSelf = false) {
  return Array.from({ length: queries.count }, (_, i) =>
    Array.from({ length: points.count }, (_, j) => ({ j, distance: distanceOf(queries, i, points, j) }))
      .filter(({ j }) => !(excludeSelf && i === j))
      .sort((a, b) => a.distance - b.distance || a.j - b.j)
      .slice(0, k),
  ).flat();
}

describe("nearestNeighbors", () => {
  test("finds what comparing every pair finds, over several blocks", async () => {
    const [queries, points] = [normal("queries", 70, 33000), normal("points", 150, 33000)];
    const found = await nearestNeighbors(queries, points, { k: 3, products });
    const expected = bruteForce(queries, points, 3);
    expect([...found.indices]).toEqual(expected.map(({ j }) => j));
    expect([...found.distances]).toEqual(expected.map(({ distance }) => distance));
  });

  test("leaves the row itself out where asked, but not its copies", async () => {
    const points = featuresOf([[0], [1], [1], [5], [9]]);
    const { indices, distances } = await nearestNeighbors(points, points, {
      k: 1,
      products,
      excludeSelf: true,
    });
    expect([...indices]).toEqual([1, 2, 1, 1, 3]);
    expect([...distances]).toEqual([1, 0, 0, 4, 4]);
  });

  test("gives equal rows distance 0 far from the origin", async () => {
    const points = normal("far", 20, 8);
    const far = { ...points, data: Float64Array.from(points.data, (v) => v + 1e6) };
    const { indices, distances } = await nearestNeighbors(far, far, { k: 1, products });
    expect([...indices]).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(Math.max(...distances)).toBe(0);
  });

  test("kthDistances are the last column", async () => {
    const points = featuresOf([[0], [1], [3], [7]]);
    const radii = await kthDistances(points, points, { k: 2, products, excludeSelf: true });
    expect([...radii]).toEqual([3, 2, 3, 6]);
  });

  test("says what is wrong with k", async () => {
    const points = featuresOf([[0], [1]]);
    await expect(nearestNeighbors(points, points, { k: 2, products, excludeSelf: true })).rejects.toThrow(
      "nearestNeighbors: 2 neighbours are asked for among 2 points; expected a whole number from 1 to 1.",
    );
  });
});
