/** The thread that owns ONNX Runtime in Node: run() blocks its thread, so it must not be the caller's. */
import { parentPort, workerData } from "node:worker_threads";
import type { Device } from "./engine.ts";
import { type ExitGuard, guarded } from "./exit-guard.ts";
import { taskQueue } from "./in-order.ts";
import type { Call, Request } from "./messages.ts";
import { cpuEngine, onnxRuntimeNodeEngine } from "./native/cpu-engine.node.ts";
import { answer, serve } from "./serve-engine.ts";

const { device, guard } = workerData as { device: Exclude<Device, "wasm">; guard: ExitGuard };
const engine = await (device === "cpu" ? cpuEngine() : onnxRuntimeNodeEngine(device));
const queue = taskQueue();

parentPort!.on("message", async ({ ticket, request }: Call) => {
  const work = () => guarded(guard, () => answer(request as Request, engine));
  parentPort!.postMessage(await serve(ticket, () => queue(work)));
  if (request.kind === "close") parentPort!.close();
});
