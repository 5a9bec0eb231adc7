/** What differs between Node and the browser: which engines there are. The browser's twin is platform.browser.ts. */
import { availableParallelism } from "node:os";
import type { Device, Engine } from "./engine.ts";
import { workerEngine } from "./worker-engine.node.ts";

/** Devices this platform has, best first, for `device: "auto"` to try. */
export const devices: readonly Device[] = ["cuda", "webgpu", "cpu"];

/** The device that always works. */
export const fallbackDevice: Device = "cpu";

/** Threads to use unless told otherwise. */
export function defaultThreads(): number {
  return availableParallelism();
}

/** Starts the engine of `device`; whether it works shows when the first model is loaded. */
export async function startEngine(device: Device): Promise<Engine> {
  if (device === "wasm") throw new Error("wasm is the browser's engine");
  return workerEngine(device);
}
