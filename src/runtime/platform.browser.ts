/** What differs between Node and the browser: which engines there are. Node's twin is platform.node.ts. */
import { UserError } from "../tensor/index.ts";
import { inspectWebGpu } from "./inspect-device.browser.ts";
import type { BrowserOptions, EngineOptions, Platform } from "./platform.ts";
import { webEngine } from "./web-engine.browser.ts";
import { workerEngine } from "./worker-engine.browser.ts";

export const platform: Platform = {
  devices: ["webgpu", "wasm"],
  fallbackDevice: "wasm",
  defaultThreads,
  async startEngine(device, options) {
    if (device === "cpu" || device === "cuda") throw new Error(`${device} is an engine of Node`);
    refuseHangingThreads(options);
    const { threads, browser } = options;
    const start = { kind: "start", device, threads, wasmPaths: browser?.wasmPaths } as const;
    return browser?.worker ? workerEngine(start, browser.worker) : webEngine(start);
  },
  inspect: async (device) => (device === "webgpu" ? inspectWebGpu() : {}),
};

/** Two threads on two cores were slower than one as soon as anything else ran: threads only from four cores on. */
function defaultThreads(browser: BrowserOptions | undefined): number {
  const cores = navigator.hardwareConcurrency;
  const canShare = globalThis.crossOriginIsolated && browser?.wasmPaths !== undefined;
  return canShare && cores >= 4 ? Math.min(4, Math.ceil(cores / 2)) : 1;
}

/**
 * ONNX Runtime starts its threads from the script it was bundled into, which is then the user's own: they run the page's
 * code again and never answer. From a folder of its own files they start well.
 */
function refuseHangingThreads({ threads, browser }: EngineOptions): void {
  if (threads > 1 && globalThis.crossOriginIsolated && browser?.wasmPaths === undefined) {
    throw new UserError(
      `createRuntime: ${threads} threads in the browser need ONNX Runtime's files in a folder of their own; copy onnxruntime-web/dist/ort-wasm* there and pass browser: { wasmPaths: "<its URL>/" }, or use threads: 1.`,
    );
  }
}
