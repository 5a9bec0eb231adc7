import type { Value } from "./value.ts";

/** Where a graph runs. `wasm` is the browser's CPU. */
export type Device = "cpu" | "wasm" | "webgpu" | "cuda";

/** How ONNX Runtime is to run one graph. */
export interface SessionSettings {
  readonly threads: number;
  /** Idle threads spin instead of sleeping: faster for short steps while nothing else wants the cores. */
  readonly spinning: boolean;
  /** The graph is so long that most of ONNX Runtime's own rewritings would take more time than they spare. */
  readonly long?: boolean;
}

/** What each input and output of a graph is bound to. */
export interface Binding {
  /** State read by the graph: its name in the store and the graph's input. */
  readonly states: readonly { readonly variable: string; readonly input: string }[];
  /** State written by the graph: its name in the store and the graph's output. */
  readonly assigns: readonly Assign[];
  /** Outputs handed back to the caller. */
  readonly results: readonly string[];
}

export interface Assign {
  readonly variable: string;
  readonly output: string;
  /** The output may be written over the variable's value while the graph runs. */
  readonly inPlace?: boolean;
}

export type Feeds = { readonly [input: string]: Value };
export type Results = { readonly [output: string]: Value };

/**
 * Sessions and state on one device. State stays there between calls. Calls are carried out in the order they were made.
 */
export interface Engine {
  readonly device: Device;
  load(id: number, model: Uint8Array, binding: Binding, settings: SessionSettings): Promise<void>;
  /**
   * Runs a session once. Where the results are of no interest, none come back, and nothing is read back from a GPU. Buffers
   * of the feeds that are `own` to the call are the engine's from then on: to another thread they are moved, not copied.
   */
  run(
    id: number,
    feeds: Feeds,
    wanted?: "results" | "nothing",
    own?: readonly ArrayBuffer[],
  ): Promise<Results>;
  /** Gives a variable a value. If it is `own` to the call, its buffer is the engine's from then on. */
  write(variable: string, value: Value, own?: boolean): Promise<void>;
  read(variable: string): Promise<Value>;
  /** Frees a session that is no longer needed. */
  unload(id: number): Promise<void>;
  /** Milliseconds spent in runs so far, by the clock of the thread that computes. */
  busy(): Promise<number>;
  /** Whether every run copies the state that it assigns, so that many calls had better be made in one run. */
  copiesState(): Promise<boolean>;
  /** Number of buffers and bytes of state held, for tests of memory. */
  stats(): Promise<EngineStats>;
  close(): Promise<void>;
}

export interface EngineStats {
  readonly states: number;
  readonly stateBytes: number;
  readonly sessions: number;
}
