import { UserError } from "../tensor/index.ts";
import { keysAfter } from "../tensor/random/index.ts";
import type { Engine, Results } from "./engine.ts";
import { type ExportOptions, exportModel, type ShapeTree } from "./export-model.ts";
import { feedsOf, flatten, isValue } from "./feeds.ts";
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
import { mapLeaves } from "./structure.ts";
import { checkValue, type Replace, type Value, type ValueLike } from "./value.ts";

export type CompileOptions = {
  /** Where it runs and where its state lives. Default: one runtime shared by all functions that name none. */
  runtime?: Runtime;
  /** Part of the key of its random numbers, and the graph's name. Default: the function's own name. */
  name?: string;
  /** Whether layers such as batch norm and dropout train. They refuse to guess where this is not said. */
  training?: boolean;
};

export type ManyOptions = {
  /** Give the results of the last call only, as a list of one: on a GPU those of the others are not read back. Default: of all. */
  results?: "all" | "last";
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
  many(calls: readonly Arguments<F>[], options?: ManyOptions): Promise<Replace<ReturnType<F>, Value>[]>;
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
  /** Of each call that is asked for them. */
  readonly results: Promise<Results[]>;
}

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
  const randomKey = keysAfter(runtime.seed, stepName);
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
  const post = async (calls: readonly unknown[][], together: boolean, from: number): Promise<Posted> => {
    const engine = await runtime.internals.engine();
    const loop = together && canLoop(engine);
    const special = await specialize(calls[0]!, loop);
    const feeds = calls.map((args) =>
      feedsOf(special, args, randomKey, runtime.internals.nextStep(stepName)),
    );
    const results = loop
      ? engine
          .run(special.session, stackFeeds(feeds))
          .then((stacked) => unstackResults(stacked, calls.length, from))
      : Promise.all(
          feeds.map((one, i) => engine.run(special.session, one, i < from ? "nothing" : "results")),
        ).then((list) => list.slice(from));
    return { special, results };
  };

  /** The results of the calls from number `from` on. */
  const send = async (calls: readonly unknown[][], together: boolean, from = 0): Promise<unknown[]> => {
    const { special, results } = await runtime.internals.queue(() => post(calls, together, from));
    const numbers = await results.catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    return numbers.map((one) => structured(special, one));
  };

  const call = async (...given: unknown[]): Promise<unknown> =>
    (await send([checkArguments(given, name)], false))[0];

  const many = async (
    lists: readonly (readonly unknown[])[],
    { results = "all" }: ManyOptions = {},
  ): Promise<unknown[]> => {
    const calls = lists.map((given) => checkArguments(given, name));
    const signatures = new Set(calls.map(signatureOf));
    const from = results === "last" ? calls.length - 1 : 0;
    if (signatures.size > 1) return (await Promise.all(lists.map((given) => call(...given)))).slice(from);
    return calls.length === 0 ? [] : send(calls, true, from);
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
