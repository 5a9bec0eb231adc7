import { expect, test } from "vitest";
import { byteDataset } from "./byte-dataset.ts";
import { withChannels } from "./channels.ts";
import type { Dataset } from "./dataset.ts";
import { floatDataset } from "./float-dataset.ts";
import { linearTaps, resized } from "./resize.ts";

const picture = (shape: number[], value: (c: number, y: number, x: number) => number): Dataset => {
  const [, height = 1, width = 1] = shape;
  const values = Float32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) =>
    value(Math.floor(i / (height * width)), Math.floor(i / width) % height, i % width),
  );
  return floatDataset({ name: "p", kind: "image", shape, values, fingerprint: "p" });
};

const first = (dataset: Dataset): number[] => {
  const out = new Float32Array(dataset.shape.reduce((a, b) => a * b));
  dataset.read([0], out);
  return [...out];
};

test("halving a row is the triangle filter two pixels wide: weights 1, 3, 3, 1 over 8", () => {
  const { first: start, weights } = linearTaps(8, 4)[1]!;
  expect(start).toBe(1);
  expect(weights.map((w) => w * 8)).toEqual([1, 3, 3, 1]);
});

test("every output pixel is a mean: weights add up to 1 and stay inside the row", () => {
  for (const [from, to] of [
    [28, 64],
    [28, 16],
    [5, 7],
    [1, 4],
    [100, 1],
  ] as const) {
    for (const { first: start, weights } of linearTaps(from, to)) {
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(start + weights.length).toBeLessThanOrEqual(from);
    }
  }
});

test("a ramp stays a ramp away from the border, in the right direction and place", () => {
  const out = first(
    resized(
      picture([1, 32, 32], (_, y, x) => 0.02 * x - 0.01 * y),
      16,
    ),
  );
  for (let y = 2; y < 14; y++) {
    for (let x = 2; x < 14; x++) {
      expect(out[16 * y + x]).toBeCloseTo(0.02 * (2 * x + 0.5) - 0.01 * (2 * y + 0.5), 6);
    }
  }
});

test("a wide picture is cropped about its centre, channels apart", () => {
  const out = first(
    resized(
      picture([3, 4, 12], (c, _, x) => (x >= 4 && x < 8 ? c / 10 : -1)),
      4,
    ),
  );
  expect(out.slice(21, 23)).toEqual([Math.fround(0.1), Math.fround(0.1)]);
  expect(Math.max(...out.slice(0, 16))).toBe(0);
});

test("28 becomes 32 by a black border that leaves the pixels as they are", () => {
  const bytes = Uint8Array.from({ length: 784 }, (_, i) => i % 251);
  const digits = byteDataset({ name: "d", shape: [1, 28, 28], bytes, fingerprint: "d" });
  const [small, large] = [first(digits), first(resized(digits, 32))];
  expect(large.slice(0, 66)).toEqual(new Array(66).fill(-1));
  for (let y = 0; y < 28; y++) {
    expect(large.slice(32 * (y + 2) + 2, 32 * (y + 2) + 30)).toEqual(small.slice(28 * y, 28 * y + 28));
  }
  expect(resized(digits, 32).fingerprint).not.toBe(digits.fingerprint);
  expect(resized(digits, 28)).toBe(digits);
});

test("colour becomes grey by luma, grey becomes three equal channels", () => {
  const colour = picture([3, 1, 2], (c, _, x) => (x === 0 ? [1, 0, -1][c]! : 0.5));
  const grey = withChannels(colour, 1);
  expect(grey.shape).toEqual([1, 1, 2]);
  expect(first(grey)[0]).toBeCloseTo(0.299 - 0.114, 6);
  expect(first(grey)[1]).toBeCloseTo(0.5, 6);
  const back = first(withChannels(grey, 3));
  expect(back).toEqual([...first(grey), ...first(grey), ...first(grey)]);
});
