import { type DType, UserError } from "../tensor/index.ts";
import { deriveKey, fillSource } from "../tensor/random/index.ts";
import type { Engine, Feeds, Results } from "./engine.ts";
import { type ExportOptions, exportModel, type ShapeTree } from "./export-model.ts";
import { defaultRuntime, type Runtime } from "./runtime.ts";
import {
  emitterDevice,
  isTensor,
  type Loaded,
  layoutKey,
  loadGraph,
  type TensorFunction,
  type Traced,
  traceFunction,
} from "./specialize.ts";
import { stackFeeds, unstackResults } from "./stack.ts";
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
  /**
   * Several calls in a row with the same input shapes, in one run of the device: `f.many([[x0], [x1], …])`. On the CPU
   * the state is then carried inside ONNX Runtime, which spares its copies between the calls; results, random numbers and
   * state are those of the calls made one by one.
   */
  many(calls: readonly Arguments<F>[]): Promise<Replace<ReturnType<F>, Value>[]>;
  /** Its name in `runtime.steps()`. */
  readonly stepName: string;
  /** How often it has been traced: once for each signature of input shapes. */
  traces(): number;
  /** Traces, compiles and loads it for arguments of these shapes without running it; its variables then have values. */
  prepare(...args: Arguments<F>): Promise<void>;
  /** Compiles for `many` calls with arguments of these shapes. */
  prepareMany(...args: Arguments<F>): Promise<void>;
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

/** Calls on their way: the results come when the device is done. */
interface Posted {
  readonly special: Specialization;
  /** Of each call. */
  readonly results: Promise<Results[]>;
}

type Checked = { readonly path: string; readonly value: Value & { dtype: DType } };

const isValue = (x: unknown): boolean =>
  typeof x === "number" || (typeof x === "object" && x !== null && "data" in x && "shape" in x);

/**
 * Turns a function of symbolic tensors into one of numbers: `const f = compile((x, w) => x.matmul(w))`, then
 * `await f({ data, shape }, { data, shape })`. It is traced once for each signature of input shapes; parameters and
 * other state stay on the runtime's device between calls. Arguments and results may be nested records and lists.
 * Calls take effect in the order in which they are made. One that fails on the device (an index out of bounds) leaves the
 * state as it was, and counts as a call where random numbers are keyed by the number of calls.
 */
export function compile<F extends TensorFunction>(fn: F, options: CompileOptions = {}): Compiled<F> {
  const runtime = options.runtime ?? defaultRuntime();
  const name = options.name ?? (fn.name || "f");
  const stepName = runtime.internals.register(name);
  const cache = new Map<string, Specialization>();

  const specialize = async (args: readonly unknown[], loop: boolean): Promise<Specialization> => {
    const key = `${loop ? "loop " : ""}${signatureOf(args)}`;
    const known = cache.get(key);
    // Another function may have moved our state to another order since.
    if (known && known.layouts === layoutKey(known.traced, runtime)) return known;
    if (known) await (await runtime.internals.engine()).unload(known.session);
    const traced = traceFunction(fn, args, isValue, { name, training: options.training });
    const made = { ...(await loadGraph(traced, runtime, loop)), traced };
    cache.set(key, made);
    return made;
  };

  /** Compiles if need be and sends the calls off; the queue goes on while the device works. */
  const post = async (calls: readonly unknown[][], together: boolean): Promise<Posted> => {
    const engine = await runtime.internals.engine();
    const loop = together && canLoop(engine);
    const special = await specialize(calls[0]!, loop);
    const feeds = calls.map((args) => feedsOf(special, args, runtime, stepName));
    const results = loop
      ? engine
          .run(special.session, stackFeeds(feeds))
          .then((stacked) => unstackResults(stacked, calls.length))
      : Promise.all(feeds.map((one) => engine.run(special.session, one)));
    return { special, results };
  };

  const send = async (calls: readonly unknown[][], together: boolean): Promise<unknown[]> => {
    const { special, results } = await runtime.internals.queue(() => post(calls, together));
    const numbers = await results.catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    return numbers.map((one) => structured(special, one));
  };

  const call = async (...given: unknown[]): Promise<unknown> =>
    (await send([checkArguments(given, name)], false))[0];

  const many = async (lists: readonly (readonly unknown[])[]): Promise<unknown[]> => {
    const calls = lists.map((given) => checkArguments(given, name));
    const signatures = new Set(calls.map(signatureOf));
    if (signatures.size > 1) return Promise.all(lists.map((given) => call(...given)));
    return calls.length === 0 ? [] : send(calls, true);
  };

  return Object.assign(call, {
    stepName,
    many,
    traces: () => cache.size,
    prepare: async (...given: unknown[]) => {
      const args = checkArguments(given, name);
      await runtime.internals.queue(() => specialize(args, false));
    },
    prepareMany: async (...given: unknown[]) => {
      const args = checkArguments(given, name);
      await runtime.internals.queue(async () => specialize(args, canLoop(await runtime.internals.engine())));
    },
    onnx: (...list: unknown[]) => exportModel(fn, list, { runtime, name, training: options.training }),
  }) as unknown as Compiled<F>;
}

/** Every leaf of the arguments as numbers with a shape. Throws where one is something else. */
function checkArguments(given: readonly unknown[], name: string): unknown[] {
  return given.map((arg, i) => {
    const list = Array.isArray(arg) && arg.length > 0 && arg.every((v) => typeof v === "number");
    if (list) {
      throw new UserError(
        `${name}: argument ${i} is a plain list of numbers, expected { data, shape }; write { data: new Float32Array([…]), shape: [${arg.length}] }.`,
      );
    }
    return mapLeaves(arg, isValue, (leaf, path) => checkValue(leaf, `argument ${path}`, name), String(i));
  });
}

function flatten(args: readonly unknown[]): Checked[] {
  return args.flatMap((arg, i) => leaves<Checked["value"]>(arg, isValue, String(i)));
}

function signatureOf(args: readonly unknown[]): string {
  return flatten(args)
    .map(({ path, value }) => `${path}:${value.dtype}[${value.shape.join(",")}]`)
    .join(";");
}

/** On a GPU the state stays there anyway, and a Loop would be driven from the CPU. */
const canLoop = (engine: Engine): boolean => emitterDevice(engine.device) === "cpu";

/** The results of one call in the structure that the function returned. */
function structured({ traced }: Specialization, numbers: Results): unknown {
  return mapLeaves(traced.result, isTensor, (leaf, path) => (isTensor(leaf) ? numbers[`out_${path}`] : leaf));
}

/** What one call feeds: its arguments as far as the graph needs them, and its random numbers. */
function feedsOf(special: Loaded, args: readonly unknown[], runtime: Runtime, stepName: string): Feeds {
  const step = runtime.internals.nextStep(stepName);
  const inputs = flatten(args).map(({ path, value }) => [`in_${path}`, value] as const);
  const feeds: Record<string, Value> = Object.fromEntries(
    inputs.filter(([input]) => special.inputs.has(input)),
  );
  for (const { name: input, attrs } of special.randoms) {
    const key = deriveKey(runtime.seed, stepName, step, attrs.source);
    feeds[input] = { data: fillSource(attrs, key), shape: attrs.shape };
  }
  return feeds;
}
