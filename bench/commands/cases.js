// @ts-check
/** Times cases and prints a line for each. */
import { writeFile } from "node:fs/promises";
import { peakCase } from "../cases/index.js";
import { compare } from "../harness/compare.js";
import { freshImago, freshTorch } from "../harness/fresh.js";
import { describeMachine, newRuntime } from "../harness/machine.js";
import { profile } from "../harness/profile.js";
import { heading, line, memoryLine } from "../harness/table.js";
import { startTorch } from "../harness/torch.js";
import { recordCases } from "../record/write.js";

/**
 * @typedef {import("../cases/case.js").Case} Case
 * @typedef {import("../harness/compare.js").Outcome & { fresh?: { imago: import("../harness/fresh.js").Fresh,
 *   torch?: import("../harness/fresh.js").Fresh } }} Outcome
 * @typedef {import("../harness/torch.js").Torch} Torch
 * @typedef {import("../options.js").Options} Options
 *
 * @typedef {object} Measured
 * @property {import("../harness/machine.js").Machine} machine
 * @property {string} [torch] Its version.
 * @property {number} peak GFLOP/s of a large matrix product.
 * @property {Outcome[]} outcomes
 */

/** @param {Case[]} cases @param {Options} options */
export async function bench(cases, options) {
  if (options.profile || options.saveOnnx !== undefined) return inspect(cases, options);
  const measured = await measure(cases, options);
  const { json, threads, rounds, keepMemory, record } = options;
  if (json) {
    const report = { ...measured, threads, rounds, torchKeepsMemory: keepMemory };
    await writeFile(json, JSON.stringify(report, null, 1));
  }
  if (record) await recordCases(measured, options);
}

/** Times the cases and prints them. @param {Case[]} cases @param {Options} options @returns {Promise<Measured>} */
export async function measure(cases, options) {
  const machine = describeMachine();
  const started = options.torch ? await startTorch(options) : "left out";
  const torch = typeof started === "string" ? undefined : started;
  const how = `Node ${machine.node}, ${options.threads} thread(s) each, ${options.rounds} rounds, load average ${machine.load}`;
  console.log(`${machine.cpu}, ${how}`);
  console.log(typeof started === "string" ? `No PyTorch: ${started}` : `PyTorch ${started.version}`);
  try {
    const peak = await measurePeak(options);
    console.log(`peak: ${peak.toFixed(0)} GFLOP/s (matmul 1024)`);
    const outcomes = await runAll(cases, torch, peak, options);
    if (torch) console.log("\nratio: Imago's median / PyTorch's; below 1 Imago is faster");
    return { machine, peak, outcomes, ...(torch && { torch: torch.version }) };
  } finally {
    await torch?.close();
  }
}

/** @param {Case[]} cases @param {Torch | undefined} torch @param {number} peak @param {Options} options */
async function runAll(cases, torch, peak, options) {
  const outcomes = /** @type {Outcome[]} */ ([]);
  let group = "";
  for (const one of cases) {
    if (one.group !== group) console.log(heading(one.group));
    group = one.group;
    const outcome = await attempt(one, () => timeOne(one, torch, options));
    if (!outcome) continue;
    outcomes.push(outcome);
    console.log(line(outcome, peak));
    if (outcome.fresh) console.log(memoryLine(outcome.fresh));
  }
  return outcomes;
}

/** @param {Case} one @param {Torch | undefined} torch @param {Options} options @returns {Promise<Outcome>} */
async function timeOne(one, torch, options) {
  const runtime = newRuntime(options);
  const outcome = await compare(one, runtime, torch, options).finally(async () => {
    await runtime.dispose().catch(() => {}); // where it never started, the failure is told
    await torch?.release().catch(() => {}); // nor where it stopped
  });
  if (!options.memory || one.group !== "steps") return outcome;
  const imago = await freshImago(one.name, outcome.inARow, options);
  const theirs = torch && (await freshTorch(one, outcome.inARow, options));
  return { ...outcome, fresh: { imago, ...(theirs && { torch: theirs }) } };
}

/** What `work` gives; a failure is told and the others go on. @template T @param {Case} one @param {() => Promise<T>} work */
async function attempt(one, work) {
  try {
    return await work();
  } catch (error) {
    process.exitCode = 1;
    console.log(`${one.name}: failed, ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

/** GFLOP/s of the largest matrix product: what all else is held against. @param {Options} options */
async function measurePeak(options) {
  const runtime = newRuntime(options);
  const few = { ...options, rounds: 2, torchCompile: false };
  const { flops = 0, imago } = await compare(peakCase(), runtime, undefined, few);
  await runtime.dispose();
  return flops / imago.summary.median / 1e6;
}

/** @param {Case[]} cases @param {Options} options */
async function inspect(cases, options) {
  for (const one of cases) {
    const runtime = newRuntime(options);
    await attempt(one, () => profile(one, runtime, options));
    await runtime.dispose().catch(() => {}); // where it never started, the failure has been told
  }
}
