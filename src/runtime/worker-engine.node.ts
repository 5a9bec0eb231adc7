import { Worker } from "node:worker_threads";
import type { Device, Engine, EngineStats, Results } from "./engine.ts";
import type { Reply, Request } from "./messages.ts";
import type { Value } from "./value.ts";

type Waiting = { resolve(result: unknown): void; reject(error: Error): void };

/** From the sources, TypeScript cannot be loaded into a worker by Node 20: the built file is used (npm run build). */
function workerFile(): URL {
  const here = new URL(import.meta.url);
  return here.pathname.endsWith(".ts")
    ? new URL("../../dist/runtime/engine-worker.node.js", here)
    : new URL("./engine-worker.node.js", here);
}

/**
 * The engine of `device` in a thread of its own, so that the caller's event loop stays free. The thread does not keep
 * an idle process alive, and a process that exits during a step waits for that step's end: ONNX Runtime aborts the
 * whole process when its thread is torn down inside a call.
 */
export function workerEngine(device: Exclude<Device, "wasm">): Engine {
  const busy = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(workerFile(), { workerData: { device, busy } });
  const waiting = new Map<number, Waiting>();
  let tickets = 0;

  const onExit = (): void => {
    if (Atomics.load(busy, 0) === 1) Atomics.wait(busy, 0, 1, 60_000);
  };
  process.on("exit", onExit);
  const fail = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  worker.on("message", (reply: Reply) => {
    const call = waiting.get(reply.ticket);
    waiting.delete(reply.ticket);
    if (waiting.size === 0) worker.unref();
    if (reply.ok) call?.resolve(reply.result);
    else call?.reject(new Error(reply.error));
  });
  worker.on("error", fail);
  worker.on("exit", () => {
    process.off("exit", onExit);
    fail(new Error(`the ${device} engine has stopped`));
  });
  worker.unref();

  const ask = <T>(request: Request): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const ticket = tickets++;
      waiting.set(ticket, { resolve: resolve as Waiting["resolve"], reject });
      worker.ref();
      worker.postMessage({ ticket, request });
    });

  return {
    device,
    load: (id, model, binding, settings) => ask<void>({ kind: "load", id, model, binding, settings }),
    run: (id, feeds) => ask<Results>({ kind: "run", id, feeds }),
    write: (variable, value) => ask<void>({ kind: "write", variable, value }),
    read: (variable) => ask<Value>({ kind: "read", variable }),
    unload: (id) => ask<void>({ kind: "unload", id }),
    stats: () => ask<EngineStats>({ kind: "stats" }),
    close: () => ask<void>({ kind: "close" }),
  };
}
