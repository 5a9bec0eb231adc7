// @ts-check
/**
 * Compiles the training step of one model of the registry, with the default preset on its default data, and prints how long the
 * stages took. They are told apart by what they ask of the runtime: see `watched`.
 */

import { initialization } from "../cases/registry-step.js";
import { findModel, resolveOptions, resolveTraining } from "../imago.js";
import { averagesOf, fillBatch, loadData, minibatchesOfStep, trainingStep } from "../internals.js";
import { newRuntime } from "./machine.js";

/** @typedef {import("../imago.js").Runtime} Runtime */
/** @typedef {import("../imago.js").Model} Model */

const now = () => performance.now();
const spent = { trace: 0, derivatives: 0, optimise: 0, parameters: 0, write: 0, load: 0 };
let bytes = 0;
/** When the stage in progress began, and when tracing did. */
const began = { stage: 0, trace: 0, forward: 0 };

const { model: name, kind, threads } = JSON.parse(process.argv[2] ?? "{}");
const definition = findModel(name);
const { levels, largest = 28 } = definition.pictures ?? {};
const pictures = largest < 8 ? "bars-and-stripes" : "glyphs"; // those have 8 pixels at least
const data = kind === "points" ? "ring" : pictures;
const smaller = { ...(levels !== undefined && { levels }), ...(largest < 28 && { size: largest }) };
const { train } = await loadData(data, kind === "points" ? {} : smaller);
const { shape, classes } = train;
const spec = { kind, shape, ...(classes !== undefined && { classes }), levels: train.levels ?? 256 };
const model = timingLosses(definition.build(resolveOptions(definition), spec));
if (model.phases.length > 0) await measure();

async function measure() {
  const { batch, ema } = resolveTraining(definition);
  const examples = Int32Array.from({ length: batch }, (_, i) => i % train.length);
  const given = minibatchesOfStep(model).map(() => fillBatch(train, examples));
  const runtime = newRuntime({ device: "cpu", threads });
  await runtime.ready();
  const start = now();
  const averages = ema ? averagesOf(model, ema) : undefined;
  const own = watched(runtime);
  const training = trainingStep(model, own, { averages, end: 1000 });
  await initialization(model, own)?.prepare(/** @type {any} */ (given[0]));
  await training.prepare(given);
  console.log(JSON.stringify({ model: name, data, ...spent, total: now() - start, bytes }));
  await runtime.dispose();
}

/** The model with its losses timed: the rest of tracing is derivatives and the optimiser. @param {Model} model @returns {Model} */
function timingLosses(model) {
  const timed = (/** @type {any} */ body) => (/** @type {any} */ batch) => {
    const start = now();
    began.trace ||= start;
    const result = body(batch);
    began.forward += now() - start;
    return result;
  };
  const phases = model.phases.map((phase) => ({ ...phase, loss: timed(phase.loss) }));
  return { ...model, phases, ...(model.initialize && { initialize: timed(model.initialize) }) };
}

/** The runtime, with the times at which compiling asks for things: it traces, asks for the stored orders, optimises, makes the
 * parameters, writes the model and loads it. @param {Runtime} runtime @returns {Runtime} */
function watched(runtime) {
  const { store, engine } = runtime.internals;
  const next = (/** @type {keyof typeof spent} */ stage) => {
    spent[stage] += now() - began.stage;
    began.stage = now();
  };
  /** @type {typeof store} */
  const watchedStore = {
    ...store,
    layouts() {
      if (began.trace > 0) endTracing();
      return store.layouts();
    },
    async ensure(variables, layouts) {
      next("optimise");
      await store.ensure(variables, layouts);
      next("parameters");
    },
  };
  const watchedEngine = async () => {
    const own = await engine();
    /** @type {typeof own} */
    const watching = {
      ...own,
      async load(id, bytesOfModel, binding, settings) {
        next("write");
        bytes += bytesOfModel.length;
        await own.load(id, bytesOfModel, binding, settings);
        next("load");
      },
    };
    return watching;
  };
  return { ...runtime, internals: { ...runtime.internals, store: watchedStore, engine: watchedEngine } };
}

function endTracing() {
  const total = now() - began.trace;
  spent.trace += began.forward;
  spent.derivatives += total - began.forward;
  Object.assign(began, { stage: now(), trace: 0, forward: 0 });
}
