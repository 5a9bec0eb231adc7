import { expect, test } from "vitest";
import { permutation } from "./permute-index.ts";

const orderOf = (length: number, ...parts: (string | number)[]): number[] => {
  const place = permutation(length, ...parts);
  return Array.from({ length }, (_, i) => place(i));
};

test.each([1, 2, 3, 5, 16, 17, 100, 4096, 60_000])("%i places have every number once", (length) => {
  expect(new Set(orderOf(length, 7, "epoch", 3))).toEqual(new Set(Array.from({ length }, (_, i) => i)));
});

test("the same parts give the same order, others another one", () => {
  expect(orderOf(1000, 1, "epoch", 0)).toEqual(orderOf(1000, 1, "epoch", 0));
  expect(orderOf(1000, 1, "epoch", 0)).not.toEqual(orderOf(1000, 1, "epoch", 1));
  expect(orderOf(1000, 1, "epoch", 0)).not.toEqual(orderOf(1000, 2, "epoch", 0));
});

test("all orders of 4 come equally often", () => {
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 24_000; epoch++) {
    const order = orderOf(4, epoch).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const chiSquare = [...counts.values()].reduce((total, c) => total + (c - 1000) ** 2 / 1000, 0);
  expect(chiSquare).toBeLessThan(49.73); // 23 degrees of freedom, probability 0.001
});

test("every number is equally likely in every place, and neighbours fall apart", () => {
  const length = 50;
  const epochs = 20_000;
  const first = new Array<number>(length).fill(0);
  const gaps = new Array<number>(length).fill(0); // (order[1] − order[0]) mod length is uniform on 1 … length − 1
  for (let epoch = 0; epoch < epochs; epoch++) {
    const place = permutation(length, 5, epoch);
    first[place(0)]!++;
    gaps[(place(1) - place(0) + length) % length]!++;
  }
  const chiSquare = (counts: number[], mean: number): number =>
    counts.reduce((total, c) => total + (c - mean) ** 2 / mean, 0);
  expect(chiSquare(first, epochs / length)).toBeLessThan(85.35); // 49 degrees of freedom, probability 0.001
  expect(gaps[0]).toBe(0);
  expect(chiSquare(gaps.slice(1), epochs / (length - 1))).toBeLessThan(84.04); // 48 degrees of freedom
});
