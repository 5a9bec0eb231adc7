import { describe, expect, test } from "vitest";
import type { Dataset } from "../dataset.ts";
import { type BinarySetName, binarySet, binarySets } from "./binary-sets.ts";

const names = Object.keys(binarySets) as BinarySetName[];

function pictures(dataset: Dataset, n: number): Float32Array[] {
  const size = dataset.shape.reduce((a, b) => a * b, 1);
  const all = new Float32Array(n * size);
  dataset.read(
    Int32Array.from({ length: n }, (_, i) => i),
    all,
  );
  return Array.from({ length: n }, (_, i) => all.subarray(i * size, (i + 1) * size));
}

/** Every picture of n pixels. */
const everyPicture = (n: number): Float32Array[] =>
  Array.from({ length: 2 ** n }, (_, code) =>
    Float32Array.from({ length: n }, (_, i) => 2 * ((code >> i) & 1) - 1),
  );

describe.each(names)("%s", (name) => {
  test("has probabilities that sum to one, and the entropy that follows from them", () => {
    for (const size of [2, 3, 4]) {
      const { train } = binarySet(name, { size });
      const logs = everyPicture(size * size).map((x) => train.logProb!(x));
      expect(logs.reduce((sum, l) => sum + Math.exp(l), 0)).toBeCloseTo(1, 12);
      const entropy = logs.reduce(
        (sum, l) => (l > Number.NEGATIVE_INFINITY ? sum - l * Math.exp(l) : sum),
        0,
      );
      expect(train.entropy).toBeCloseTo(entropy, 10);
    }
  });

  test("draws each picture as often as its probability says", () => {
    const n = 20_000;
    const { train } = binarySet(name, { size: 3 });
    const counts = new Map<string, number>();
    for (const x of pictures(train, n)) counts.set(x.join(), (counts.get(x.join()) ?? 0) + 1);
    let [chiSquared, cells, rest, restExpected] = [0, 0, 0, 0];
    for (const x of everyPicture(9)) {
      const expected = n * Math.exp(train.logProb!(x));
      const seen = counts.get(x.join()) ?? 0;
      if (expected === 0) expect(seen).toBe(0);
      else if (expected >= 5)
        [chiSquared, cells] = [chiSquared + (seen - expected) ** 2 / expected, cells + 1];
      else [rest, restExpected] = [rest + seen, restExpected + expected];
    }
    if (restExpected > 0) chiSquared += (rest - restExpected) ** 2 / restExpected;
    expect(chiSquared).toBeLessThan(cells + 4.5 * Math.sqrt(2 * cells));
  });

  test("has the entropy as the mean of −log p, at its own size", () => {
    const { train } = binarySet(name);
    const logs = pictures(train, 20_000).map((x) => -train.logProb!(x));
    const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
    const variance = logs.reduce((sum, l) => sum + (l - mean) ** 2, 0) / logs.length;
    expect(Math.abs(mean - train.entropy!)).toBeLessThan(5 * Math.sqrt(variance / logs.length));
  });

  test("depends on seed, size and part only", () => {
    const read = (options: object, part: "train" | "test" = "train") =>
      pictures(binarySet(name, options)[part]!, 30)
        .map((x) => x.join(""))
        .join();
    expect(read({ seed: 1 })).toBe(read({ seed: 1, length: 50 }));
    expect(read({ seed: 2 })).not.toBe(read({ seed: 1 }));
    expect(read({ seed: 1 }, "test")).not.toBe(read({ seed: 1 }));
    const { train, test } = binarySet(name, { seed: 3, length: 100 });
    expect([train.length, test!.length, train.levels]).toEqual([100, 5, 2]);
    expect(train.fingerprint).not.toBe(test!.fingerprint);
  });
});

test("the entropies are those of theory, where they are known", () => {
  expect(binarySet("mesh", { size: 14 }).train.entropy).toBeGreaterThan(binarySet("mesh").train.entropy!);
  expect(binarySet("mesh", { size: 28 }).train.entropy).toBeUndefined();
  expect(binarySet("xor-mesh").train.entropy).toBeCloseTo(12.705, 3);
  expect(binarySet("bars-and-stripes").train.entropy).toBeCloseTo(3.379, 3);
});

test("an impossible side is refused", () => {
  expect(() => binarySet("mesh", { size: 1 })).toThrow(
    /mesh: got size 1, expected a whole number from 2 to 64/,
  );
});
