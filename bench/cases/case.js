// @ts-check
/** What the harness times. */
import { flopsOf, graphOf, traceFunction } from "../internals.js";

/**
 * @typedef {import("../imago.js").Runtime} Runtime
 * @typedef {import("../imago.js").Value} Value
 *
 * @typedef {object} Prepared A case that is compiled on a runtime.
 * @property {(count: number) => Promise<number[][]>} run Makes so many steps in one call where it can; the numbers (losses) of each.
 * @property {() => Promise<Value[]>} [parameters] Values of all that is trained, in the order in which PyTorch's twin has them.
 * @property {() => number} [flops] Arithmetic of one step.
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {string} group
 * @property {string[]} keys What `--only` may call it.
 * @property {number} [goal] The ratio that is aimed at.
 * @property {{ kind: string, options: object }} reference What the PyTorch side is asked for.
 * @property {() => { [name: string]: Value }} [inputs] The minibatch, which both sides get.
 * @property {boolean} [random] The step draws random numbers: two sides agree only roughly.
 * @property {number} [tolerance] Relative difference of the losses up to which they agree, where the usual one does not fit.
 * @property {boolean} [together] Several steps are made in one call, as `imago train` does.
 * @property {(runtime: Runtime) => Promise<Prepared> | Prepared} prepare
 */

/** Steps made by one call each. @param {() => Promise<number[]>} step @param {number} [flops] @returns {Prepared} */
export function oneByOne(step, flops) {
  return {
    async run(count) {
      const numbers = [];
      while (numbers.length < count) numbers.push(await step());
      return numbers;
    },
    ...(flops !== undefined && { flops: () => flops }),
  };
}

/**
 * The values of variables, each once.
 * @param {Runtime} runtime @param {readonly { name: string }[]} variables
 */
export async function valuesOf(runtime, variables) {
  const values = [];
  for (const name of new Set(variables.map((v) => v.name))) values.push(await runtime.get(name));
  return values;
}

/**
 * Arithmetic of one call of a function in its training form, from the graph as it was traced: before any lowering.
 * @param {(...args: any[]) => unknown} body @param {readonly unknown[]} args
 */
export function flopsOfCall(body, args) {
  const isValue = (/** @type {any} */ v) => typeof v === "object" && v !== null && "data" in v;
  const typed = args.map((arg) => withTypes(arg));
  const options = { name: "flops", training: true };
  return flopsOf(graphOf(traceFunction(/** @type {any} */ (body), typed, isValue, options)));
}

/** The same structure, with the type of each array beside it. @param {any} arg @returns {any} */
function withTypes(arg) {
  if (Array.isArray(arg)) return arg.map(withTypes);
  if (arg.data) return { ...arg, dtype: arg.data instanceof Int32Array ? "int32" : "float32" };
  return Object.fromEntries(Object.entries(arg).map(([key, value]) => [key, withTypes(value)]));
}
