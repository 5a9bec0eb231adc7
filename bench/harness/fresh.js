// @ts-check
/** What a user meets who starts a process: the time to the first step, and how much memory training takes. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startTorch } from "./torch.js";

/**
 * @typedef {object} Fresh
 * @property {number} firstStep Milliseconds from starting the process to the end of its first step.
 * @property {number} [compile] Of these, milliseconds for building and compiling the step.
 * @property {number} [bytes] Largest resident size minus that before the model was built, the library being loaded.
 *
 * @typedef {{ device: string, threads: number, keepMemory: boolean }} Options
 */

/** Steps after the first before memory is read; beside them as many calls of the size that was timed. */
const [moreSteps, calls] = [4, 2];

/** @param {string} name Of the case. @param {number} inARow @param {Options} options @returns {Promise<Fresh>} */
export async function freshImago(name, inARow, { device, threads }) {
  const script = fileURLToPath(new URL("./fresh-step.js", import.meta.url));
  const how = { name, device, threads, rows: [...Array(moreSteps).fill(1), ...Array(calls).fill(inARow)] };
  const start = performance.now();
  const child = spawn(process.execPath, [script, JSON.stringify(how)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const closed = new Promise((resolve) => child.on("close", resolve));
  let firstStep = Number.NaN;
  let said = {};
  for await (const line of createInterface({ input: child.stdout })) {
    if (Number.isNaN(firstStep)) firstStep = performance.now() - start;
    said = { ...said, ...JSON.parse(line) };
  }
  if ((await closed) !== 0) throw new Error(`${name}: the process for memory and start-up failed`);
  return { firstStep, ...said };
}

/**
 * @param {import("../cases/case.js").Case} one @param {number} inARow @param {Options} options
 * @returns {Promise<Fresh>}
 */
export async function freshTorch(one, inARow, options) {
  const start = performance.now();
  const torch = await startTorch(options);
  if (typeof torch === "string") throw new Error(torch);
  try {
    const before = await torch.memory();
    await torch.prepare(one, "torch", { threads: options.threads, compile: false });
    await torch.run("torch", 1);
    const firstStep = performance.now() - start;
    await torch.run("torch", moreSteps + calls * inARow);
    const { peak } = await torch.memory();
    return { firstStep, ...(peak !== undefined && before.now !== undefined && { bytes: peak - before.now }) };
  } finally {
    await torch.close();
  }
}
