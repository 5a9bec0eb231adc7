import { describe, expect, it } from "vitest";
import {
  binWidths,
  bitsPerDimension,
  bitsPerDimensionOfDensity,
  bitsPerPixel,
  natsOfBits,
} from "./bits-per-dimension.ts";

describe("conversions of log-likelihoods", () => {
  it("a fair coin for each of 784 binary pixels is 543.4274 nats, one bit a pixel", () => {
    expect(-natsOfBits(1, 784)).toBeCloseTo(543.4274, 4);
    expect(bitsPerDimension(-784 * Math.LN2, 784)).toBeCloseTo(1, 12);
  });

  it("81.30 nats of 784 pixels are 0.14961 bits a pixel; 2.92 bits of CIFAR's 3,072 numbers are 6217.70 nats", () => {
    expect(bitsPerDimension(-81.3, 784)).toBeCloseTo(0.14961, 5);
    expect(-natsOfBits(2.92, 3072)).toBeCloseTo(6217.7, 2);
    expect(bitsPerPixel(2.92, 3)).toBeCloseTo(8.76, 12);
  });

  it("a density in [0, 1] adds ln 256, one in [−1, 1] ln 127.5", () => {
    const [nll, d] = [-1200, 784];
    expect(bitsPerDimensionOfDensity(-nll, d, binWidths.unit)).toBeCloseTo(
      (nll / d + Math.log(256)) / Math.LN2,
      12,
    );
    expect(bitsPerDimensionOfDensity(-nll, d, binWidths.signed)).toBeCloseTo(
      (nll / d + Math.log(127.5)) / Math.LN2,
      12,
    );
  });

  it("gives the same bits for the same model in other units: y = 2x − 1 has half the density", () => {
    // The same bins, in [0, 1] of width w and in [−1, 1] of width 2w.
    const [nats, d, w] = [512.5, 100, 1 / 256];
    const doubled = bitsPerDimensionOfDensity(nats - d * Math.LN2, d, 2 * w);
    expect(doubled).toBeCloseTo(bitsPerDimensionOfDensity(nats, d, w), 12);
  });

  it("natsOfBits undoes bitsPerDimension", () => {
    expect(natsOfBits(bitsPerDimension(-97.2, 784), 784)).toBeCloseTo(-97.2, 12);
  });
});
