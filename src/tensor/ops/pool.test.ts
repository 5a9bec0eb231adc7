import { describe, expect, it } from "vitest";
import { grad } from "../grad.ts";
import { inputTensor } from "../variable.ts";
import { avgPool, globalAvgPool, globalMaxPool } from "./avg-pool.ts";
import { gridSample } from "./grid-sample.ts";
import { maxPool } from "./max-pool.ts";
import { pixelShuffle, pixelUnshuffle } from "./pixel-shuffle.ts";
import { sum } from "./reduce.ts";
import { resize } from "./resize.ts";

const x = (...shape: number[]) => inputTensor("x", shape, "float32");

describe("pooling", () => {
  it.each([maxPool, avgPool])("sizes follow ⌊(in + 2p − k)/s⌋ + 1", (pool) => {
    expect(pool(x(2, 3, 8, 6), { kernel: 2 }).shape).toEqual([2, 3, 4, 3]);
    expect(pool(x(2, 3, 7), { kernel: 3, stride: 2, padding: 1 }).shape).toEqual([2, 3, 4]);
    expect(pool(x(1, 1, 4, 5, 6), { kernel: [1, 2, 3], stride: 1 }).shape).toEqual([1, 1, 4, 4, 4]);
  });

  it.each([maxPool, avgPool])("derivatives have the input's shape", (pool) => {
    for (const options of [{ kernel: 2 }, { kernel: 2, stride: 3 }, { kernel: 3, stride: 2, padding: 1 }]) {
      const t = x(1, 2, 9, 8);
      expect(grad(sum(pool(t, options)), [t])[0]!.shape).toEqual([1, 2, 9, 8]);
    }
  });

  it("refuses windows that do not fit", () => {
    expect(() => maxPool(x(1, 1, 2, 2), { kernel: 3 })).toThrow("maxPool: the window [3, 3]");
    expect(() => avgPool(x(1, 1, 4, 4), { kernel: 2, padding: 2 })).toThrow("at most half");
    expect(() => maxPool(x(4, 4), { kernel: 2 })).toThrow("1 to 3 spatial axes");
    expect(() => maxPool(x(1, 1, 4, 4), { kernel: [2] })).toThrow("expected 2 whole numbers");
  });

  it("pools everything to [N, C]", () => {
    expect(globalAvgPool(x(2, 3, 4, 4)).shape).toEqual([2, 3]);
    expect(globalMaxPool(x(2, 3, 4, 4), { keepdims: true }).shape).toEqual([2, 3, 1, 1]);
    expect(() => globalAvgPool(x(2, 3))).toThrow("globalAvgPool: got [2, 3]");
  });
});

describe("resampling", () => {
  it("resizes by size or scale", () => {
    expect(resize(x(1, 2, 3, 4), { scale: 2 }).shape).toEqual([1, 2, 6, 8]);
    expect(resize(x(1, 2, 5, 7), { scale: [1.7, 0.6], mode: "bilinear" }).shape).toEqual([1, 2, 8, 4]);
    expect(resize(x(1, 2, 5), { size: 3 }).shape).toEqual([1, 2, 3]);
    const t = x(1, 2, 3, 4);
    expect(resize(t, { size: [3, 4], mode: "bilinear" })).toBe(t);
  });

  it("refuses sizes without meaning", () => {
    expect(() => resize(x(1, 2, 3), {})).toThrow("either a size or a scale");
    expect(() => resize(x(1, 2, 3), { size: 2, scale: 2 })).toThrow("either a size or a scale");
    expect(() => resize(x(1, 2, 3), { scale: 0.1 })).toThrow("leaves no pixels");
    expect(() => resize(x(1, 2, 3), { scale: [1, 2] })).toThrow("expected 1 positive numbers");
    expect(() => resize(x(2, 3), { size: 2 })).toThrow("with spatial axes");
  });

  it("shuffles pixels and channels", () => {
    expect(pixelShuffle(x(2, 8, 2, 3), 2).shape).toEqual([2, 2, 4, 6]);
    expect(pixelUnshuffle(x(2, 2, 4, 6), 2).shape).toEqual([2, 8, 2, 3]);
    expect(() => pixelShuffle(x(2, 6, 2, 3), 2)).toThrow("use a multiple of 4 channels");
    expect(() => pixelUnshuffle(x(2, 2, 3, 6), 2)).toThrow("multiples of 2");
  });

  it("samples at a grid", () => {
    expect(gridSample(x(2, 3, 5, 4), x(2, 7, 6, 2)).shape).toEqual([2, 3, 7, 6]);
    expect(() => gridSample(x(2, 3, 5, 4), x(2, 7, 6, 3))).toThrow("gridSample: got pictures [2, 3, 5, 4]");
  });
});
