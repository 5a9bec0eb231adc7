/** Runs a sampler that works in steps: its state stays on the device from step to step. */
import { samplerStep } from "../export-page/latents.ts";
import type { SequentialSampler, SequentialStart, SequentialState } from "../models/model.ts";
import { type Compiled, compile, type Runtime, type Value } from "../runtime/index.ts";
import { allocate, assign, read, sizeOf, type Tensor, type Variable } from "../tensor/index.ts";
import { deriveKey } from "../tensor/random/key.ts";

/** State of samplers is named so; checkpoints leave it out. */
export const samplerPrefix = "sampler/";

/** Steps in one call of the device: an interrupt waits for them. */
const stepsInACall = 64;

export interface SequentialOptions {
  readonly runtime: Runtime;
  /** Of the functions and the state. */
  readonly name: string;
  /** Names the random numbers. Default: as the functions. */
  readonly key?: string;
  /** Runs the body of a trace with averaged weights, where there are any. */
  withAverages?<T>(body: () => T): T;
}

/** What the draw of one portion begins with, as numbers. */
export interface StartValues {
  readonly y?: Value;
  readonly given?: { readonly x: Value; readonly mask: Value };
}

export interface SequentialDraw {
  /** Which random numbers: examples of one seed and portion are always the same. */
  readonly seed: number;
  readonly portion: number;
  readonly start?: StartValues;
  /** Gets the examples after every `every` steps. */
  readonly frames?: { readonly every: number; readonly show: (examples: Value, step: number) => void };
  /** Is told how many of the steps are made. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface Sequential {
  /** Compiles everything, for a draw that begins with such numbers. */
  prepare(start?: StartValues): Promise<void>;
  /** The examples after all steps. */
  draw(options: SequentialDraw): Promise<Value>;
}

/**
 * A sampler's functions, compiled: they hand the state over in variables, so it never leaves the device. Random numbers
 * depend on the seed, the portion and the step alone, so that a cached and a plain sampler meet the same ones.
 */
export function createSequential(
  sampler: SequentialSampler,
  n: number,
  { runtime, name, key: keyName = name, withAverages = (body) => body() }: SequentialOptions,
): Sequential {
  // A runtime may hold several samplers of one name, each with a state of its own.
  const variables = stateVariables(`${samplerPrefix}${runtime.internals.register(name)}`);
  let key = { seed: 0, portion: 0, step: 0 };
  const { internals } = runtime;
  const keyed: Runtime = {
    ...runtime,
    internals: {
      ...internals,
      // The state and the random numbers of equal keys are equal, whatever else was compiled.
      register: (own) => keyName + own.slice(name.length),
      nextStep: () => callNumber(key.seed, key.portion, key.step++),
    },
  };
  const options = { runtime: keyed, training: false };
  const init = compile(
    (start: StartTensors) => {
      variables.write(withAverages(() => sampler.init({ n, ...start })));
      return [];
    },
    { ...options, name: `${name} init` },
  );
  const stepping = (part: string, body: SequentialSampler["step"]): Compiled<(i: Tensor) => unknown> =>
    compile(
      (i: Tensor) => {
        variables.write(withAverages(() => body(variables.read(), i)));
        return [];
      },
      { ...options, name: `${name} ${part}` },
    );
  const step = stepping("step", sampler.step);
  const between = sampler.between && {
    every: sampler.between.every,
    step: stepping("between", sampler.between.step),
  };
  const result = compile(() => withAverages(() => sampler.result(variables.read())), {
    ...options,
    name: `${name} result`,
  });
  return {
    async prepare(start = {}) {
      await init.prepare(start);
      await between?.step.prepare(number(0));
      await step.prepareMany(number(0));
      await result.prepare();
    },
    async draw({ seed, portion, start = {}, frames, onProgress }) {
      key = { seed, portion, step: -1 };
      await init(start);
      const every = frames?.every ?? stepsInACall;
      const rests = between?.every ?? Number.POSITIVE_INFINITY;
      for (let i = 0; i < sampler.steps; ) {
        if (between && i > 0 && i % rests === 0) await between.step(number(i));
        const count = Math.min(stepsInACall, every - (i % every), rests - (i % rests), sampler.steps - i);
        key = { seed, portion, step: i };
        await step.many(Array.from({ length: count }, (_, k): [Value] => [number(i + k)]));
        i += count;
        onProgress?.(i, sampler.steps);
        if (frames && (i % every === 0 || i === sampler.steps)) frames.show(await result(), i);
      }
      return await result();
    },
  };
}

type StartTensors = Omit<SequentialStart, "n">;

const number = (i: number): Value => ({ data: Int32Array.of(i), shape: [] });

/** A whole number below 2⁵³ for each seed, portion and step. */
function callNumber(seed: number, portion: number, step: number): number {
  const [low, high] = deriveKey(samplerStep(seed, portion), step + 1);
  return (high! >>> 11) * 2 ** 32 + (low! >>> 0);
}

interface StateVariables {
  /** Assigns the state; the first call settles the names and shapes. */
  write(state: SequentialState): void;
  read(): SequentialState;
}

function stateVariables(prefix: string): StateVariables {
  const known = new Map<string, Variable>();
  return {
    write(state) {
      for (const [name, tensor] of Object.entries(state)) {
        const variable = known.get(name) ?? stateVariable(`${prefix}/${name}`, tensor);
        known.set(name, variable);
        // What a step hands on as it was needs no copy.
        if (tensor !== read(variable)) assign(variable, tensor);
      }
    },
    read: () => Object.fromEntries([...known].map(([name, variable]) => [name, read(variable)])),
  };
}

const stateVariable = (name: string, { shape, dtype }: Tensor): Variable => ({
  ...{ name, shape, dtype, trainable: false },
  init: () => allocate(dtype, sizeOf(shape)),
});
