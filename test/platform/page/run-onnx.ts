import type { InferenceSession, Tensor } from "onnxruntime-common";

export type PlainInput = { readonly data: readonly number[]; readonly shape: readonly number[] };
export type PlainOutputs = Record<string, { data: number[]; shape: number[] }>;

/** Runs an exported file with ONNX Runtime alone, as a user's page does: one session, every input in turn. */
export async function runOnnx(
  device: "wasm" | "webgpu",
  model: readonly number[],
  inputs: readonly PlainInput[],
): Promise<PlainOutputs[]> {
  const ort =
    device === "webgpu" ? await import("onnxruntime-web/webgpu") : await import("onnxruntime-web/wasm");
  ort.env.wasm.numThreads = 1;
  const session: InferenceSession = await ort.InferenceSession.create(new Uint8Array(model), {
    executionProviders: [device],
  });
  const results: PlainOutputs[] = [];
  for (const { data, shape } of inputs) {
    const input = new ort.Tensor("float32", new Float32Array(data), [...shape]);
    const outputs = await session.run({ [session.inputNames[0]!]: input });
    results.push(Object.fromEntries(Object.entries(outputs).map(([name, y]) => [name, plainOutput(y)])));
  }
  await session.release();
  return results;
}

function plainOutput({ data, dims }: Tensor): { data: number[]; shape: number[] } {
  return { data: Array.from(data as Float32Array), shape: [...dims] };
}
