import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FDivergenceName, fDivergences } from "../divergences/f-gan.ts";
import { inBits } from "./divergence-terms.ts";
import {
  crossEntropyOfTables,
  divergenceOfTables,
  entropyOfTable,
  jensenShannonOfTables,
  klOfTables,
  mutualInformationOfTable,
} from "./tables.ts";

const names = Object.keys(fDivergences) as FDivergenceName[];
const normalised = (x: number[]): number[] => x.map((v) => v / x.reduce((a, b) => a + b, 0));
/** Tables of 6 outcomes, some of them impossible. */
const table = fc
  .array(fc.oneof(fc.constant(0), fc.double({ min: 1e-12, max: 1, noNaN: true })), {
    minLength: 6,
    maxLength: 6,
  })
  .filter((x) => x.reduce((a, b) => a + b, 0) > 0)
  .map(normalised);
const positiveTable = fc
  .array(fc.double({ min: 1e-6, max: 1, noNaN: true }), { minLength: 6, maxLength: 6 })
  .map(normalised);

describe("tables", () => {
  it("KL ≥ 0, and 0 only where the tables are equal", () => {
    fc.assert(
      fc.property(table, table, (p, q) => {
        expect(klOfTables(p, p)).toBe(0);
        const apart = 0.5 * p.reduce((total, v, i) => total + Math.abs(v - q[i]!), 0);
        // Pinsker: KL ≥ 2 TV²; less the rounding of the sum.
        expect(klOfTables(p, q)).toBeGreaterThanOrEqual(2 * apart ** 2 - 1e-12);
      }),
    );
  });

  it("KL is H(P, Q) − H(P), and not symmetric", () => {
    fc.assert(
      fc.property(positiveTable, positiveTable, (p, q) => {
        expect(klOfTables(p, q)).toBeCloseTo(crossEntropyOfTables(p, q) - entropyOfTable(p), 10);
      }),
    );
    expect(klOfTables([0.9, 0.1], [0.5, 0.5])).not.toBeCloseTo(klOfTables([0.5, 0.5], [0.9, 0.1]), 2);
  });

  it("JS is symmetric, at most log 2 (1 bit), and its root obeys the triangle inequality", () => {
    fc.assert(
      fc.property(table, table, table, (p, q, r) => {
        const js = jensenShannonOfTables(p, q);
        expect(js).toBeCloseTo(jensenShannonOfTables(q, p), 12);
        expect(inBits(js)).toBeLessThanOrEqual(1 + 1e-12);
        const [pq, qr, pr] = [js, jensenShannonOfTables(q, r), jensenShannonOfTables(p, r)].map(Math.sqrt);
        expect(pr!).toBeLessThanOrEqual(pq! + qr! + 1e-7); // √ of a rounding error of 1e-15
      }),
    );
    expect(jensenShannonOfTables([1, 0], [0, 1])).toBeCloseTo(Math.LN2, 15);
  });

  it.each(names)("%s never grows where outcomes are joined (data processing)", (name) => {
    fc.assert(
      fc.property(table, table, (p, q) => {
        const joined = (x: number[]): number[] => [x[0]! + x[1]!, x[2]!, x[3]! + x[4]! + x[5]!];
        const fine = divergenceOfTables(p, q, name);
        if (fine === Number.POSITIVE_INFINITY) return;
        expect(divergenceOfTables(joined(p), joined(q), name)).toBeLessThanOrEqual(
          fine + 1e-9 * Math.abs(fine) + 1e-12,
        );
      }),
    );
  });

  it.each([
    ["kl", 0.5 * Math.log(0.5 / 0.25) + 0.5 * Math.log(0.5 / 0.75)],
    ["reverse-kl", 0.25 * Math.log(0.25 / 0.5) + 0.75 * Math.log(0.75 / 0.5)],
    ["pearson-chi2", 0.25 + 0.0625 / 0.75],
    ["neyman-chi2", 0.25],
    ["squared-hellinger", 2 - 2 * (Math.sqrt(0.125) + Math.sqrt(0.375))],
    ["total-variation", 0.25],
  ] as const)("%s of (½, ½) and (¼, ¾) by hand", (name, wanted) => {
    expect(divergenceOfTables([0.5, 0.5], [0.25, 0.75], name)).toBeCloseTo(wanted, 14);
  });

  it.each(names)("%s keeps its digits and limits where masses are far apart or 0", (name) => {
    const tiny = divergenceOfTables([1e-200, 1], [1e-300, 1], name);
    expect(tiny).toBeCloseTo(name === "gan" ? -Math.log(4) : 0, 12);
    const apart = divergenceOfTables([1, 0], [0, 1], name);
    const limits: { [name: string]: number } = {
      "squared-hellinger": 2,
      "total-variation": 1,
      "jensen-shannon": 2 * Math.LN2,
      gan: 0,
    };
    expect(apart).toBeCloseTo(limits[name] ?? Number.POSITIVE_INFINITY, 14);
  });

  it("are those of SciPy", () => {
    const path = new URL("../../../test/golden/metrics/two-sample.json", import.meta.url);
    for (const { p, q, kl, entropy, jensenShannon } of JSON.parse(readFileSync(path, "utf8")).information
      .tables) {
      expect(klOfTables(p, q)).toBeCloseTo(kl, 12);
      expect(entropyOfTable(p)).toBeCloseTo(entropy, 12);
      expect(jensenShannonOfTables(p, q)).toBeCloseTo(jensenShannon, 12);
    }
  });

  it("mutual information is that of independent and of equal variables", () => {
    expect(mutualInformationOfTable([0.06, 0.14, 0.24, 0.56], 2)).toBeCloseTo(0, 15);
    expect(mutualInformationOfTable([0.5, 0, 0, 0.5], 2)).toBeCloseTo(Math.LN2, 15);
  });

  it("names what is not a table", () => {
    expect(() => entropyOfTable([2, 3])).toThrow("sums to 5; expected probabilities that sum to 1. Divide");
    expect(() => entropyOfTable([1.5, -0.5])).toThrow("has a negative number or NaN");
    expect(() => klOfTables([1], [0.5, 0.5])).toThrow("1 and 2 outcomes");
    expect(() => divergenceOfTables([1], [1], "js" as FDivergenceName)).toThrow(
      'none named "js"; use one of kl',
    );
    expect(() => mutualInformationOfTable([0.5, 0.25, 0.25], 2)).toThrow("do not make 2 rows");
  });
});
