/** From arguments to results: a function is compiled for their shapes, its feeds are made ready, the device runs it. */
import { keysAfter } from "../tensor/random/index.ts";
import type { Engine, Results } from "./engine.ts";
import { flatten, isValue } from "./feeds.ts";
import { loopPays } from "./loop-pays.ts";
import type { Runtime } from "./runtime.ts";
import {
  type Loaded,
  layoutKey,
  loadGraph,
  type TensorFunction,
  type Traced,
  traceFunction,
} from "./specialize.ts";
import { unstackResults } from "./stack.ts";
import { renumber, type StagedFeeds, stageFeeds } from "./staged.ts";

export interface Specialization extends Loaded {
  readonly traced: Traced;
}

/** Calls whose feeds are ready. */
export interface StagedCalls {
  /** The arguments of one of them: all have the same shapes. */
  readonly example: readonly unknown[];
  readonly together: boolean;
  readonly feeds: StagedFeeds;
}

/** Calls on their way: the results come when the device is done. */
export interface Posted {
  readonly traced: Traced;
  /** Of each call that is asked for them. */
  readonly results: Promise<Results[]>;
}

/** How calls of one function are made. All of it is to be called from within the runtime's queue. */
export interface Caller {
  /** Compiles and loads the function for checked arguments of these shapes. */
  specialize(args: readonly unknown[], together: boolean): Promise<Specialization>;
  /** Makes the feeds of calls that are yet to be posted, after those that are staged already. */
  stage(calls: readonly (readonly unknown[])[], together: boolean): Promise<StagedCalls>;
  /** Sends calls off; the device works while the queue goes on. */
  post(staged: StagedCalls, from: number): Promise<Posted>;
  /** Both in one. */
  send(calls: readonly (readonly unknown[])[], together: boolean, from: number): Promise<Posted>;
  /** Number of specializations. */
  traces(): number;
}

export interface CallerOptions {
  readonly runtime: Runtime;
  readonly name: string;
  /** The function's name in `runtime.steps()`. */
  readonly stepName: string;
  readonly training: boolean | undefined;
}

/** The caller of `fn`. Its random numbers are keyed by (seed, `stepName`, number of the call, source). */
export function newCaller(fn: TensorFunction, options: CallerOptions): Caller {
  const { runtime, stepName } = options;
  const { internals } = runtime;
  const randomKey = keysAfter(runtime.seed, stepName);
  const specialize = specializer(fn, options);
  // Where the calls that are staged and not posted yet will end.
  let planned = 0;

  const stage = async (
    calls: readonly (readonly unknown[])[],
    together: boolean,
    number: () => number,
  ): Promise<StagedCalls> => {
    const loaded = await specialize.at(calls[0]!, together);
    const { loop } = loaded;
    const numbers = calls.map(number);
    return { example: calls[0]!, together, feeds: stageFeeds(loaded, calls, { randomKey, numbers, loop }) };
  };
  const run = async ({ example, together, feeds }: StagedCalls, from: number): Promise<Posted> => {
    const engine = await internals.engine();
    const { session, traced, loop } = await specialize.at(example, together);
    return { traced, results: runAll(engine, session, { feeds, loop, from }) };
  };

  return {
    specialize: specialize.at,
    stage(calls, together) {
      let next = Math.max(runtime.steps()[stepName] ?? 0, planned);
      planned = next + calls.length;
      return stage(calls, together, () => next++);
    },
    async post(staged, from) {
      const loaded = await specialize.at(staged.example, staged.together);
      const numbers = staged.feeds.numbers.map(() => internals.nextStep(stepName));
      if (numbers.every((number, i) => number === staged.feeds.numbers[i])) return run(staged, from);
      // Other calls came in between, or the number of calls was set.
      planned = 0;
      const feeds = renumber(staged.feeds, loaded, { randomKey, numbers, loop: loaded.loop });
      return run({ ...staged, feeds }, from);
    },
    send: async (calls, together, from) =>
      run(await stage(calls, together, () => internals.nextStep(stepName)), from),
    traces: specialize.count,
  };
}

/** Runs the device once for all calls or once for each; the results of those from number `from` on. */
function runAll(
  engine: Engine,
  session: number,
  { feeds, loop, from }: { feeds: StagedFeeds; loop: boolean; from: number },
): Promise<Results[]> {
  const { runs, own, numbers } = feeds;
  if (loop)
    return engine
      .run(session, runs[0]!, "results", own[0])
      .then((stacked) => unstackResults(stacked, numbers.length, from));
  const results = runs.map((one, i) => engine.run(session, one, i < from ? "nothing" : "results", own[i]));
  return Promise.all(results).then((list) => list.slice(from));
}

/** Compiles once for each signature of input shapes, and once more where calls made together are made by a Loop. */
function specializer(
  fn: TensorFunction,
  { runtime, name, training }: CallerOptions,
): { at(args: readonly unknown[], together: boolean): Promise<Specialization>; count(): number } {
  const cache = new Map<string, Specialization>();
  const loops = new Map<string, boolean>();
  const trace = (args: readonly unknown[]): Traced => traceFunction(fn, args, isValue, { name, training });
  return {
    async at(args, together) {
      const signature = signatureOf(args);
      let traced: Traced | undefined;
      if (together && !loops.has(signature)) {
        traced = trace(args);
        loops.set(signature, await loopPays(traced, runtime));
      }
      const loop = together && loops.get(signature)!;
      const key = `${loop ? "loop " : ""}${signature}`;
      const known = cache.get(key);
      // Another function may have moved our state to another order since.
      if (known && known.layouts === layoutKey(known.traced, runtime)) return known;
      if (known) await (await runtime.internals.engine()).unload(known.session);
      traced ??= trace(args);
      const made = { ...(await loadGraph(traced, runtime, loop)), traced };
      cache.set(key, made);
      return made;
    },
    count: () => cache.size,
  };
}

/** The shapes and types of checked arguments, as text. */
export function signatureOf(args: readonly unknown[]): string {
  return flatten(args)
    .map(({ path, value }) => `${path}:${value.dtype}[${value.shape.join(",")}]`)
    .join(";");
}
