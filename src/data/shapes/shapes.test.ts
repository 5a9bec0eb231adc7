import { expect, test } from "vitest";
import { subset } from "../subset.ts";
import { renderShape, shapeFactors } from "./render-shape.ts";
import { shapes } from "./shapes.ts";

const { train, test: held } = shapes({ length: 4000, seed: 3 });
const all = Array.from({ length: 4000 }, (_, i) => i);

test("factors are independent of one another and evenly spread", () => {
  const count = shapeFactors.names.length;
  const values = new Int32Array(4000 * count);
  train.factors!.read(all, values);
  shapeFactors.sizes.forEach((size, k) => {
    const hits = new Array<number>(size).fill(0);
    for (let i = 0; i < 4000; i++) hits[values[i * count + k]!]!++;
    const expected = 4000 / size;
    const chiSquare = hits.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(26.2); // seven degrees of freedom at most, chance 5e-4
  });
  const labels = new Int32Array(3);
  train.labels!([7, 8, 9], labels);
  expect([...labels]).toEqual([7, 8, 9].map((i) => values[i * count]));
});

test("pictures are drawn from their factors alone, inks and grounds included", () => {
  const picture = new Uint8Array(3 * 32 * 32);
  const values = new Int32Array(7);
  train.factors!.read([5], values);
  renderShape(values, 32, picture);
  const pixels = new Float32Array(picture.length);
  train.read([5], pixels);
  picture.forEach((byte, k) => void expect(pixels[k]).toBeCloseTo(byte / 127.5 - 1, 6));
});

test("a shape's centre and area follow its factors, and rotation turns what can be turned", () => {
  const render = (factors: number[]): Uint8Array => {
    const out = new Uint8Array(3 * 64 * 64);
    renderShape(factors, 64, out);
    return out;
  };
  /** Mass and centre of red ink on black. */
  const ink = (factors: number[]) => {
    const red = render(factors).subarray(0, 4096);
    let [mass, x, y] = [0, 0, 0];
    red.forEach((v, at) => {
      const share = (v - 16) / 208;
      mass += share;
      x += share * ((at % 64) + 0.5);
      y += share * (Math.floor(at / 64) + 0.5);
    });
    return { mass, x: x / mass / 64, y: y / mass / 64 };
  };
  for (const kind of [0, 1, 2]) {
    const areas = [0, 1, 2].map((size) => ink([kind, 0, size, 0, 7, 3, 0]));
    areas.forEach(({ mass, x, y }, size) => {
      const area = Math.PI * (64 * [0.1, 0.14, 0.18][size]!) ** 2;
      expect(Math.abs(mass / area - 1)).toBeLessThan(0.05);
      expect(x).toBeCloseTo(0.22, 2);
      expect(y).toBeCloseTo(0.78, 2);
    });
    const turned = [0, 1, 2, 3, 4, 5].map((rotation) => render([kind, 0, 2, 3, 3, rotation, 0]).join());
    expect(new Set(turned).size).toBe(kind === 0 ? 1 : 6);
  }
});

test("other splits, seeds and subsets have factors of their own pictures", () => {
  const first = new Int32Array(14);
  train.factors!.read([2, 9], first);
  const part = new Int32Array(14);
  subset(train, Int32Array.of(9, 2), "part").factors!.read([1, 0], part);
  expect(part).toEqual(first);
  const other = new Int32Array(14);
  held!.factors!.read([2, 9], other);
  expect(other).not.toEqual(first);
  expect(shapes({ length: 10, seed: 4 }).train.fingerprint).not.toBe(train.fingerprint);
});

test("sizes that cannot be drawn are refused", () => {
  expect(() => shapes({ size: 4 })).toThrow("from 8 to 512");
});
