// @ts-check
/** Puts measurements into bench/results.json and the tables of docs/speed.md; what was not measured stays. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { allCases } from "../cases/index.js";
import { describeMachine } from "../harness/machine.js";
import { atomicWrite } from "../internals.js";
import { parseResults } from "./format.js";
import { tables } from "./tables.js";

/** @typedef {import("./format.js").Results} Results */
/** @typedef {import("./format.js").RecordedCase} RecordedCase */
/** @typedef {import("../commands/cases.js").Measured} Measured */
/** @typedef {import("../options.js").Options} Options */

const resultsFile = fileURLToPath(new URL("../results.json", import.meta.url));
const page = fileURLToPath(new URL("../../docs/speed.md", import.meta.url));

/** @returns {Results} */
export function readResults() {
  return existsSync(resultsFile) ? parseResults(readFileSync(resultsFile, "utf8")) : { cases: [] };
}

/** Cases in the place of those of the same name, in the order in which the benchmark has them. @param {Measured} measured @param {Options} options */
export async function recordCases({ machine, torch, peak, outcomes }, { threads, keepMemory }) {
  const how = { ...machine, threads, ...(torch !== undefined && { torch, torchKeepsMemory: keepMemory }) };
  /** @type {RecordedCase[]} */
  const made = outcomes.map((outcome) => ({
    ...{ name: outcome.name, group: outcome.group, machine: how, peak, imago: outcome.imago.summary },
    ...given(outcome, ["goal", "flops", "difference", "fresh", "compiledFailure"]),
    ...(outcome.compiled && { compiled: outcome.compiled.summary }),
    ...(outcome.torch && {
      torch: outcome.torch.summary,
      ratio: outcome.imago.summary.median / outcome.torch.summary.median,
    }),
  }));
  const before = readResults();
  const cases = allCases().flatMap(({ name }) => {
    const found = made.find((one) => one.name === name) ?? before.cases.find((one) => one.name === name);
    return found ? [found] : [];
  });
  await write({ ...before, cases });
}

/**
 * @param {"scaling" | "compile"} part @param {any[]} rows
 * @param {(row: any) => string} nameOf Tells rows apart: those not measured now are kept. @param {number} threads
 */
export async function recordRows(part, rows, nameOf, threads) {
  const before = readResults();
  const names = new Set(rows.map(nameOf));
  const kept = (before[part]?.rows ?? []).filter((/** @type {any} */ row) => !names.has(nameOf(row)));
  const machine = { ...describeMachine(), threads };
  await write({ ...before, [part]: { machine, rows: [...kept, ...rows] } });
}

/** @param {Results} results */
async function write(results) {
  const checked = parseResults(JSON.stringify(results));
  await atomicWrite(resultsFile, `${JSON.stringify(checked, rounded, 1)}\n`);
  await atomicWrite(page, withTables(readFileSync(page, "utf8"), checked));
  console.log("\nrecorded in bench/results.json and docs/speed.md");
}

/** Four digits are more than a time is good for. @param {string} _ @param {unknown} value */
const rounded = (_, value) =>
  typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;

/** The page with a new text between each pair of markers. @param {string} text @param {Results} results */
function withTables(text, results) {
  return Object.entries(tables).reduce((page, [name, table]) => {
    const [from, to] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const [start, end] = [page.indexOf(from), page.indexOf(to)];
    if (start < 0 || end < start)
      throw new Error(`docs/speed.md has no ${from} … ${to} to put the table in.`);
    return `${page.slice(0, start + from.length)}\n${table(results)}\n${page.slice(end)}`;
  }, text);
}

/** The entries of those names that have a value. @template {object} T @template {keyof T} K @param {T} from @param {K[]} names @returns {Pick<T, K>} */
function given(from, names) {
  const entries = names.filter((name) => from[name] !== undefined).map((name) => [name, from[name]]);
  return /** @type {Pick<T, K>} */ (Object.fromEntries(entries));
}
