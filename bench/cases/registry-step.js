// @ts-check
/** Training steps of the registry's models: what `imago train` runs, but for the averages of the parameters (`--ema`). */
import { compile, findModel, resolveOptions, resolveTraining, trainableVariables } from "../imago.js";
import { minibatchesOfStep, trainingStep } from "../internals.js";
import { flopsOfCall, valuesOf } from "./case.js";
import { minibatch } from "./data.js";

/**
 * @typedef {import("./case.js").Case} Case
 * @typedef {import("../imago.js").Runtime} Runtime
 * @typedef {import("../imago.js").Model} Model
 * @typedef {import("./data.js").Spec} Spec
 */

/**
 * @param {{ model: string, title: string, key?: string, goal?: number, spec: Spec, batch?: number, options?: object,
 *   random?: boolean, tolerance?: number }} choice `options` changes the preset "small"; `batch` is the preset's where none is given.
 * @returns {Case}
 */
export function registryStep({
  model,
  title,
  key,
  goal,
  spec,
  batch,
  options = {},
  random = false,
  tolerance,
}) {
  const definition = findModel(model);
  const resolved = resolveOptions(definition, "small", { ...options });
  const size = batch ?? resolveTraining(definition).batch;
  const inputs = () => minibatch(spec, size);
  const { levels: grey, ...rest } = spec; // some models have an option of that name
  return {
    name: `${title} b${size}`,
    group: "steps",
    keys: ["registry", model, definition.family, ...(key ? [key] : [])],
    ...(goal !== undefined && { goal }),
    reference: { kind: `registry ${model}`, options: { ...resolved, ...rest, grey } },
    inputs,
    random,
    ...(tolerance !== undefined && { tolerance }),
    together: true,
    prepare: (runtime) => prepareModel(runtime, definition.build(resolved, spec), inputs()),
  };
}

/**
 * @param {Runtime} runtime @param {Model} model @param {ReturnType<typeof minibatch>} batch
 * @returns {Promise<import("./case.js").Prepared>}
 */
async function prepareModel(runtime, model, batch) {
  const training = trainingStep(model, runtime, { end: 1_000_000 });
  const batches = minibatchesOfStep(model).map(() => batch);
  const first = initialization(model, runtime);
  await first?.prepare(batch);
  await training.prepare(batches);
  await first?.(batch);
  let made = 0;
  return {
    async run(count) {
      const steps = Array.from({ length: count }, () => batches);
      const numbers = await training.run(steps, made);
      made += count;
      return numbers.map(({ losses }) =>
        model.phases.map(({ name }) => losses[`${name}.loss`] ?? Number.NaN),
      );
    },
    parameters: () =>
      valuesOf(
        runtime,
        model.phases.flatMap(({ train }) => trainableVariables(train)),
      ),
    flops: () =>
      training.partsAt(0).reduce((sum, part) => {
        const scalars = (/** @type {any} */ given) =>
          part.body(given).map((update) => ({ ...update.scalars, norm: update.gradNorm }));
        return sum + flopsOfCall(scalars, [part.batches.map((i) => batches[i])]);
      }, 0),
  };
}

/** The model's data-dependent initialisation. @param {Model} model @param {Runtime} runtime */
export function initialization({ initialize }, runtime) {
  if (!initialize) return undefined;
  const body = (/** @type {import("../imago.js").Batch} */ given) => {
    initialize(given);
    return [];
  };
  return compile(body, { runtime, training: true, name: "initialize" });
}
