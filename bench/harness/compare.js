// @ts-check
/**
 * Times one case: Imago some steps, PyTorch as many, and again, so that what slows the machine down slows both. The first
 * steps of every turn are dropped: they compile, fill caches, and wake threads.
 */
import { summarize } from "./statistics.js";

/**
 * @typedef {import("../imago.js").Runtime} Runtime
 * @typedef {() => Promise<number[]>} Step One step; its numbers (losses) tell that it did what it should.
 * @typedef {object} Case
 * @property {string} name
 * @property {string} group
 * @property {string[]} keys What `--only` may call it.
 * @property {{ kind: string, options: object }} reference What the PyTorch side is asked for.
 * @property {number} steps Timed steps in one turn.
 * @property {number} [inARow] Steps that one call of the prepared function makes; default 1.
 * @property {number} [flops] Arithmetic of one step, where "share of the peak" is of interest.
 * @property {(runtime: Runtime) => Promise<Step> | Step} prepare
 *
 * @typedef {object} Outcome
 * @property {string} name
 * @property {string} group
 * @property {number} [flops]
 * @property {{ summary: import("./statistics.js").Summary, ms: number[], result: number[] }} imago
 * @property {{ summary: import("./statistics.js").Summary, ms: number[], result: number[] }} [torch]
 * @property {string} [failure]
 */

const firstWarmUp = 6;
const laterWarmUp = 2;

/**
 * @param {Case} one
 * @param {Runtime} runtime
 * @param {import("./torch.js").Torch | undefined} torch
 * @param {{ rounds: number, scale: number, threads: number, torchCompile: boolean }} options
 * @returns {Promise<Outcome>}
 */
export async function compare(one, runtime, torch, { rounds, scale, threads, torchCompile }) {
  const step = await one.prepare(runtime);
  await torch?.prepare({ case: one.reference, threads, compile: torchCompile });
  const steps = Math.max(1, Math.round(one.steps * scale));
  const imago = { ms: /** @type {number[]} */ ([]), result: /** @type {number[]} */ ([]) };
  const other = { ms: /** @type {number[]} */ ([]), result: /** @type {number[]} */ ([]) };
  for (let round = 0; round < rounds; round++) {
    const warmUp = round === 0 ? firstWarmUp : laterWarmUp;
    const mine = await repeat(step, warmUp + steps, one.inARow ?? 1);
    imago.ms.push(...mine.ms.slice(warmUp));
    imago.result = mine.result;
    if (!torch) continue;
    const theirs = await torch.run(warmUp + steps);
    other.ms.push(...theirs.ms.slice(warmUp));
    other.result = theirs.result;
  }
  await torch?.release();
  const { name, group, flops } = one;
  return {
    name,
    group,
    flops,
    imago: { ...imago, summary: summarize(imago.ms) },
    ...(torch && { torch: { ...other, summary: summarize(other.ms) } }),
  };
}

/** @param {Step} step @param {number} count @param {number} inARow */
async function repeat(step, count, inARow) {
  const ms = /** @type {number[]} */ ([]);
  let result = /** @type {number[]} */ ([]);
  while (ms.length < count) {
    const start = performance.now();
    result = await step();
    const each = (performance.now() - start) / inARow;
    ms.push(...Array(inARow).fill(each));
  }
  return { ms, result };
}
