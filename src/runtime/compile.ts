import { UserError } from "../tensor/index.ts";
import { newCaller, type Posted, signatureOf } from "./calls.ts";
import type { Results } from "./engine.ts";
import { type ExportOptions, exportModel, type ShapeTree } from "./export-model.ts";
import { isValue } from "./feeds.ts";
import { type CallMemory, memoryOf } from "./memory.ts";
import { defaultRuntime, type Runtime } from "./runtime.ts";
import { isTensor, type TensorFunction, type Traced } from "./specialize.ts";
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
  /**
   * Makes `many` calls ready: random numbers are drawn and everything is put where the device can take it, while the device
   * may be busy with the calls before them. The function given back makes the calls, once; until their results are there the
   * arrays are not to be changed. Results, random numbers and state are those of `many` at that moment.
   */
  stage(
    calls: readonly Arguments<F>[],
    options?: ManyOptions,
  ): Promise<() => Promise<Replace<ReturnType<F>, Value>[]>>;
  /** Its name in `runtime.steps()`. */
  readonly stepName: string;
  /** How often it has been traced: once for each signature of input shapes. */
  traces(): number;
  /** Traces, compiles and loads it for arguments of these shapes without running it; its variables then have values. */
  prepare(...args: Arguments<F>): Promise<void>;
  /** Compiles for `many` calls with arguments of these shapes. */
  prepareMany(...args: Arguments<F>): Promise<void>;
  /** What takes memory in one of `many` calls with arguments of these shapes; compiles for it if need be. */
  memory(...args: Arguments<F>): Promise<CallMemory>;
  /**
   * The function as ONNX bytes for the given input shapes, for example `f.onnx(["N", 100])`; a string is a symbolic size.
   * Weights are inside the file (initializers) unless asked for as inputs.
   */
  onnx(
    ...args: [...shapes: ShapeTree[]] | [...shapes: ShapeTree[], options: ExportOptions]
  ): Promise<Uint8Array>;
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
  const { queue } = runtime.internals;
  const caller = newCaller(fn, { runtime, name, stepName, training: options.training });

  const resultsOf = async ({ traced, results }: Posted): Promise<unknown[]> => {
    const numbers = await results.catch((error: Error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    return numbers.map((one) => structured(traced, one));
  };
  const check = (given: readonly unknown[]): unknown[] => checkArguments(given, name);

  const call = async (...given: unknown[]): Promise<unknown> => {
    const args = check(given);
    return (await resultsOf(await queue(() => caller.send([args], false, 0))))[0];
  };

  const many = async (
    lists: readonly (readonly unknown[])[],
    given: ManyOptions = {},
  ): Promise<unknown[]> => {
    const calls = lists.map(check);
    const from = firstAsked(calls, given);
    if (differ(calls)) return (await Promise.all(lists.map((list) => call(...list)))).slice(from);
    return calls.length === 0 ? [] : resultsOf(await queue(() => caller.send(calls, true, from)));
  };

  const stage = async (
    lists: readonly (readonly unknown[])[],
    given: ManyOptions = {},
  ): Promise<() => Promise<unknown[]>> => {
    const calls = lists.map(check);
    if (calls.length === 0 || differ(calls)) return () => many(lists, given);
    const staged = await queue(() => caller.stage(calls, true));
    return async () => resultsOf(await queue(() => caller.post(staged, firstAsked(calls, given))));
  };

  return Object.assign(call, {
    stepName,
    many,
    stage,
    traces: caller.traces,
    prepare: async (...given: unknown[]) => {
      const args = check(given);
      await queue(() => caller.specialize(args, false));
    },
    prepareMany: async (...given: unknown[]) => {
      const args = check(given);
      await queue(() => caller.specialize(args, true));
    },
    memory: async (...given: unknown[]) => {
      const args = check(given);
      return memoryOf(await queue(() => caller.specialize(args, true)));
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

/** Whether the calls have not all the same shapes. */
const differ = (calls: readonly unknown[][]): boolean => new Set(calls.map(signatureOf)).size > 1;

/** The number of the first call whose results are asked for. */
const firstAsked = (calls: readonly unknown[], { results = "all" }: ManyOptions): number =>
  results === "last" ? Math.max(0, calls.length - 1) : 0;

/** The results of one call in the structure that the function returned. */
function structured(traced: Traced, numbers: Results): unknown {
  return mapLeaves(traced.result, isTensor, (leaf, path) => (isTensor(leaf) ? numbers[`out_${path}`] : leaf));
}
