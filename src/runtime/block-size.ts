/** Which kernels for blocked pictures a device has: that depends on the processor, and ONNX Runtime does not tell. */
import { toBlocksOp, writeModel } from "../onnx/index.ts";
import { apply, inputTensor } from "../tensor/index.ts";
import type { Engine } from "./engine.ts";

/** Session number of the question, beside those of the probe (−1) and of timed forms (−2). */
const session = -3;
/** More than any block has. */
const channels = 32;

/**
 * Channels in a block of ONNX Runtime's kernels for blocked pictures on the engine's processor; undefined where there are none, as in
 * WebAssembly and on GPUs. A picture of two pixels is put into blocks: the second pixel's first channel then stands where the
 * first pixel's block ends.
 */
export async function blockSize(engine: Engine): Promise<number | undefined> {
  if (engine.device !== "cpu") return undefined;
  const x = inputTensor("x", [1, 1, 2, channels], "float32");
  const graph = {
    inputs: [{ name: "x", tensor: x }],
    outputs: [{ name: "y", tensor: apply(toBlocksOp, [x], {}) }],
  };
  const binding = { states: [], assigns: [], results: ["y"] };
  try {
    await engine.load(session, writeModel(graph, { device: "cpu" }), binding, {
      threads: 1,
      spinning: false,
    });
  } catch {
    return undefined; // ONNX Runtime has no such kernel for this processor.
  }
  const data = Float32Array.from({ length: 2 * channels }, (_, i) => i);
  const { y } = await engine.run(session, { x: { data, shape: [1, 1, 2, channels] } });
  await engine.unload(session);
  const block = y!.data.indexOf(channels as never);
  return block > 0 && channels % block === 0 ? block : undefined;
}
