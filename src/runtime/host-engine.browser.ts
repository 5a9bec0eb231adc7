import type { Engine } from "./engine.ts";
import type { Call, Request } from "./messages.ts";
import { answer, serve } from "./serve-engine.ts";
import { webEngine } from "./web-engine.browser.ts";

/** The part of a worker's global scope that is used; TypeScript's DOM library describes a page's. */
interface WorkerScope {
  readonly name?: string;
  postMessage(message: unknown): void;
  addEventListener(type: "message", listener: (event: MessageEvent<Call>) => void): void;
}

/**
 * Makes the current worker compute for a page: the whole content of a worker file is
 * `import { hostEngine } from "imago/worker"; hostEngine();`, and the page says
 * `createRuntime({ browser: { worker: () => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }) } })`.
 */
export function hostEngine(): void {
  const scope = globalThis as unknown as WorkerScope;
  // A bundled ONNX Runtime starts its threads from this very file; they must be left to themselves.
  if (scope.name?.startsWith("em-pthread")) return;
  let engine: Promise<Engine> | undefined;
  scope.addEventListener("message", async ({ data: { ticket, request } }) => {
    if (request.kind === "start") engine = webEngine(request);
    scope.postMessage(
      await serve(ticket, async () => {
        const ready = await engine;
        if (!ready) throw new Error("the worker was not started");
        return request.kind === "start" ? undefined : answer(request satisfies Request, ready);
      }),
    );
  });
}
