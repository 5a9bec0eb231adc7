import { describe, expect, it } from "vitest";
import { floatDataset } from "./float-dataset.ts";
import { balancedSubset } from "./subset.ts";

/** 300 numbers; of each ten, seven are of class 0, two of class 1 and one of class 2. */
const classOf = (i: number): number => (i % 10 < 7 ? 0 : i % 10 < 9 ? 1 : 2);
const numbers = {
  ...floatDataset({
    name: "numbers",
    kind: "points",
    shape: [1],
    values: Float32Array.from({ length: 300 }, (_, i) => i),
    labels: Uint8Array.from({ length: 300 }, (_, i) => classOf(i)),
    fingerprint: "numbers",
  }),
  classes: 3,
};

function read(count: number, seed: number): { values: number[]; labels: number[] } {
  const few = balancedSubset(numbers, count, seed);
  const all = Array.from({ length: few.length }, (_, i) => i);
  const [values, labels] = [new Float32Array(few.length), new Int32Array(few.length)];
  few.read(all, values);
  few.labels!(all, labels);
  return { values: [...values], labels: [...labels] };
}

describe("balancedSubset", () => {
  it("has as many examples of each class, one more of the first where they do not divide", () => {
    const { values, labels } = read(32, 1);
    expect(new Set(values).size).toBe(32);
    expect(labels).toEqual(values.map(classOf));
    expect([0, 1, 2].map((k) => labels.filter((y) => y === k).length)).toEqual([11, 11, 10]);
  });

  it("is the same for the same seed, and another for another", () => {
    expect(read(30, 1)).toEqual(read(30, 1));
    expect(read(30, 2).values).not.toEqual(read(30, 1).values);
  });

  it("takes any examples where there are no labels", () => {
    const { labels: _, classes: __, ...unlabelled } = numbers;
    expect(balancedSubset(unlabelled, 300, 1).length).toBe(300);
  });

  it("says which class is too small", () => {
    expect(() => balancedSubset(numbers, 120, 1)).toThrow(
      "numbers has too few examples for 120 of them, the same number of each class: class 2 lacks 10; ask for fewer.",
    );
  });
});
