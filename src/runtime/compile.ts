import type { DType } from "../tensor/index.ts";
import { deriveKey, fillSource } from "../tensor/random/index.ts";
import type { Feeds } from "./engine.ts";
import { type ExportOptions, exportModel, type ShapeTree } from "./export-model.ts";
import { defaultRuntime, type Runtime } from "./runtime.ts";
import {
  isTensor,
  type Loaded,
  layoutKey,
  loadGraph,
  type TensorFunction,
  type Traced,
  traceFunction,
} from "./specialize.ts";
import { leaves, mapLeaves } from "./structure.ts";
import { checkValue, type Replace, type Value, type ValueLike } from "./value.ts";

export type CompileOptions = {
  /** Where it runs and where its state lives. Default: one runtime shared by all functions that name none. */
  runtime?: Runtime;
  /** Part of the key of its random numbers, and the graph's name. Default: the function's own name. */
  name?: string;
  /** Whether layers such as batch norm and dropout train. They refuse to guess where this is not said. */
  training?: boolean;
};

/** What a compiled function takes: its parameters with numbers instead of tensors. */
export type Arguments<F extends TensorFunction> = Extract<
  Replace<Parameters<F>, ValueLike>,
  readonly unknown[]
>;

/** A traced function on real numbers. */
export interface Compiled<F extends TensorFunction> {
  (...args: Arguments<F>): Promise<Replace<ReturnType<F>, Value>>;
  /** Its name in `runtime.steps()`. */
  readonly stepName: string;
  /** How often it has been traced: once for each signature of input shapes. */
  traces(): number;
  /**
   * The function as ONNX bytes for the given input shapes, for example `f.onnx(["N", 100])`; a string is a symbolic size.
   * Weights are inside the file (initializers) unless asked for as inputs.
   */
  onnx(
    ...args: [...shapes: ShapeTree[]] | [...shapes: ShapeTree[], options: ExportOptions]
  ): Promise<Uint8Array>;
}

interface Specialization extends Loaded {
  readonly traced: Traced;
}

type Checked = { readonly path: string; readonly value: Value & { dtype: DType } };

const isValue = (x: unknown): boolean =>
  typeof x === "number" || (typeof x === "object" && x !== null && "data" in x && "shape" in x);

/**
 * Turns a function of symbolic tensors into one of numbers: `const f = compile((x, w) => x.matmul(w))`, then
 * `await f({ data, shape }, { data, shape })`. It is traced once for each signature of input shapes; parameters and
 * other state stay on the runtime's device between calls. Arguments and results may be nested records and lists.
 */
export function compile<F extends TensorFunction>(fn: F, options: CompileOptions = {}): Compiled<F> {
  const runtime = options.runtime ?? defaultRuntime();
  const name = options.name ?? (fn.name || "f");
  const stepName = runtime.internals.register(name);
  const cache = new Map<string, Promise<Specialization>>();

  const specialize = (args: readonly unknown[]): Promise<Specialization> => {
    const key = signatureOf(args);
    const known = cache.get(key);
    if (known) return known;
    const made = (async () => {
      const traced = traceFunction(fn, args, isValue, { name, training: options.training });
      return { ...(await loadGraph(traced, runtime)), traced };
    })();
    cache.set(key, made);
    made.catch(() => cache.delete(key)); // a mistake may be mended by the next call
    return made;
  };

  const call = async (...given: unknown[]): Promise<unknown> => {
    const args = given.map((arg, i) =>
      mapLeaves(arg, isValue, (leaf, path) => checkValue(leaf, `argument ${path}`, name), String(i)),
    );
    let special = await specialize(args);
    if (special.layouts !== layoutKey(special.traced, runtime)) {
      // Another function has moved our state to another order since.
      cache.delete(signatureOf(args));
      special = await specialize(args);
    }
    await runtime.internals.store.settled();
    const step = runtime.internals.nextStep(stepName);
    const feeds: Record<string, Value> = {};
    for (const { path, value } of flatten(args))
      if (special.inputs.has(`in_${path}`)) feeds[`in_${path}`] = value;
    Object.assign(feeds, randomFeeds(special, runtime.seed, stepName, step));
    const results = await (await runtime.internals.engine()).run(special.session, feeds);
    return mapLeaves(special.traced.result, isTensor, (leaf, path) =>
      isTensor(leaf) ? results[`out_${path}`] : leaf,
    );
  };

  return Object.assign(call, {
    stepName,
    traces: () => cache.size,
    onnx: (...list: unknown[]) => exportModel(fn, list, { runtime, name, training: options.training }),
  }) as unknown as Compiled<F>;
}

function flatten(args: readonly unknown[]): Checked[] {
  return args.flatMap((arg, i) => leaves<Checked["value"]>(arg, isValue, String(i)));
}

function signatureOf(args: readonly unknown[]): string {
  return flatten(args)
    .map(({ path, value }) => `${path}:${value.dtype}[${value.shape.join(",")}]`)
    .join(";");
}

function randomFeeds(special: Loaded, seed: number, name: string, step: number): Feeds {
  const feeds: Record<string, Value> = {};
  for (const { name: input, attrs } of special.randoms) {
    const key = deriveKey(seed, name, step, attrs.source);
    feeds[input] = { data: fillSource(attrs, key), shape: attrs.shape };
  }
  return feeds;
}
