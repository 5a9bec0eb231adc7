// @ts-check
/**
 * Where ONNX Runtime spends a step: the case's graph is caught on its way to the engine and run again here, in a session
 * that records every node. With { saveOnnx } the graph is only written.
 */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import * as ort from "onnxruntime-node";
import { sessionOptions } from "../../dist/runtime/session-options.node.js";

/** @typedef {import("../imago.js").Runtime} Runtime */

const warmUp = 3;
const steps = 8;

/**
 * @param {import("../cases/case.js").Case} one @param {Runtime} runtime
 * @param {{ saveOnnx?: string, profile: boolean }} options
 */
export async function profile(one, runtime, { saveOnnx, profile: run }) {
  const caught = await catchGraph(one, runtime);
  const slug = one.name.replace(/[^\w.]+/g, "-");
  if (saveOnnx) {
    await mkdir(saveOnnx, { recursive: true });
    await writeFile(join(saveOnnx, `${slug}.onnx`), caught.model);
    console.log(`${join(saveOnnx, `${slug}.onnx`)}: ${caught.model.length} bytes`);
  }
  if (run) print(one.name, await record(caught, runtime, join(tmpdir(), `imago-${process.pid}-${slug}`)));
}

/** @param {import("../cases/case.js").Case} one @param {Runtime} runtime */
async function catchGraph(one, runtime) {
  const engine = await runtime.internals.engine();
  /** @type {{ model: Uint8Array, binding: any, settings: any, feeds: any }} */
  const caught = { model: new Uint8Array(), binding: {}, settings: {}, feeds: {} };
  /** @type {typeof engine} */
  const watching = {
    ...engine,
    load(id, model, binding, settings) {
      Object.assign(caught, { model: model.slice(), binding, settings });
      return engine.load(id, model, binding, settings);
    },
    run(id, feeds) {
      caught.feeds = feeds;
      return engine.run(id, feeds);
    },
  };
  const internals = { ...runtime.internals, engine: async () => watching };
  const { run } = await one.prepare({ ...runtime, internals });
  await run(1);
  return caught;
}

/**
 * @param {Awaited<ReturnType<typeof catchGraph>>} caught @param {Runtime} runtime @param {string} prefix
 */
async function record({ model, binding, settings, feeds }, runtime, prefix) {
  const session = await ort.InferenceSession.create(model, {
    ...sessionOptions("cpu", settings),
    enableProfiling: true,
    profileFilePrefix: prefix,
  });
  /** @type {Record<string, ort.Tensor>} */
  const inputs = {};
  for (const [name, { data, shape }] of Object.entries(feeds)) inputs[name] = tensor(data, shape);
  const engine = await runtime.internals.engine(); // state in the order in which it is stored, as the graph takes it
  for (const { variable, input } of binding.states) {
    const { data, shape } = await engine.read(variable);
    inputs[input] = tensor(data, shape);
  }
  for (let i = 0; i < warmUp + steps; i++) await session.run(inputs);
  session.endProfiling();
  await session.release();
  return readProfile(prefix);
}

/** @param {any} data @param {readonly number[]} shape */
function tensor(data, shape) {
  const types = { Float32Array: "float32", Int32Array: "int32", BigInt64Array: "int64", Uint8Array: "bool" };
  const type = types[/** @type {keyof typeof types} */ (data.constructor.name)];
  return new ort.Tensor(/** @type {"float32"} */ (type), data, [...shape]);
}

/** @param {string} prefix */
async function readProfile(prefix) {
  const found = (await readdir(dirname(prefix))).find((f) => f.startsWith(basename(prefix)));
  if (!found) throw new Error("ONNX Runtime wrote no profile");
  const file = join(dirname(prefix), found);
  const events = JSON.parse(await readFile(file, "utf8"));
  await rm(file);
  return events;
}

/** @param {string} name @param {any[]} events */
function print(name, events) {
  const runs = events.filter((e) => e.name === "model_run").slice(warmUp);
  const from = runs[0]?.ts ?? 0;
  const total = runs.reduce((sum, e) => sum + e.dur, 0) / runs.length / 1000;
  const nodes = events.filter((e) => e.cat === "Node" && e.ts >= from && e.name.endsWith("_kernel_time"));
  console.log(`${name}: ${total.toFixed(2)} ms in run()`);
  printBy(nodes, runs.length, total, (e) => e.args.op_name);
  console.log("by shapes");
  printBy(nodes, runs.length, total, (e) => `${e.args.op_name} ${shapesOf(e).join(" · ")}`);
}

/** @param {any} event sizes of a node's inputs, of those that have axes @returns {string[]} */
function shapesOf({ args }) {
  const lists = /** @type {Record<string, number[]>[]} */ (args.input_type_shape ?? []);
  return lists
    .map((one) => Object.values(one)[0] ?? [])
    .filter((shape) => shape.length > 0)
    .map((shape) => shape.join("x"))
    .slice(0, 3);
}

/** The sixteen groups that take most. @param {any[]} nodes @param {number} runs @param {number} total @param {(e: any) => string} keyOf */
function printBy(nodes, runs, total, keyOf) {
  /** @type {Map<string, { ms: number, count: number }>} */
  const groups = new Map();
  for (const e of nodes) {
    const key = keyOf(e);
    const { ms = 0, count = 0 } = groups.get(key) ?? {};
    groups.set(key, { ms: ms + e.dur / 1000 / runs, count: count + 1 / runs });
  }
  for (const [key, { ms, count }] of [...groups].sort((a, b) => b[1].ms - a[1].ms).slice(0, 16)) {
    const share = `${((100 * ms) / total).toFixed(0)}%`.padStart(5);
    console.log(
      `  ${key.padEnd(40)} ${ms.toFixed(2).padStart(8)} ms ${share} ${count.toFixed(0).padStart(5)} nodes`,
    );
  }
}
