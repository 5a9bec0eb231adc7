import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

const bench = async (file: string) => await import(new URL(`../../bench/${file}`, import.meta.url).href);

it("finds the exponents of growth", async () => {
  const { exponents } = await bench("record/exponents.js");
  const rows = [4, 0.25, 1, 0.5, 2].map((factor) => ({
    ...{ model: "m", axis: "channels", factor },
    ms: 3 * factor ** 1.8,
    flops: 7 * factor ** 2,
  }));
  const [{ exponent, perFlop, ms }] = exponents(rows);
  expect(exponent).toBeCloseTo(1.8, 10);
  expect(perFlop).toBeCloseTo(0.9, 10);
  expect(ms.map((one: { factor: number }) => one.factor)).toEqual([0.25, 0.5, 1, 2, 4]);
});

it("refuses a twin whose losses differ, and allows random ones a difference in their first step", async () => {
  const { agreement } = await bench("harness/agreement.js");
  expect(agreement({}, [[1], [2]], [[1.001], [2]])).toBeCloseTo(0.001, 5);
  expect(() => agreement({}, [[1], [2]], [[1], [2.1]])).toThrow("do not agree");
  expect(() => agreement({}, [[1]], [[Number.NaN]])).toThrow("do not agree");
  expect(agreement({ random: true }, [[1], [2]], [[1.1], [9]])).toBeCloseTo(0.1 / 1.1, 5);
  expect(() => agreement({ random: true }, [[1]], [[2]])).toThrow("do not agree");
  expect(agreement({}, [[1]], [[]])).toBeUndefined();
});

it("has a place in docs/speed.md for every table of the record", async () => {
  const { tables } = await bench("record/tables.js");
  const page = readFileSync(new URL("../../docs/speed.md", import.meta.url), "utf8");
  for (const name of Object.keys(tables)) {
    const start = page.indexOf(`<!-- bench:${name} -->`);
    expect(start).toBeGreaterThan(0);
    expect(page.indexOf(`<!-- /bench:${name} -->`)).toBeGreaterThan(start);
  }
});
