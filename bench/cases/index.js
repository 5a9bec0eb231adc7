// @ts-check
import { operationCases, peakCase } from "./operations.js";
import { stepCases } from "./steps.js";

export { peakCase };

/** @typedef {import("../harness/compare.js").Case} Case */

/** @returns {Case[]} */
export function allCases() {
  return [...operationCases(), ...stepCases()];
}

/** The cases that go by one of the names, or all. @param {Case[]} cases @param {string[]} names */
export function select(cases, names) {
  const keysOf = (/** @type {Case} */ { group, keys }) =>
    [group, group === "steps" ? "steps" : "ops", ...keys].map((k) => k.toLowerCase());
  const known = new Set(cases.flatMap(keysOf));
  const strange = names.find((name) => !known.has(name.toLowerCase()));
  if (strange) throw new Error(`--only: there is no ${strange}; use ${[...known].join(", ")}.`);
  return cases.filter(
    (one) => names.length === 0 || names.some((name) => keysOf(one).includes(name.toLowerCase())),
  );
}
