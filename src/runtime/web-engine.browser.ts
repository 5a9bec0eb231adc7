import type { Env, InferenceSession } from "onnxruntime-common";
import type { Engine, SessionSettings } from "./engine.ts";
import { inOrder } from "./in-order.ts";
import type { Start } from "./messages.ts";
import { type OnnxRuntime, sessionEngine } from "./session-engine.ts";
import { skippedOptimizers } from "./skipped-optimizers.ts";

type WebRuntime = OnnxRuntime & { readonly env: Env };

/**
 * ONNX Runtime for the web on the calling thread. The WebGPU build is twice as large, so a page that computes in
 * WebAssembly must not fetch it. Threads and folder are settled by the first engine of a page.
 */
export async function webEngine({ device, threads, wasmPaths }: Start): Promise<Engine> {
  const module =
    device === "webgpu" ? await import("onnxruntime-web/webgpu") : await import("onnxruntime-web/wasm");
  const ort = module as unknown as WebRuntime;
  ort.env.wasm.numThreads = globalThis.crossOriginIsolated ? threads : 1;
  if (wasmPaths !== undefined) ort.env.wasm.wasmPaths = wasmPaths;
  const engine = inOrder(sessionEngine(ort, device, (settings) => sessionOptions(device, settings)));
  return {
    ...engine,
    // Without a thread between them the engine would keep the caller's own array, and see later changes to it.
    write: (variable, { data, shape }) => engine.write(variable, { data: data.slice(), shape }),
  };
}

function sessionOptions(
  device: Start["device"],
  { threads, spinning, long }: SessionSettings,
): InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    intraOpNumThreads: threads,
    executionMode: "sequential",
    enableMemPattern: false,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    extra: {
      session: { intra_op: { allow_spinning: spinning ? "1" : "0" } },
      ...(device === "wasm" && {
        optimization: { disable_specified_optimizers: skippedOptimizers({ long }) },
      }),
    },
  };
}
