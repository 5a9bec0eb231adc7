import { expect, test } from "vitest";
import type { Dataset } from "../dataset.ts";
import { glyphs } from "./glyphs.ts";

function read(dataset: Dataset, indices: number[]): Float32Array {
  const out = new Float32Array(indices.length * dataset.shape.reduce((a, b) => a * b));
  dataset.read(indices, out);
  return out;
}

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

test("a glyph depends on the seed and its number only, not on what was read before", () => {
  const [a, b] = [glyphs({ seed: 4, length: 100 }).train, glyphs({ seed: 4, length: 50 }).train];
  read(a, range(100));
  expect(read(b, [37])).toEqual(read(a, [37]));
  expect(read(a, [37])).toEqual(read(a, [37]));
  expect(read(glyphs({ seed: 5, length: 50 }).train, [37])).not.toEqual(read(a, [37]));
  expect(a.fingerprint).not.toBe(b.fingerprint);
});

test("training and test glyphs are others, labels are digits, all ten equally often", () => {
  const { train, test: held } = glyphs({ length: 1000 });
  expect(held!.length).toBe(100);
  expect(read(held!, [3])).not.toEqual(read(train, [3]));
  const labels = new Int32Array(20);
  train.labels!(range(20), labels);
  expect([...labels]).toEqual([...range(10), ...range(10)]);
});

test.each([16, 28, 32, 64])(
  "at %i pixels every glyph is ink on black, inside the picture, no two alike",
  (size) => {
    const { train } = glyphs({ size, length: 300 });
    const pixels = read(train, range(300));
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const glyph = pixels.subarray(i * size * size, (i + 1) * size * size);
      const ink = glyph.reduce((sum, v) => sum + (v + 1) / 2, 0) / (size * size);
      expect(ink).toBeGreaterThan(0.02);
      expect(ink).toBeLessThan(0.4);
      expect(Math.max(...glyph)).toBeGreaterThan(0.8);
      expect(Math.min(...glyph)).toBe(-1);
      seen.add(glyph.join());
    }
    expect(seen.size).toBe(300);
  },
);

test("digits are told apart: the nearest of 2,000 glyphs is mostly of the same class", () => {
  const { train, test: held } = glyphs({ length: 2000 });
  const [known, asked] = [read(train, range(2000)), read(held!, range(200))];
  let right = 0;
  for (let i = 0; i < 200; i++) {
    let [best, digit] = [Number.POSITIVE_INFINITY, -1];
    for (let j = 0; j < 2000; j++) {
      let distance = 0;
      for (let k = 0; k < 784 && distance < best; k++)
        distance += (asked[784 * i + k]! - known[784 * j + k]!) ** 2;
      if (distance < best) [best, digit] = [distance, j % 10];
    }
    if (digit === i % 10) right++;
  }
  expect(right).toBeGreaterThan(160); // by chance 20; MNIST itself gives about 185 with as many examples
});

test("the same seed draws the same bytes in every engine: a checksum written down", () => {
  const pixels = read(glyphs({ seed: 0 }).train, range(100));
  let sum = 0;
  for (const v of pixels) sum = (Math.imul(sum, 31) + Math.round((v + 1) * 127.5)) | 0;
  expect(sum).toMatchInlineSnapshot(`-627425167`);
});

test("a size that is no picture is refused", () => {
  expect(() => glyphs({ size: 4 })).toThrow(/got size 4, expected a whole number from 8/);
});
