import { expect, test } from "vitest";
import { batchIndices, fillBatch, inOrder } from "./batches.ts";
import { byteDataset } from "./byte-dataset.ts";

test("minibatches cut epochs of every example once, across their ends", () => {
  const [length, batch] = [10, 4];
  const row = Array.from({ length: 5 }, (_, step) => [...batchIndices(length, batch, 3, step)]).flat();
  const all = Array.from({ length }, (_, i) => i);
  expect(row.slice(0, 10).sort()).toEqual(all);
  expect(row.slice(10).sort()).toEqual(all);
  expect(row.slice(0, 10)).not.toEqual(row.slice(10));
});

test("a step's minibatch does not depend on which were asked for before", () => {
  const forwards = [0, 1, 2, 3].map((step) => batchIndices(1000, 64, 1, step));
  const backwards = [3, 2, 1, 0].map((step) => batchIndices(1000, 64, 1, step)).reverse();
  expect(backwards).toEqual(forwards);
  expect(batchIndices(1000, 64, 2, 0)).not.toEqual(forwards[0]);
});

test("a minibatch may be larger than the data", () => {
  const counts = [0, 0, 0];
  for (const i of batchIndices(3, 9, 0, 5)) counts[i]!++;
  expect(counts).toEqual([3, 3, 3]);
});

test("no examples or no minibatch is a mistake of the caller", () => {
  expect(() => batchIndices(0, 4, 0, 0)).toThrow(/got 4 of 0 examples/);
  expect(() => batchIndices(10, 1.5, 0, 0)).toThrow(/got 1.5 of 10/);
});

const pictures = byteDataset({
  name: "ramps",
  shape: [3, 2, 2],
  bytes: Uint8Array.from({ length: 12 * 40 }, (_, i) => i % 256),
  labels: Array.from({ length: 40 }, (_, i) => i % 4),
  fingerprint: "ramps",
});

test("a minibatch holds the examples in [−1, 1] and their labels", () => {
  const { x, y } = fillBatch(pictures, [2, 0]);
  expect(x.shape).toEqual([2, 3, 2, 2]);
  expect(x.data[0]).toBeCloseTo(24 / 127.5 - 1, 6);
  expect(x.data[12]).toBe(-1);
  expect(y).toEqual({ data: Int32Array.of(2, 0), shape: [2] });
});

test("flips mirror about half of the pictures, rows and channels apart, the same for the same step", () => {
  const indices = Int32Array.from({ length: 40 }, (_, i) => i);
  const plain = fillBatch(pictures, indices).x.data;
  const flips = (step: number): boolean[] => {
    const flipped = fillBatch(pictures, indices, { flip: true, seed: 1, step }).x.data;
    return [...indices].map((i) => {
      const [before, after] = [plain.slice(12 * i, 12 * i + 12), flipped.slice(12 * i, 12 * i + 12)];
      const mirrored = before.map((_, k) => before[k ^ 1]!);
      expect([before.join(), mirrored.join()]).toContain(after.join());
      return after.join() === mirrored.join();
    });
  };
  const count = flips(0).filter(Boolean).length;
  expect(Math.abs(count - 20)).toBeLessThan(4 * Math.sqrt(10)); // four standard deviations of 40 fair coins
  expect(flips(0)).toEqual(flips(0));
  expect(flips(0)).not.toEqual(flips(1));
});

test("in order, nothing is left out", () => {
  expect([...inOrder(5, 2)].map((part) => [...part])).toEqual([[0, 1], [2, 3], [4]]);
});
