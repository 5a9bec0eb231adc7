import { expect, test } from "vitest";
import { floatDataset } from "./float-dataset.ts";
import { loadData } from "./load-data.node.ts";
import { meanPooled } from "./mean-pool.ts";

const picture = (shape: number[], length = 2) =>
  floatDataset({
    name: "ramp",
    kind: "image",
    shape,
    values: Float32Array.from({ length: length * shape.reduce((a, b) => a * b) }, (_, i) => i),
    fingerprint: "ramp",
  });

test("pixels are the means of their blocks, plane by plane and picture by picture", () => {
  const pooled = meanPooled(picture([2, 2, 4]), 2);
  expect(pooled.shape).toEqual([2, 1, 2]);
  const out = new Float32Array(8).fill(99);
  pooled.read([1, 0], out);
  // The first block of picture 0 has the numbers 0, 1, 4, 5; planes are 8 apart, pictures 16.
  expect([...out]).toEqual([18.5, 20.5, 26.5, 28.5, 2.5, 4.5, 10.5, 12.5]);
  const part = new Float32Array(6).fill(99);
  pooled.read([0], part);
  expect([...part.subarray(4)]).toEqual([99, 99]);
});

test("sides that are no multiple of the block are refused", () => {
  expect(() => meanPooled(picture([1, 3, 4]), 2)).toThrow("multiples of 2");
});

test("glyphs8 is 64 numbers with the labels of glyphs", async () => {
  const { train, test: held } = await loadData("glyphs8");
  expect(train).toMatchObject({ name: "glyphs8", kind: "image", shape: [1, 8, 8], classes: 10 });
  expect(held!.length).toBe(2000);
  const out = new Float32Array(64);
  train.read([3], out);
  expect(Math.min(...out)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...out)).toBeGreaterThan(0);
  const label = new Int32Array(1);
  train.labels!([3], label);
  expect(label[0]).toBe(3);
});

test("binary digits are drawn from the means", async () => {
  const { train } = await loadData("glyphs8", { levels: 2 });
  const out = new Float32Array(64);
  train.read([0], out);
  expect(new Set(out)).toEqual(new Set([-1, 1]));
});
