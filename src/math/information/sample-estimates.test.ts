import { describe, expect, it } from "vitest";
import { deriveKey } from "../../tensor/random/key.ts";
import { createStream } from "../../tensor/random/stream.ts";
import { entropyOfDensity, jensenShannonOfDensities, klOfDensities, normalDensity } from "./densities.ts";
import { entropyFromNeighbors, klFromNeighbors } from "./neighbor-estimates.ts";
import {
  entropyFromHistogram,
  jensenShannonFromHistograms,
  klFromHistograms,
  klFromLogRatios,
  klK3FromLogRatios,
} from "./sample-estimates.ts";

const draw = (count: number, name: string, mean = 0, std = 1, dimensions = 1) => ({
  data: createStream(deriveKey(1, name))
    .normal(new Float32Array(count * dimensions))
    .map((v) => mean + std * v),
  count,
  dimensions,
});

// The pair of the calibration: KL(N(0, 1) ‖ N(1, 1.5²)) = 0.3499; every estimate within 0.05.
const [p, q] = [normalDensity(0, 1), normalDensity(1, 1.5)];
const exact = klOfDensities(p, q);
const x = draw(5000, "x");
const y = draw(5000, "y", 1, 1.5);

describe("KL from samples", () => {
  const ratios = Array.from(x.data, (v) => p.logDensity(v) - q.logDensity(v));

  it.each([
    ["the mean log-ratio", () => klFromLogRatios(ratios).value],
    ["k3", () => klK3FromLogRatios(ratios).value],
    ["histograms of 40 bins", () => klFromHistograms(x, y)],
    [
      "5 nearest neighbours, 2,000",
      () => klFromNeighbors(draw(2000, "x2"), draw(2000, "y2", 1, 1.5), { k: 5 }),
    ],
  ])("%s: within 0.05 of the exact value", (_, estimate) => {
    expect(Math.abs(estimate() - exact)).toBeLessThan(0.05);
  });

  it("the standard errors cover the exact value, and k3 varies less where p and q are close", () => {
    for (const estimate of [klFromLogRatios(ratios), klK3FromLogRatios(ratios)])
      expect(Math.abs(estimate.value - exact)).toBeLessThan(4 * estimate.standardError);
    const near = normalDensity(0.1, 1);
    const close = Array.from(x.data, (v) => p.logDensity(v) - near.logDensity(v));
    expect(klK3FromLogRatios(close).standardError).toBeLessThan(0.2 * klFromLogRatios(close).standardError);
  });

  it("one neighbour is noisier: within three of its standard errors", () => {
    // Var log s − log r is about 2·π²/6, and log(p/q) varies too.
    const spread = Math.sqrt(
      Math.PI ** 2 / 3 + 2000 * klFromLogRatios(ratios.slice(0, 2000)).standardError ** 2,
    );
    const got = klFromNeighbors(draw(2000, "x2"), draw(2000, "y2", 1, 1.5));
    expect(Math.abs(got - exact)).toBeLessThan((3 * spread) / Math.sqrt(2000));
  });

  it("nearest neighbours work in the plane too", () => {
    const wanted = 2 * klOfDensities(p, normalDensity(0.5, 1));
    const got = klFromNeighbors(draw(2000, "plane", 0, 1, 2), draw(2000, "plane q", 0.5, 1, 2), { k: 5 });
    expect(Math.abs(got - wanted)).toBeLessThan(0.1);
  });
});

describe("other estimates", () => {
  it("JS and entropy", () => {
    expect(Math.abs(jensenShannonFromHistograms(x, y) - jensenShannonOfDensities(p, q))).toBeLessThan(0.02);
    expect(Math.abs(entropyFromHistogram(x) - entropyOfDensity(p))).toBeLessThan(0.05);
    expect(Math.abs(entropyFromNeighbors(draw(2000, "x2"), { k: 3 }) - entropyOfDensity(p))).toBeLessThan(
      0.05,
    );
    const plane = entropyFromNeighbors(draw(2000, "plane", 0, 2, 2), { k: 3 });
    expect(Math.abs(plane - 2 * entropyOfDensity(normalDensity(0, 2)))).toBeLessThan(0.1);
  });

  it("an empty bin makes KL infinite only without pseudocounts", () => {
    const [a, b] = [
      { data: [0, 1], count: 2, dimensions: 1 },
      { data: [0, 0], count: 2, dimensions: 1 },
    ];
    expect(klFromHistograms(a, b, { bins: 2, pseudocount: 0 })).toBe(Number.POSITIVE_INFINITY);
    expect(klFromHistograms(a, b, { bins: 2 })).toBeLessThan(1);
  });

  it("name what cannot be estimated", () => {
    const copies = { data: [1, 1, 2, 2], count: 4, dimensions: 1 };
    expect(() => klFromNeighbors(copies, x)).toThrow("1 or more exact copies");
    expect(() => klFromNeighbors(copies, x, { k: 4 })).toThrow("k is 4, expected a whole number from 1 to 3");
    expect(() => klFromNeighbors(copies, { data: [1, 2], count: 1, dimensions: 2 })).toThrow(
      "1 and 2 dimensions",
    );
    expect(() => klFromHistograms(copies, { ...copies, count: 3 })).toThrow("4 numbers for 3 rows");
    expect(() => klFromLogRatios([1])).toThrow("at least 2");
    expect(() => klFromHistograms(draw(5, "d", 0, 1, 9), draw(5, "d", 0, 1, 9))).toThrow("Take fewer bins");
  });
});
