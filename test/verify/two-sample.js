// @ts-check
/**
 * `npm run verify:two-sample`: p-values of every two-sample test under H0 over 500 repetitions, and their power. Writes
 * docs/two-sample.json and the tables of docs/two-sample.md; exits with 1 where p-values are not uniform. About five minutes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { createRuntime } from "../../dist/index.js";
import {
  kolmogorovLimit,
  kolmogorovSmirnovTest,
  twoSampleTests,
} from "../../dist/metrics/two-sample/index.js";
import { createStream, deriveKey } from "../../dist/tensor/random/index.js";
import { cases, count, dimensions, draw } from "./two-sample-cases.js";

/** @typedef {import("../../dist/metrics/two-sample/index.js").TwoSampleTest} Test */

const repetitions = 500;
const forPower = 200;
const level = 0.05;
const shifts = [0.1, 0.2, 0.3, 0.4, 0.5];
const docs = new URL("../../docs/", import.meta.url);

const runtime = createRuntime({ device: "cpu", threads: 1 });
const tests = twoSampleTests(runtime);
/** Every test in five dimensions; the Kolmogorov–Smirnov test, which is exact in one, there too. */
const calibrated = [
  ...tests.map((test) => ({ test, d: dimensions, name: test.name })),
  { test: kolmogorovSmirnovTest, d: 1, name: "ks, one dimension" },
];

const uniformity = [];
for (const { test, d, name } of calibrated) {
  const found = await underNull(test, d);
  console.log(`${name}: uniform? KS p ${found.kolmogorov.toFixed(3)}, rejected ${found.rejected}`);
  uniformity.push({ name, ...found });
}
const power = await table(cases.slice(1));
const shiftPower = await table(shifts.map((shift) => ({ name: `shift ${shift}`, kind: "null", shift })));
await runtime.dispose();

// The chance that any of them fails by accident is 1 %.
const limit = 0.01 / uniformity.length;
const failed = uniformity.filter((u) => u.kolmogorov < limit || u.chiSquared > chiSquaredLimit(limit));
const result = {
  dimensions,
  count,
  permutations: 199,
  level,
  repetitions,
  forPower,
  uniformity,
  power,
  shiftPower,
};
await writeFile(new URL("two-sample.json", docs), `${JSON.stringify(result, null, 2)}\n`);
await fillPage();
for (const { name } of failed) console.error(`${name}: the p-values are not uniform under H0.`);
process.exitCode = failed.length > 0 ? 1 : 0;

/**
 * @param {Test} test
 * @param {number} d
 */
async function underNull(test, d) {
  const uniforms = createStream(deriveKey(1, "verify/ties", test.name)).uniform(
    new Float32Array(repetitions),
  );
  const values = [];
  let rejected = 0;
  for (let seed = 0; seed < repetitions; seed++) {
    const nothing = { kind: "null", shift: 0 };
    const { pValue, strictPValue } = await test.test(
      draw(nothing, seed, "a", d),
      draw(nothing, seed, "b", d),
      { seed },
    );
    values.push(strictPValue + Number(uniforms[seed]) * (pValue - strictPValue));
    if (pValue <= level) rejected += 1 / repetitions;
  }
  values.sort((x, y) => x - y);
  const gap = Math.max(...values.map((v, i) => Math.max((i + 1) / repetitions - v, v - i / repetitions)));
  const counts = Array.from(
    { length: 10 },
    (_, bin) => values.filter((v) => Math.min(9, Math.floor(10 * v)) === bin).length,
  );
  return {
    kolmogorov: kolmogorovLimit(gap * Math.sqrt(repetitions)),
    chiSquared: counts.reduce((sum, c) => sum + (c - repetitions / 10) ** 2 / (repetitions / 10), 0),
    counts,
    rejected: Math.round(rejected * 1000) / 1000,
  };
}

/** Share of p-values at most `level` of every test against every alternative.
 * @param {readonly { name: string, kind: string, shift: number }[]} against
 */
async function table(against) {
  const rows = [];
  for (const alternative of against) {
    /** @type {{ [test: string]: number }} */
    const shares = {};
    for (const test of tests) {
      let hits = 0;
      for (let seed = 0; seed < forPower; seed++) {
        const [a, b] = [draw({ kind: "null", shift: 0 }, seed, "a"), draw(alternative, seed, "b")];
        if ((await test.test(a, b, { seed })).pValue <= level) hits++;
      }
      shares[test.name] = hits / forPower;
    }
    console.log(alternative.name, JSON.stringify(shares));
    rows.push({ name: alternative.name, power: shares });
  }
  return rows;
}

/** Upper quantile of χ² with 9 degrees of freedom, by Wilson and Hilferty's cube.
 * @param {number} p
 */
function chiSquaredLimit(p) {
  const t = Math.sqrt(-2 * Math.log(p));
  const z =
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) / (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t ** 3);
  return 9 * (1 - 2 / 81 + z * Math.sqrt(2 / 81)) ** 3;
}

/** Puts the measured tables between the marks of docs/two-sample.md. */
async function fillPage() {
  const page = new URL("two-sample.md", docs);
  const header = (/** @type {string} */ first) =>
    `| ${first} | ${tests.map((t) => t.name).join(" | ")} |\n|---|${tests.map(() => "--:|").join("")}`;
  const line = (/** @type {{ name: string, power: { [test: string]: number } }} */ row) =>
    `| ${row.name} | ${tests.map((t) => Number(row.power[t.name]).toFixed(2)).join(" | ")} |`;
  const nullRow = `| P = Q (level) | ${tests.map((t) => Number(uniformity.find((u) => u.name === t.name)?.rejected).toFixed(2)).join(" | ")} |`;
  const parts = {
    uniformity: [
      "| Test | KS p-value of the p-values | χ² (9 d.f.) | share ≤ 0.05 |\n|---|--:|--:|--:|",
      ...uniformity.map(
        (u) => `| ${u.name} | ${u.kolmogorov.toFixed(3)} | ${u.chiSquared.toFixed(1)} | ${u.rejected} |`,
      ),
    ],
    power: [header("b is drawn with"), nullRow, ...power.map(line)],
    shift: [header("Shift of every coordinate"), ...shiftPower.map(line)],
  };
  let text = await readFile(page, "utf8");
  for (const [name, lines] of Object.entries(parts)) {
    text = text.replace(new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`), `$1${lines.join("\n")}\n$2`);
  }
  await writeFile(page, text);
}
