// @ts-check
/** Training steps written by hand with the public functions (../models). */
import { compile } from "../imago.js";
import { flopsOfCall, valuesOf } from "./case.js";

/**
 * @typedef {import("./case.js").Case} Case
 * @typedef {import("../imago.js").Tensor} Tensor
 * @typedef {{ variables(): readonly { name: string }[] }} Trained
 */

/**
 * @param {Pick<Case, "name" | "keys" | "goal" | "reference" | "random"> & {
 *   model: () => { step: (...batch: Tensor[]) => Record<string, Tensor>, networks: readonly Trained[] },
 *   inputs: NonNullable<Case["inputs"]> }} options
 * @returns {Case}
 */
export function ownStep({ model, ...one }) {
  return {
    ...one,
    group: "steps",
    together: true,
    prepare: (runtime) => prepareStep(runtime, one.name, model(), Object.values(one.inputs())),
  };
}

/**
 * @param {import("../imago.js").Runtime} runtime @param {string} name
 * @param {{ step: (...batch: Tensor[]) => Record<string, Tensor>, networks: readonly Trained[] }} model
 * @param {import("../imago.js").Value[]} batch
 * @returns {Promise<import("./case.js").Prepared>}
 */
export async function prepareStep(runtime, name, { step, networks }, batch) {
  const compiled = compile(step, { runtime, name, training: true });
  await compiled.prepareMany(...batch);
  return {
    async run(count) {
      const results = await compiled.many(Array.from({ length: count }, () => batch));
      return results.map((losses) => Object.values(losses).map(({ data }) => Number(data[0])));
    },
    parameters: () =>
      valuesOf(
        runtime,
        networks.flatMap((n) => n.variables()),
      ),
    flops: () => flopsOfCall(step, batch),
  };
}
