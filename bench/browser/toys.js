// @ts-check
/** The registry's models on points in the plane, at the size of demonstrations, and their training step. */
import { batchIndices, compile, fillBatch, findModel, minimize, pointSet } from "../imago.js";

/** @typedef {import("../imago.js").Runtime} Runtime */
/** @typedef {import("../imago.js").Batch} Batch */
/** @typedef {{ model: string, data: import("../imago.js").PointSetName, batch: number, options: object, layers: string }} Toy */

/** @type {Record<string, Toy>} */
export const toys = {
  gan: {
    model: "gan",
    data: "ring",
    batch: 150,
    options: { latent: 2, hidden: [16, 16] },
    layers: "2-16-16-2 against 2-16-16-1",
  },
  vae: {
    model: "vae",
    data: "moons",
    batch: 150,
    options: { latent: 2, hidden: [32, 32] },
    layers: "2-32-32-2-32-32-2",
  },
  realnvp: {
    model: "realnvp",
    data: "moons",
    batch: 150,
    options: { couplings: 4, hidden: [16, 16] },
    layers: "4 couplings 1-16-16-2",
  },
};

/**
 * A toy ready to train: `run(n)` makes n steps in one call of the device and gives the last one's losses,
 * `sample(n)` draws points.
 * @param {Toy} toy @param {Runtime} runtime
 */
export async function prepare({ model: name, data, batch, options }, runtime) {
  const definition = findModel(name);
  const { train } = pointSet(data);
  const spec = { kind: train.kind, shape: train.shape };
  const model = definition.build(definition.options.parse(options), spec);
  const step = compile((/** @type {Batch} */ example) => updates(model, example), {
    runtime,
    name: "train",
    training: true,
  });
  const { prior, generate } = model;
  if (!prior || !generate) throw new Error(`${name} does not generate`);
  const draw = compile(
    (/** @type {import("../imago.js").Tensor} */ like) => generate(prior(like.shape[0] ?? 0)),
    {
      runtime,
      name: "sample",
      training: false,
    },
  );
  let made = 0;
  const next = () => fillBatch(train, batchIndices(train.length, batch, 1, made++));
  if (model.initialize) {
    const { initialize } = model;
    const first = (/** @type {Batch} */ example) => {
      initialize(example);
      return [];
    };
    await compile(first, { runtime, name: "initialize", training: true })(next());
  }
  return {
    run: async (/** @type {number} */ n) => {
      const [losses] = await step.many(
        Array.from({ length: n }, () => [next()]),
        { results: "last" },
      );
      return losses?.map(({ data: [loss] }) => Number(loss)) ?? [];
    },
    sample: (/** @type {number} */ n) => draw({ data: new Float32Array(n), shape: [n] }),
  };
}

/** One update of every phase. @param {import("../imago.js").Model} model @param {Batch} batch */
function updates({ phases }, batch) {
  return phases.map(({ loss, train, optimizer, clip }) => {
    const result = loss(batch);
    const value = "loss" in result ? result.loss : result;
    minimize(value, train, optimizer, clip ? { clip } : {});
    return value;
  });
}
