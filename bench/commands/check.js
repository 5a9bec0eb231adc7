// @ts-check
/** `--check`: recorded cases again; the exit code is 1 where a ratio has become more than 10 % worse. */
import { readResults } from "../record/write.js";
import { measure } from "./cases.js";

/** @typedef {import("../cases/case.js").Case} Case */
/** @typedef {import("../options.js").Options} Options */

const allowed = 1.1;

/** @param {Case[]} cases @param {Options} options */
export async function check(cases, options) {
  const recorded = new Map(readResults().cases.map(({ name, ratio }) => [name, ratio]));
  const known = cases.filter(({ name }) => recorded.get(name) !== undefined);
  if (known.length === 0) {
    console.error("None of these cases is in bench/results.json with a ratio; record them first (--record).");
    process.exit(2);
  }
  const first = await worse(known, recorded, options);
  // A busy second looks like a regression: only what is slow twice counts.
  const again = known.filter(({ name }) => first.some((one) => one.name === name));
  if (again.length > 0) console.log(`\nOnce more: ${again.map(({ name }) => name).join(", ")}`);
  const slower = again.length === 0 ? [] : await worse(again, recorded, options);
  for (const { name, ratio, before } of slower)
    console.log(`${name}: ratio ${ratio.toFixed(2)}, recorded ${before.toFixed(2)}`);
  const verdict = slower.length === 0 ? "none" : `${slower.length}`;
  console.log(`\n${known.length} cases, ${verdict} more than 10 % worse than recorded.`);
  if (slower.length > 0) process.exitCode = 1;
}

/** @param {Case[]} cases @param {Map<string, number | undefined>} recorded @param {Options} options */
async function worse(cases, recorded, options) {
  const { outcomes, torch } = await measure(cases, { ...options, memory: false });
  if (!torch) {
    console.error("--check compares with PyTorch, which did not start.");
    process.exit(2);
  }
  return outcomes.flatMap(({ name, imago, torch }) => {
    const ratio = imago.summary.median / (torch?.summary.median ?? Number.NaN);
    const before = recorded.get(name) ?? Number.NaN;
    return ratio > before * allowed ? [{ name, ratio, before }] : [];
  });
}
