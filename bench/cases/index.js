// @ts-check
import { operationCases, peakCase } from "./operations.js";
import { stepCases } from "./steps.js";

export { peakCase };

/** @typedef {import("../harness/compare.js").Case} Case */

/** @returns {Case[]} */
export function allCases() {
  return [...operationCases(), ...stepCases()];
}

/** The cases that one of the names is a group or part of the name of. @param {Case[]} cases @param {string[]} names */
export function select(cases, names) {
  const lower = names.map((name) => name.toLowerCase());
  const fits = (/** @type {Case} */ one) =>
    lower.some(
      (name) =>
        one.group.toLowerCase() === name ||
        (name === "ops" && one.group !== "steps") ||
        one.name.toLowerCase().includes(name),
    );
  return names.length === 0 ? cases : cases.filter(fits);
}
