// @ts-check
import { operationCases, peakCase } from "./operations.js";
import { stepCases } from "./steps.js";

export { peakCase };

/** @typedef {import("./case.js").Case} Case */

/** @returns {Case[]} */
export function allCases() {
  return [...operationCases(), ...stepCases()];
}

/** The cases that go by one of the names, or have it in their own, or all. @param {Case[]} cases @param {string[]} names */
export function select(cases, names) {
  const keysOf = (/** @type {Case} */ { group, keys }) =>
    [group, group === "steps" ? "steps" : "ops", ...keys].map((k) => k.toLowerCase());
  const meant = (/** @type {Case} */ one, /** @type {string} */ name) =>
    keysOf(one).includes(name.toLowerCase()) || (/[ ,]/.test(name) && one.name.includes(name));
  const strange = names.find((name) => !cases.some((one) => meant(one, name)));
  if (strange) {
    const known = new Set(cases.flatMap(keysOf));
    throw new Error(`--only: there is no ${strange}; use ${[...known].join(", ")}.`);
  }
  return cases.filter((one) => names.length === 0 || names.some((name) => meant(one, name)));
}
