// @ts-check
/** `--compile`: how long each model of the registry takes to compile, each in a process of its own as a user meets it. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findModel, models } from "../imago.js";
import { recordRows } from "../record/write.js";

/** @typedef {import("../record/format.js").CompileRow} CompileRow */
/** @typedef {import("../options.js").Options} Options */

const run = promisify(execFile);
const stages = /** @type {const} */ ([
  "trace",
  "derivatives",
  "optimise",
  "parameters",
  "write",
  "load",
  "total",
]);
/** Goals in milliseconds. */
const goals = { image: 2000, points: 300 };

/** @param {Options} options */
export async function compileTimes({ only, threads, record }) {
  const chosen = only.length > 0 ? only.map(findModel) : models;
  const rows = /** @type {CompileRow[]} */ ([]);
  console.log(line(["", ...stages, "MB"]));
  for (const definition of chosen)
    for (const kind of definition.data) {
      const row = await compileOne(definition.name, kind, threads);
      if (!row) continue;
      rows.push(row);
      const slow = row.total > goals[kind] ? `  over ${goals[kind]} ms` : "";
      const cells = [
        `${row.model}, ${row.data}`,
        ...stages.map((s) => row[s].toFixed(0)),
        (row.bytes / 1e6).toFixed(1),
      ];
      console.log(line(cells) + slow);
    }
  if (record) await recordRows("compile", rows, ({ model, data }) => `${model} ${data}`, threads);
}

/** Undefined for a model that is fitted without a graph. @param {string} model @param {string} kind @param {number} threads @returns {Promise<CompileRow | undefined>} */
async function compileOne(model, kind, threads) {
  const script = fileURLToPath(new URL("../harness/compile-model.js", import.meta.url));
  try {
    const { stdout } = await run(process.execPath, [script, JSON.stringify({ model, kind, threads })]);
    return stdout.trim() === "" ? undefined : JSON.parse(stdout);
  } catch (error) {
    process.exitCode = 1;
    const text = error instanceof Error ? error.message : String(error);
    console.log(`${model}, ${kind}: failed, ${/^\w*Error: .*$/m.exec(text)?.[0] ?? text}`);
    return undefined;
  }
}

/** @param {string[]} cells */
const line = (cells) => cells.map((c, i) => (i === 0 ? c.padEnd(32) : c.padStart(11))).join(" ");
