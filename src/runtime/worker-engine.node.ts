import { Worker } from "node:worker_threads";
import type { Device, Engine } from "./engine.ts";
import { holdExit, newExitGuard } from "./exit-guard.ts";
import { onProcessExit } from "./exit-listener.node.ts";
import { remoteEngine } from "./remote-engine.ts";

/** From the sources, TypeScript cannot be loaded into a worker by Node 20: the built file is used (npm run build). */
function workerFile(): URL {
  const here = new URL(import.meta.url);
  return here.pathname.endsWith(".ts")
    ? new URL("../../dist/runtime/engine-worker.node.js", here)
    : new URL("./engine-worker.node.js", here);
}

/**
 * The engine of `device` in a thread of its own, so that the caller's event loop stays free. The thread does not keep
 * an idle process alive, and a process that exits during a step waits for that step's end.
 */
export function workerEngine(device: Exclude<Device, "wasm">): Engine {
  const guard = newExitGuard();
  const worker = new Worker(workerFile(), { workerData: { device, guard } });
  worker.unref();
  const exitWithoutGuard = onProcessExit(() => holdExit(guard, 60_000));
  return remoteEngine(device, {
    post: (call, moved) => worker.postMessage(call, [...moved]),
    onReply: (listener) => void worker.on("message", listener),
    onFailure(listener) {
      worker.on("error", listener);
      worker.on("exit", () => {
        exitWithoutGuard();
        listener(new Error(`the ${device} engine has stopped`));
      });
    },
    waiting: (some) => (some ? worker.ref() : worker.unref()),
  });
}
