import type { InferenceSession } from "onnxruntime-common";
import type { Device, SessionSettings } from "./engine.ts";
import { skippedOptimizers } from "./skipped-optimizers.ts";

/** ONNX Runtime's options for one session, with the reasons; measured in docs/engine.md. */
export function sessionOptions(
  device: Exclude<Device, "wasm">,
  { threads, spinning, long }: SessionSettings,
): InferenceSession.SessionOptions {
  return {
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    executionMode: "sequential", // parallel took 2–4 times as long
    enableMemPattern: false, // with it the first steps page-fault, and conv nets need 350 MB more; same speed afterwards
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    // Each session has its own pool: the idle one's threads would spin on the cores that the busy one needs.
    extra: {
      session: { intra_op: { allow_spinning: spinning ? "1" : "0" } },
      ...(device === "cpu" && {
        optimization: { disable_specified_optimizers: skippedOptimizers({ long }) },
      }),
    },
  };
}
