import type { Engine } from "./engine.ts";
import type { Reply, Start } from "./messages.ts";
import { remoteEngine } from "./remote-engine.ts";

/** The engine in a worker that the page made; its file calls `hostEngine()`. */
export async function workerEngine(start: Start, makeWorker: () => Worker): Promise<Engine> {
  const worker = makeWorker();
  const engine = remoteEngine(start.device, {
    post: (call, moved) => worker.postMessage(call, [...moved]),
    onReply: (listener) =>
      worker.addEventListener("message", (event: MessageEvent<Reply>) => listener(event.data)),
    onFailure: (listener) =>
      worker.addEventListener("error", (event) =>
        listener(new Error(`the worker of the ${start.device} engine failed: ${event.message}`)),
      ),
    waiting: () => undefined,
  });
  await engine.start(start);
  return {
    ...engine,
    async close() {
      await engine.close();
      worker.terminate();
    },
  };
}
