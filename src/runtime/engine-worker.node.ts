/** The thread that owns ONNX Runtime in Node: run() blocks its thread, so it must not be the caller's. */
import { parentPort, workerData } from "node:worker_threads";
import * as ort from "onnxruntime-node";
import type { Device, Engine } from "./engine.ts";
import type { Call, Reply, Request } from "./messages.ts";
import { type OnnxRuntime, sessionEngine } from "./session-engine.ts";
import { sessionOptions } from "./session-options.node.ts";

const { device, busy } = workerData as { device: Exclude<Device, "wasm">; busy: Int32Array };
const engine = sessionEngine(ort as unknown as OnnxRuntime, device, (settings) =>
  sessionOptions(device, settings),
);

async function answer(request: Request, to: Engine): Promise<Extract<Reply, { ok: true }>["result"]> {
  switch (request.kind) {
    case "load":
      await to.load(request.id, request.model, request.binding, request.settings);
      return undefined;
    case "run":
      return to.run(request.id, request.feeds);
    case "write":
      await to.write(request.variable, request.value);
      return undefined;
    case "read":
      return to.read(request.variable);
    case "unload":
      await to.unload(request.id);
      return undefined;
    case "stats":
      return to.stats();
    case "close":
      await to.close();
      return undefined;
  }
}

// One at a time: a later call may read what an earlier one writes.
let last: Promise<void> = Promise.resolve();

parentPort!.on("message", ({ ticket, request }: Call) => {
  last = last.then(async () => {
    Atomics.store(busy, 0, 1);
    try {
      const result = await answer(request, engine);
      parentPort!.postMessage({ ticket, ok: true, result } satisfies Reply);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      parentPort!.postMessage({ ticket, ok: false, error: message } satisfies Reply);
    } finally {
      Atomics.store(busy, 0, 0);
      Atomics.notify(busy, 0);
    }
    if (request.kind === "close") parentPort!.close();
  });
});
