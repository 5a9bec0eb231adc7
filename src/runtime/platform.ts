/** What a platform offers; platform.node.ts and platform.browser.ts are the two there are. */
import type { Device, Engine } from "./engine.ts";

export type EngineOptions = {
  /** CPU threads the engine may need at most. */
  readonly threads: number;
  readonly browser?: BrowserOptions | undefined;
};

/** What only a browser needs to be told. */
export type BrowserOptions = {
  /**
   * URL of the folder with ONNX Runtime's .wasm and .mjs files (copied from onnxruntime-web/dist), ending in "/".
   * Default: the file that the bundler emitted. More than one thread needs it.
   */
  wasmPaths?: string;
  /**
   * Makes the worker that computes, so that the page stays smooth: a module worker whose file calls `hostEngine()` from
   * `imago/worker`. Default: no worker, the engine runs on the thread that calls it.
   */
  worker?: () => Worker;
};

export interface Platform {
  /** Devices this platform has, best first, for `device: "auto"` to try. */
  readonly devices: readonly Device[];
  /** The device that always works. */
  readonly fallbackDevice: Device;
  /** Threads to use unless told otherwise. */
  defaultThreads(browser: BrowserOptions | undefined): number;
  /** Starts the engine of `device`; whether it works shows when the first model is loaded. */
  startEngine(device: Device, options: EngineOptions): Promise<Engine>;
  /** What is known of a device before it is started, at the cost of a few milliseconds. */
  inspect(device: Device): Promise<Inspection>;
}

export interface Inspection {
  /** Why it cannot work here. */
  readonly missing?: string;
  /** Why it works but is no faster than the processor, as a GPU imitated in software is. */
  readonly slow?: string;
  /** The graphics processor is unknown until it has been timed. */
  readonly unknown?: boolean;
  /** The device's own name, where it tells. */
  readonly name?: string;
}
