// @ts-check
/**
 * Times one case: Imago some steps, PyTorch as many, and again, so that what slows the machine down slows both. First both make
 * a few steps from the same parameters on the same minibatch, and their losses are compared.
 */
import { agreement } from "./agreement.js";
import { summarize } from "./statistics.js";

/**
 * @typedef {import("../cases/case.js").Case} Case
 * @typedef {import("../cases/case.js").Prepared} Prepared
 * @typedef {import("../imago.js").Runtime} Runtime
 * @typedef {import("./torch.js").Torch} Torch
 * @typedef {import("./statistics.js").Summary} Summary
 * @typedef {{ summary: Summary, ms: number[], losses: number[][] }} Timed
 *
 * @typedef {object} Outcome
 * @property {string} name
 * @property {string} group
 * @property {number} [goal]
 * @property {number} [flops]
 * @property {number} inARow Steps in one call of Imago's.
 * @property {Timed} imago
 * @property {Timed} [torch]
 * @property {Timed} [compiled] Through torch.compile.
 * @property {string} [compiledFailure]
 * @property {number} [difference] The largest relative difference of the first losses.
 *
 * @typedef {{ label: "imago" | "torch" | "compiled", inARow: number, losses: number[][], ms: number[],
 *   run: (count: number) => Promise<number[]>, warmUp: number }} Contestant
 * @typedef {{ rounds: number, scale: number, threads: number, torchCompile: boolean }} Options
 */

const firstSteps = 3;
const laterWarmUp = 2;
/** Milliseconds that a side works in one turn. */
const turn = 1500;
/** Steps that each side is timed for, in all rounds together, at the least and in one round at the most. */
const [fewest, most] = [20, 400];
/** Milliseconds and steps of one call at the most: what `imago train` keeps to. */
const [callLasts, mostInARow] = [250, 64];

/**
 * @param {Case} one @param {Runtime} runtime @param {Torch | undefined} torch @param {Options} options
 * @returns {Promise<Outcome>}
 */
export async function compare(one, runtime, torch, options) {
  const prepared = await one.prepare(runtime);
  const mine = imagoSide(prepared);
  const { rivals, failure } = await startRivals(one, prepared, torch, options);
  mine.losses = await prepared.run(firstSteps);
  const difference = rivals[0] && agreement(one, mine.losses, rivals[0].losses);
  const all = [mine, ...rivals];
  const slowest = await settle(all, one.together ?? false);
  await takeTurns(all, slowest, options);
  const { name, group, goal } = one;
  const flops = prepared.flops?.();
  return {
    ...{ name, group, inARow: mine.inARow },
    ...(goal !== undefined && { goal }),
    ...(flops !== undefined && { flops }),
    ...(difference !== undefined && { difference }),
    ...(failure !== undefined && { compiledFailure: failure }),
    imago: timed(mine),
    ...Object.fromEntries(rivals.map((rival) => [rival.label, timed(rival)])),
  };
}

/** @param {Contestant} contestant @returns {Timed} */
const timed = ({ ms, losses }) => ({ summary: summarize(ms), ms, losses });

/** @param {Prepared} prepared @returns {Contestant} */
function imagoSide(prepared) {
  /** @type {Contestant} */
  const side = {
    ...{ label: "imago", inARow: 1, losses: [], ms: [], warmUp: laterWarmUp },
    async run(count) {
      const ms = /** @type {number[]} */ ([]);
      while (ms.length < count) {
        const start = performance.now();
        await prepared.run(side.inARow);
        const each = (performance.now() - start) / side.inARow;
        ms.push(...Array(side.inARow).fill(each));
      }
      return ms;
    },
  };
  return side;
}

/**
 * PyTorch's sides, with Imago's parameters and after their first steps. Refuses a twin of other parameters.
 * @param {Case} one @param {Prepared} prepared @param {Torch | undefined} torch @param {Options} options
 */
async function startRivals(one, prepared, torch, { threads, torchCompile }) {
  const rivals = /** @type {Contestant[]} */ ([]);
  if (!torch) return { rivals };
  const values = (await prepared.parameters?.()) ?? [];
  const labels = /** @type {const} */ (["torch", "compiled"]);
  for (const label of torchCompile ? labels : labels.slice(0, 1))
    try {
      const shapes = await torch.prepare(one, label, { threads, compile: label === "compiled" });
      checkShapes(values, shapes);
      if (values.length > 0) await torch.load(label, values);
      const { results: losses } = await torch.run(label, firstSteps);
      const run = async (/** @type {number} */ count) => (await torch.run(label, count)).ms;
      rivals.push({ label, inARow: 1, losses, ms: [], warmUp: laterWarmUp, run });
    } catch (error) {
      if (label === "torch") throw error;
      return { rivals, failure: error instanceof Error ? error.message : String(error) };
    }
  return { rivals };
}

/** @param {import("../imago.js").Value[]} values @param {number[][]} shapes */
function checkShapes(values, shapes) {
  const count = (/** @type {readonly (readonly number[])[]} */ all) =>
    all.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const mine = values.map(({ shape }) => shape);
  const odd = mine.findIndex((shape, i) => shape.join() !== shapes[i]?.join());
  if (mine.length === shapes.length && odd < 0) return;
  const at = odd < 0 ? mine.length : odd;
  throw new Error(
    `the twin has ${count(shapes)} parameters and Imago ${count(mine)}; number ${at} is [${shapes[at]}] there and [${mine[at]}] here`,
  );
}

/**
 * A few steps of each side, for caches and threads; decides how many of Imago's go into one call. Gives the milliseconds of the
 * slower side's step.
 * @param {Contestant[]} all @param {boolean} together
 */
async function settle(all, together) {
  let slowest = 0;
  for (const side of all) {
    await side.run(firstSteps);
    const each = summarize(await side.run(firstSteps)).median;
    slowest = Math.max(slowest, each);
    if (side.label !== "imago" || !together) continue;
    side.inARow = Math.max(1, Math.min(mostInARow, Math.floor(callLasts / each)));
    side.warmUp = Math.max(laterWarmUp, side.inARow);
  }
  return slowest;
}

/** @param {Contestant[]} all @param {number} slowest @param {Options} options */
async function takeTurns(all, slowest, { rounds, scale }) {
  const least = Math.ceil((fewest * Math.min(1, scale)) / rounds);
  const steps = Math.max(least, Math.min(most, Math.round((turn * scale) / slowest)));
  for (let round = 0; round < rounds; round++)
    for (const side of all) {
      await side.run(side.warmUp);
      side.ms.push(...(await side.run(steps)));
    }
}
