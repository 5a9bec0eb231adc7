// @ts-check
/**
 * `node bench/start-up.js [--spawns N] [--json FILE]`: seconds from starting a process to the end of its first training
 * step, everything included: Node, imports, tracing, derivatives, compiling, the first parameters, the step itself.
 */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { summarize } from "./harness/statistics.js";

/** Goals in seconds, on two cores. */
const goals = { dcgan: 3, toy: 1 };

const { values } = parseArgs({
  options: { spawns: { type: "string", default: "5" }, json: { type: "string" } },
});
const spawns = Number(values.spawns);
if (!Number.isInteger(spawns) || spawns < 1)
  throw new Error(`--spawns is ${values.spawns}, expected at least 1.`);

/** @type {Record<string, { seconds: number[], imports: number[] }>} */
const outcomes = {};
for (const [model, goal] of Object.entries(goals)) {
  const timed = [];
  for (let i = 0; i < spawns; i++) timed.push(await firstStep(model));
  const seconds = timed.map((t) => t.total / 1000);
  outcomes[model] = { seconds, imports: timed.map((t) => t.imported / 1000) };
  const { median, min } = summarize(seconds);
  const imports = summarize(outcomes[model].imports).median;
  console.log(
    `${model.padEnd(6)} ${median.toFixed(2)} s median of ${spawns} (fastest ${min.toFixed(2)} s; modules loaded after ` +
      `${imports.toFixed(2)} s); goal: under ${goal} s: ${median < goal ? "met" : "missed"}`,
  );
}
if (values.json)
  await writeFile(values.json, JSON.stringify({ date: new Date().toISOString(), outcomes }, null, 1));

/** @param {string} model @returns {Promise<{ total: number, imported: number }>} milliseconds */
async function firstStep(model) {
  const script = fileURLToPath(new URL("./start-up/first-step.js", import.meta.url));
  const start = performance.now();
  const child = spawn(process.execPath, [script, model], { stdio: ["ignore", "pipe", "inherit"] });
  const closed = new Promise((resolve) => child.on("close", resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    const total = performance.now() - start;
    await closed;
    return { total, imported: JSON.parse(line).imported };
  }
  throw new Error(`${model}: the process ended before its first step`);
}
