import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mixtureDensity, normalDensity, uniformDensity } from "./densities.ts";
import {
  discriminatorGap,
  discriminatorValue,
  generatorCriterion,
  optimalDiscriminator,
  optimalLogit,
} from "./discriminator.ts";
import { meanGradientOnSamples, slopeInLogit } from "./saturation.ts";

const bimodal = mixtureDensity([1, 1], [normalDensity(-2, 0.5), normalDensity(2, 0.5)]);

describe("the optimal discriminator", () => {
  it("maximises a log y + b log(1 − y) at a/(a + b)", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        fc.double({ min: 0.01, max: 10, noNaN: true }),
        (a, b) => {
          const value = (y: number): number => a * Math.log(y) + b * Math.log1p(-y);
          expect(Math.abs(largestPlace(value) - a / (a + b))).toBeLessThan(1e-6);
        },
      ),
    );
  });

  it("is p/(p + q), and stays exact where both underflow", () => {
    const d = optimalDiscriminator(normalDensity(0), normalDensity(1));
    expect(d(0.5)).toBeCloseTo(0.5, 15);
    expect(d(100)).toBeCloseTo(Math.exp(0.5 - 100), 50);
    expect(d(-60)).toBe(1);
  });

  it("has a linear logit between normals of one width", () => {
    const logit = optimalLogit(normalDensity(1.5, 2), normalDensity(0, 2));
    const slope = 1.5 / 4;
    for (const x of [-3, 0, 7]) expect(logit(x)).toBeCloseTo(slope * (x - 0.75), 12);
  });
});

describe("C(G) = −log 4 + 2 JS", () => {
  it.each([
    ["N(0, 1) | N(1.5, 1)", normalDensity(0), normalDensity(1.5), 0.221171, -0.943953],
    ["N(0, 1) | N(0, 2²)", normalDensity(0), normalDensity(0, 2), 0.092733, -1.200828],
    ["two modes | N(0, 1.5²)", bimodal, normalDensity(0, 1.5), 0.229787, -0.92672],
    ["equal", bimodal, bimodal, 0, -1.386294],
    ["disjoint", uniformDensity(0, 1), uniformDensity(2, 3), Math.LN2, 0],
  ])("%s", (_, p, q, js, c) => {
    const gap = discriminatorGap(p, q, optimalLogit(p, q));
    expect(gap.jensenShannon).toBeCloseTo(js, 6);
    expect(generatorCriterion(p, q)).toBeCloseTo(c, 6);
    expect(gap.value).toBeCloseTo(generatorCriterion(p, q), 8);
    expect(gap.jensenShannonBound).toBeCloseTo(gap.jensenShannon, 8);
    expect(gap.meanError).toBeCloseTo(0, 10);
  });

  it("is what no other discriminator reaches", () => {
    const [p, q] = [bimodal, normalDensity(0, 1.5)];
    fc.assert(
      fc.property(
        fc.double({ min: -2, max: 2, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (a, b) => {
          const value = discriminatorValue(p, q, (x) => a * x + b * Math.cos(x));
          expect(value).toBeLessThanOrEqual(generatorCriterion(p, q) + 1e-9);
        },
      ),
      { numRuns: 20 },
    );
    // The worst of the constants: V(½) = −log 4.
    expect(discriminatorValue(p, q, () => 0)).toBeCloseTo(-Math.log(4), 10);
  });
});

describe("saturation", () => {
  it("slopes in the logit: their ratio is (1 − D)/D", () => {
    const ratio = (d: number): number => slopeInLogit("non-saturating", d) / slopeInLogit("minimax", d);
    expect([0.0001, 0.01, 0.5, 0.99].map((d) => Number(ratio(d).toPrecision(3)))).toEqual([
      10000, 99, 1, 0.0101,
    ]);
    expect(ratio(0.0001)).toBeCloseTo(9999, 8);
  });

  it.each([
    [1, 0.398, 0.602],
    [2, 0.45, 1.55],
    [3, 0.296, 2.7],
    [4, 0.137, 3.86],
    [6, 0.0125, 5.99],
    [8, 0.00039, 8],
  ])("N(0, 1) against N(%d, 1): minimax %d, non-saturating %d", (theta, minimax, nonSaturating) => {
    const [p, q] = [normalDensity(0), normalDensity(theta)];
    const [a, b] = [meanGradientOnSamples(p, q, "minimax"), meanGradientOnSamples(p, q, "non-saturating")];
    expect(a + b).toBeCloseTo(theta, 6); // θ·E[D] + θ·E[1 − D]
    expect(Math.abs(a / minimax - 1)).toBeLessThan(0.02);
    expect(Math.abs(b / nonSaturating - 1)).toBeLessThan(0.005);
  });

  it("costs training more than 100 times the steps, from θ = 8 to 0.5 against the best discriminator", () => {
    const steps = (loss: "minimax" | "non-saturating"): number => {
      let [theta, count] = [8, 0];
      for (; theta >= 0.5 && count < 1e5; count++) {
        // E_q of the slope at D*(θ + z), whose logit is −θz − θ²/2, by the trapezoid rule on z.
        let pull = 0;
        for (let z = -9; z <= 9; z += 0.1) {
          const d = 1 / (1 + Math.exp(theta * z + theta ** 2 / 2));
          pull -= (0.1 * Math.exp(-z * z * 0.5) * slopeInLogit(loss, d)) / Math.sqrt(2 * Math.PI);
        }
        theta -= 0.1 * theta * pull;
      }
      return count;
    };
    const [minimax, nonSaturating] = [steps("minimax"), steps("non-saturating")];
    expect(nonSaturating).toBeLessThan(50);
    expect(minimax).toBeGreaterThan(100 * nonSaturating);
    expect(minimax).toBeLessThan(1e5);
  });
});

/** Golden-section search for the largest value on (0, 1). */
function largestPlace(f: (y: number) => number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [0, 1];
  while (high - low > 1e-9) {
    const [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
    if (f(a) > f(b)) high = b;
    else low = a;
  }
  return (low + high) / 2;
}
