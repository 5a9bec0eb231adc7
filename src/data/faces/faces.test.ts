import { expect, test } from "vitest";
import { subset } from "../subset.ts";
import { faces } from "./faces.ts";
import { faceFactors, renderFace } from "./render-face.ts";

const count = faceFactors.sizes.length;
const render = (factors: readonly number[], side: number): Uint8Array => {
  const out = new Uint8Array(3 * side * side);
  renderFace(factors, side, out);
  return out;
};
/** Factors of 40 faces, one row each. */
const some = (() => {
  const values = new Int32Array(40 * count);
  faces({ seed: 5 }).train.factors!.read([...Array(40).keys()], values);
  return Array.from({ length: 40 }, (_, i) => [...values.subarray(i * count, (i + 1) * count)]);
})();
/** Every other value of a factor in a face. */
const others = (face: readonly number[], k: number): number[][] =>
  Array.from({ length: faceFactors.sizes[k]! }, (_, v) => face.with(k, v)).filter((f) => f[k] !== face[k]);

test("factors are independent of one another and evenly spread; the class is the glasses", () => {
  const { train } = faces({ length: 6000, seed: 3 });
  const values = new Int32Array(6000 * count);
  train.factors!.read([...Array(6000).keys()], values);
  const of = (i: number, k: number): number => values[i * count + k]!;
  for (let k = 0; k < count; k++)
    for (let other = 0; other < k; other++) {
      const cells = faceFactors.sizes[k]! * faceFactors.sizes[other]!;
      const hits = new Array<number>(cells).fill(0);
      for (let i = 0; i < 6000; i++) hits[of(i, k) * faceFactors.sizes[other]! + of(i, other)]!++;
      const chiSquare = hits.reduce((sum, n) => sum + (n - 6000 / cells) ** 2 / (6000 / cells), 0);
      expect(chiSquare).toBeLessThan(cells - 1 + 4 * Math.sqrt(2 * (cells - 1)));
    }
  const labels = new Int32Array(6000);
  train.labels!([...Array(6000).keys()], labels);
  labels.forEach((label, i) => void expect(label).toBe(of(i, 3)));
});

test("a face is a function of the seed, the part and its number", () => {
  const { train, test: held } = faces({ length: 200, size: 16, seed: 7 });
  const read = (dataset: typeof train, indices: number[]): Float32Array => {
    const out = new Float32Array(indices.length * 768);
    dataset.read(indices, out);
    return out;
  };
  expect(read(train, [11, 4]).subarray(768)).toEqual(read(train, [4]));
  expect(read(subset(train, Int32Array.of(4, 11), "part"), [0])).toEqual(read(train, [4]));
  expect(read(faces({ length: 20, size: 16, seed: 7 }).train, [4])).toEqual(read(train, [4]));
  expect(read(held!, [4])).not.toEqual(read(train, [4]));
  expect(faces({ seed: 8 }).train.fingerprint).not.toBe(faces({ seed: 7 }).train.fingerprint);
  const values = new Int32Array(count);
  train.factors!.read([4], values);
  render([...values], 16).forEach((byte, i) => {
    expect(read(train, [4])[i]).toBeCloseTo(byte / 127.5 - 1, 6);
  });
});

test.each([16, 32])("at %i pixels every other value of every factor shows", (side) => {
  for (const face of some) {
    const picture = render(face, side);
    for (let k = 0; k < count; k++)
      for (const other of others(face, k)) {
        const changed = render(other, side);
        const most = picture.reduce((max, byte, i) => Math.max(max, Math.abs(byte - changed[i]!)), 0);
        expect(most, `${faceFactors.names[k]} of ${face} and ${other}`).toBeGreaterThanOrEqual(8);
      }
  }
});

test("a factor changes only what it should", () => {
  const side = 64;
  /** Left, top, right and bottom of what may change, as shares of the side. */
  const reach: { readonly [name: string]: readonly number[] } = {
    glasses: [0.2, 0.42, 0.8, 0.62],
    smile: [0.28, 0.65, 0.72, 0.82],
    hat: [0.14, 0.04, 0.86, 0.37],
    age: [0.25, 0.34, 0.75, 0.77],
    yaw: [0.15, 0.29, 0.85, 0.83],
    "hair length": [0.15, 0.13, 0.85, 1],
    skin: [0.15, 0.2, 0.85, 1],
    "hair colour": [0.15, 0.13, 0.85, 1],
  };
  faceFactors.names.forEach((name, k) => {
    const [left, top, right, bottom] = reach[name]!.map((v) => v * side) as [number, number, number, number];
    for (const face of some.slice(0, 10))
      for (const other of others(face, k)) {
        const [a, b] = [render(face, side), render(other, side)];
        const stray = a.findIndex((byte, i) => {
          const [x, y] = [i % side, Math.floor(i / side) % side];
          const inside = x + 1 > left && x < right && y + 1 > top && y < bottom;
          return byte !== b[i] && !inside;
        });
        expect(stray, `${name} of ${face} and ${other}`).toBe(-1);
      }
  });
});

test.each([8, 16, 32, 128])("a face of %i pixels is the mean of one twice as large, nearly", (side) => {
  for (const face of some.slice(0, 4)) {
    const [small, large] = [render(face, side), render(face, 2 * side)];
    let sum = 0;
    for (let i = 0; i < small.length; i++) {
      const [x, row] = [i % side, Math.floor(i / side)];
      const corner = 4 * side * row + 2 * x;
      const block = [0, 1, 2 * side, 2 * side + 1].map((at) => large[corner + at]!);
      sum += (small[i]! - block.reduce((a, b) => a + b, 0) / 4) ** 2;
    }
    expect(Math.sqrt(sum / small.length)).toBeLessThan(side === 8 ? 12 : 8); // of 255
  }
});

test("the same seed draws the same bytes in every engine: checksums written down, for several sizes", () => {
  const sums = [8, 16, 32, 67, 256].map((size) => {
    const pixels = new Float32Array(20 * 3 * size * size);
    faces({ seed: 0, size }).train.read([...Array(20).keys()], pixels);
    let sum = 0;
    for (const v of pixels) sum = (Math.imul(sum, 31) + Math.round((v + 1) * 127.5)) | 0;
    return [size, sum];
  });
  expect(Object.fromEntries(sums)).toMatchInlineSnapshot(`
    {
      "16": -842633693,
      "256": 1123468752,
      "32": 449645931,
      "67": -1280064990,
      "8": 868987789,
    }
  `);
});

test("sizes that cannot be drawn are refused", () => {
  expect(() => faces({ size: 4 })).toThrow("faces: got size 4, expected a whole number from 8 to 512.");
});
