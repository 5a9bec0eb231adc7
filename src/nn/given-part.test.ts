import { describe, expect, it } from "vitest";
import { givenPart } from "./given-part.ts";

const rows = (mask: Float32Array, width: number): string[] =>
  Array.from({ length: mask.length / width }, (_, r) => mask.slice(r * width, (r + 1) * width).join(""));

describe("givenPart", () => {
  it("gives the lower left quadrant, then the left half, then all but the upper right one, in every channel", () => {
    expect(rows(givenPart([1, 4, 4], 1), 4)).toEqual(["0000", "0000", "1100", "1100"]);
    expect(rows(givenPart([1, 4, 4], 2), 4)).toEqual(["1100", "1100", "1100", "1100"]);
    expect(rows(givenPart([2, 2, 2], 3), 2)).toEqual(["10", "11", "10", "11"]);
  });

  it("gives the first half of points", () => {
    expect([...givenPart([5], 1)]).toEqual([1, 1, 0, 0, 0]);
  });

  it("refuses what is no part", () => {
    expect(() => givenPart([1, 4, 4], 4)).toThrow("givenPart: got 4 quadrants of [1, 4, 4], expected 1 to 3");
    expect(() => givenPart([4, 4], 1)).toThrow("givenPart: got 1 quadrants of [4, 4]");
  });
});
