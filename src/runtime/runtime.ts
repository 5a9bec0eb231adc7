import { platform } from "#platform";
import type { Form, FormTimes } from "../onnx/index.ts";
import { UserError } from "../tensor/index.ts";
import { blockSize } from "./block-size.ts";
import { chooseDevice } from "./choose-device.ts";
import type { Device, Engine, EngineStats } from "./engine.ts";
import { type TaskQueue, taskQueue } from "./in-order.ts";
import type { BrowserOptions } from "./platform.ts";
import type { Store } from "./store.ts";
import { createStore } from "./store.ts";
import type { Value } from "./value.ts";

export type RuntimeOptions = {
  /** "auto" (default) tries what the platform has, best first, and says which it took. */
  device?: Device | "auto";
  /** Seeds parameters and every random source; equal seeds give equal numbers. Default 0. */
  seed?: number;
  /** CPU threads; default: as many as the machine offers (in a browser: 1, or up to 4 where it allows them). */
  threads?: number;
  /**
   * Forms of convolutions on the CPU: one for all (for tests), or times measured on this machine, which `tune` adds to
   * whenever a function with other convolutions is compiled. Default: the times of a table that comes with Imago.
   */
  convolutions?: ConvolutionOptions;
  /**
   * On the CPU, compute cheap results that derivatives need a second time instead of keeping them: less memory, more time,
   * the same numbers. Default false.
   */
  recompute?: boolean;
  /** What only a browser needs to be told: where ONNX Runtime's files are, and which worker computes. */
  browser?: BrowserOptions;
};

export interface ConvolutionOptions {
  readonly form?: Form;
  /** By signature; what is measured is added here. */
  readonly times?: Map<string, FormTimes>;
  /** Measure the forms of convolutions that `times` does not know yet: some seconds for each model. */
  readonly tune?: boolean;
}

/** Which device runs the graphs, and why. */
export type DeviceReport = { readonly device: Device; readonly reason: string };

/** One device with its sessions, the state that lives there, and the counters of random numbers. */
export interface Runtime {
  readonly seed: number;
  readonly threads: number;
  /** Starts the device if need be and says which one it is. Throws a UserError where a device asked for is missing. */
  ready(): Promise<DeviceReport>;
  /** The value of a variable such as "G/dense_1/weight". Throws where there is none of that name. */
  get(name: string): Promise<Value>;
  /** Gives a variable a value, also before its network exists. */
  set(name: string, value: Value): Promise<void>;
  /** Names of all variables that have a value. */
  names(): string[];
  /** How many calls each compiled function has made: part of the key of its random numbers. */
  steps(): Record<string, number>;
  /** Sets the number of calls made by a compiled function, to resume where another run stopped. */
  setSteps(name: string, count: number): void;
  /** Milliseconds that the device has spent in runs, those before this call included. */
  busy(): Promise<number>;
  stats(): Promise<EngineStats>;
  /** Frees the device when the calls before it have ended; calls after it are refused. May be called again. */
  dispose(): Promise<void>;
  /** For `compile`: what it needs beyond the public surface. */
  readonly internals: RuntimeInternals;
}

/** What `compile` and the exporter need of a runtime. */
export interface RuntimeInternals {
  readonly store: Store;
  readonly convolutions: ConvolutionOptions;
  readonly recompute: boolean;
  /**
   * Carries out work in the order in which it is given: nothing overlaps with a compilation, which may move variables to
   * another order. Work that only waits for the device hands its promise out instead of waiting.
   */
  readonly queue: TaskQueue;
  engine(): Promise<Engine>;
  /** Channels in a block of the device's kernels for blocked pictures; undefined where it has none. */
  block(): Promise<number | undefined>;
  /** A name for a compiled function that no other in this runtime has. */
  register(name: string): string;
  nextStep(name: string): number;
  nextSession(): number;
}

/** A device to compile for. Nothing starts before the first use. */
export function createRuntime(options: RuntimeOptions = {}): Runtime {
  const { device = "auto", seed = 0, browser, convolutions = {}, recompute = false } = options;
  const { threads = platform.defaultThreads(browser) } = options;
  const known = [...platform.devices, "auto"] as const;
  if (!known.includes(device)) {
    throw new UserError(`device "${device}" does not exist here; use one of ${known.join(", ")}.`);
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new UserError(`threads is ${threads}, expected a whole number of at least 1.`);
  }
  const steps = new Map<string, number>();
  let sessions = 0;
  let chosen: Promise<{ engine: Engine; report: DeviceReport }> | undefined;
  const choose = (): NonNullable<typeof chosen> => {
    chosen ??= chooseDevice(device, platform, { threads, browser });
    return chosen;
  };
  const engine = async (): Promise<Engine> => (await choose()).engine;
  let blocks: Promise<number | undefined> | undefined;
  const store = createStore(engine, seed);
  const inTurn = taskQueue();
  let disposed = false;
  const queue: TaskQueue = (work) =>
    inTurn(() => {
      if (disposed) throw new UserError("the runtime was disposed; make another with createRuntime().");
      return work();
    });

  return {
    seed,
    threads,
    ready: async () => (await choose()).report,
    get: (name) => queue(() => store.get(name)),
    set: (name, value) => queue(() => store.set(name, value)),
    names: store.names,
    steps: () => Object.fromEntries(steps),
    setSteps: (name, count) => void steps.set(name, count),
    busy: async () => (await queue(async () => ({ busy: (await engine()).busy() }))).busy,
    stats: () => queue(async () => (await engine()).stats()),
    dispose: () =>
      inTurn(async () => {
        if (chosen && !disposed) await (await chosen).engine.close();
        disposed = true;
      }),
    internals: {
      store,
      convolutions,
      recompute,
      queue,
      engine,
      block() {
        blocks ??= engine().then(blockSize);
        return blocks;
      },
      ...callCounters(steps),
      nextSession: () => sessions++,
    },
  };
}

/** Names of compiled functions and the number of calls of each. */
function callCounters(steps: Map<string, number>): Pick<RuntimeInternals, "register" | "nextStep"> {
  return {
    register(name) {
      let unique = name;
      for (let i = 2; steps.has(unique); i++) unique = `${name}#${i}`;
      steps.set(unique, 0);
      return unique;
    },
    nextStep(name) {
      const step = steps.get(name) ?? 0;
      steps.set(name, step + 1);
      return step;
    },
  };
}

// Functions compiled without a runtime share one, so that two of them see the same network's parameters.
let shared: Runtime | undefined;

/** The runtime of functions that were compiled without naming one. */
export function defaultRuntime(): Runtime {
  shared ??= createRuntime();
  return shared;
}
