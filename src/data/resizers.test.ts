import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Resizer, resizePlanes, resizers } from "./resizers.ts";

interface Case {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly pixels: readonly number[];
  readonly out: { readonly [name in Resizer]: readonly number[] };
}
const file = new URL("../../test/golden/metrics/resizers.json", import.meta.url);
const cases = JSON.parse(readFileSync(file, "utf8")) as Case[];
const sides = ([height, width]: readonly [number, number]) => ({ height, width });

describe.each(resizers)("%s", (resizer) => {
  it.each(cases)("gives the reference's pixels, $from to $to", ({ from, to, pixels, out }) => {
    const got = resizePlanes(Float32Array.from(pixels), sides(from), sides(to), resizer);
    expect(got.length).toBe(out[resizer].length);
    got.forEach((v, i) => void expect(Math.abs(v - out[resizer][i]!)).toBeLessThan(1e-6));
  });

  it("resizes every plane by itself, and keeps a constant and the size as they are", () => {
    const two = Float32Array.from({ length: 32 }, (_, i) => (i < 16 ? 0.25 : Math.sin(i)));
    const [old, now] = [sides([4, 4]), sides([3, 7])];
    const got = resizePlanes(two, old, now, resizer);
    for (const v of got.subarray(0, 21)) expect(v).toBeCloseTo(0.25, 6);
    expect(got.subarray(21)).toEqual(resizePlanes(two.slice(16), old, now, resizer));
    expect(resizePlanes(two, old, old, resizer)).toEqual(two);
  });
});

it("the four differ from one another", () => {
  const [{ from, to, pixels }] = cases as [Case];
  const all = resizers.map((r) => resizePlanes(Float32Array.from(pixels), sides(from), sides(to), r).join());
  expect(new Set(all).size).toBe(resizers.length);
});

it("pixels that are no whole number of planes are refused", () => {
  expect(() => resizePlanes(new Float32Array(10), sides([3, 3]), sides([2, 2]), "box")).toThrow(
    /10 pixels, expected a multiple of 3×3/,
  );
});
