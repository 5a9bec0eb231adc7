/** What differs between Node and the browser: which engines there are. The browser's twin is platform.browser.ts. */
import { availableParallelism } from "node:os";
import { inspectCuda, inspectWebGpu } from "./inspect-device.node.ts";
import type { Platform } from "./platform.ts";
import { workerEngine } from "./worker-engine.node.ts";

export const platform: Platform = {
  devices: ["cuda", "webgpu", "cpu"],
  fallbackDevice: "cpu",
  defaultThreads: () => availableParallelism(),
  async startEngine(device) {
    if (device === "wasm") throw new Error("wasm is the browser's engine");
    return workerEngine(device);
  },
  async inspect(device) {
    return device === "cuda" ? inspectCuda() : device === "webgpu" ? inspectWebGpu() : {};
  },
};
