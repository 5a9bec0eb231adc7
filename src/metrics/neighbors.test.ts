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
  test.each([5, 200])("finds what comparing every pair finds: %i dimensions", async (dimensions) => {
    const [queries, points] = [normal("queries", 70, dimensions), normal("points", 150, dimensions)];
    const found = await nearestNeighbors(queries, points, { k: 3, products, blockRows: 32 });
    const expected = bruteForce(queries, points, 3);
    expect([...found.indices]).toEqual(expected.map(({ j }) => j));
    expect([...found.distances]).toEqual(expected.map(({ distance }) => distance));
  });

  test.each([5, 200])("finds it among the rows themselves: %i dimensions", async (dimensions) => {
    const points = normal("points", 150, dimensions);
    const found = await nearestNeighbors(points, points, {
      k: 4,
      products,
      excludeSelf: true,
      blockRows: 32,
    });
    const expected = bruteForce(points, points, 4, true);
    expect([...found.indices]).toEqual(expected.map(({ j }) => j));
    expect([...found.distances]).toEqual(expected.map(({ distance }) => distance));
  });

  test("many copies, which no rounding can tell apart", async () => {
    const few = normal("few", 3, 200);
    const points = {
      ...few,
      count: 600,
      data: Float32Array.from({ length: 600 * 200 }, (_, i) => few.data[i % 600]!),
    };
    const { indices, distances } = await nearestNeighbors(points, points, {
      k: 5,
      products,
      excludeSelf: true,
    });
    expect(Math.max(...distances)).toBe(0);
    expect([...indices].every((j, i) => j % 3 === Math.floor(i / 5) % 3 && j !== Math.floor(i / 5))).toBe(
      true,
    );
  });

  test("neighbours that differ in the seventh digit are told apart", async () => {
    const one = normal("one", 1, 256).data;
    const rows = [0, 3e-7, 1e-7, 2e-7, 1].flatMap((shift) => Array.from(one, (v) => v + shift));
    const points = { data: Float64Array.from(rows), count: 5, dimensions: 256 };
    const { indices } = await nearestNeighbors(points, points, { k: 3, products, excludeSelf: true });
    expect([...indices.subarray(0, 3)]).toEqual([2, 3, 1]);
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
