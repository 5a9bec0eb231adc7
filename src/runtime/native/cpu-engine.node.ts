import type { Engine } from "../engine.ts";
import { bufferRelease } from "../release-buffer.node.ts";
import { type OnnxRuntime, sessionEngine } from "../session-engine.ts";
import { sessionOptions } from "../session-options.node.ts";
import { loadApi } from "./load-api.node.ts";
import { nativeEngine } from "./native-engine.node.ts";
import type { OrtApi } from "./ort-api.ts";

/** The processor's engine: by ONNX Runtime's C API where `load` gives it, otherwise over onnxruntime-node. */
export async function cpuEngine(load: () => Promise<OrtApi | undefined> = loadApi): Promise<Engine> {
  const api = await load();
  return api
    ? nativeEngine(api, (settings) => sessionOptions("cpu", settings))
    : onnxRuntimeNodeEngine("cpu");
}

/** The engine of `device` over onnxruntime-node. */
export async function onnxRuntimeNodeEngine(device: "cpu" | "webgpu" | "cuda"): Promise<Engine> {
  const ort = await import("onnxruntime-node");
  const options = (settings: Parameters<typeof sessionOptions>[1]) => sessionOptions(device, settings);
  return sessionEngine(ort as unknown as OnnxRuntime, device, options, bufferRelease());
}
