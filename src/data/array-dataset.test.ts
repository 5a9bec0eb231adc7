import { expect, test } from "vitest";
import { arrayDataset } from "./array-dataset.ts";
import type { Npy } from "./npy.ts";

const make = (shape: number[], values: Npy["values"]) =>
  arrayDataset({ shape, values }, { name: "a", source: "a.npy", fingerprint: "f" });

const first = (shape: number[], values: Npy["values"]): number[] => {
  const dataset = make(shape, values);
  const out = new Float32Array(dataset.shape.reduce((a, b) => a * b));
  dataset.read([0], out);
  return [...out];
};

test("channels last become channels first", () => {
  const values = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11); // [1, 2, 2, 3]
  const bytes = first([1, 2, 2, 3], values).map((v) => Math.round((v + 1) * 127.5));
  expect(bytes).toEqual([0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
  expect(make([1, 2, 2, 3], values).shape).toEqual([3, 2, 2]);
  expect(make([1, 3, 2, 2], values).shape).toEqual([3, 2, 2]);
  expect(make([3, 2, 2], values).shape).toEqual([1, 2, 2]);
});

test("two dimensions are points, as they are", () => {
  expect(make([2, 2], Float64Array.of(1, 2, 3, 400))).toMatchObject({
    kind: "points",
    shape: [2],
    length: 2,
  });
  expect(first([2, 2], Float64Array.of(1, 2, 3, 400))).toEqual([1, 2]);
});

test.each([
  ["[0, 1]", [0, 0.25, 1, 1], [-1, -0.5, 1, 1]],
  ["[−1, 1]", [-1, 0.25, 1, 0], [-1, 0.25, 1, 0]],
  ["[0, 255]", [0, 255, 51, 2], [-1, 1, -0.6, 2 / 127.5 - 1]],
])("floating-point pixels in %s are scaled to [−1, 1]", (_, values, expected) => {
  const out = first([1, 2, 2], Float32Array.from(values));
  out.forEach((v, i) => {
    expect(v).toBeCloseTo(expected[i]!, 6);
  });
});

test.each([
  ["pixels of no known range", [1, 2, 2], Float32Array.of(-3, 0, 1, 2), /pixels from -3 to 2/],
  ["NaN", [1, 2, 2], Float32Array.of(0, Number.NaN, 0, 0), /holds NaN at place 1/],
  ["infinite points", [1, 2], Float64Array.of(0, 1e300), /holds Infinity at place 1/],
  ["four channels", [1, 4, 2, 2], new Uint8Array(16), /array 1×4×2×2; expected points/],
  ["one dimension", [4], new Uint8Array(4), /array 4; expected points/],
  ["no examples", [0, 2, 2], new Uint8Array(0), /expected some examples/],
  ["signed numbers", [1, 2], Int32Array.of(1, 2), /signed whole numbers/],
])("refuses %s", (_, shape, values, message) => {
  expect(() => make(shape, values)).toThrow(message);
});
