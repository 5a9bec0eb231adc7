/** Two small graphs that say whether a device computes, and how fast. */
import { writeModel } from "../onnx/index.ts";
import { expand, inputTensor, matmul, mean, mul, type Tensor } from "../tensor/index.ts";
import type { Device, Engine } from "./engine.ts";

/** Session number of the probe; those of compiled functions count from 0. */
const probe = -1;

async function load(engine: Engine, x: Tensor, y: Tensor, threads: number): Promise<void> {
  const graph = { inputs: [{ name: "x", tensor: x }], outputs: [{ name: "y", tensor: y }] };
  const portable: Device[] = ["webgpu", "cuda"];
  const model = writeModel(graph, { device: portable.includes(engine.device) ? "gpu" : "cpu" });
  const binding = { states: [], assigns: [], results: ["y"] };
  await engine.load(probe, model, binding, { threads, spinning: false });
}

/** Throws where the engine does not get [1 2; 3 4]² right. */
export async function checkProduct(engine: Engine): Promise<void> {
  const x = inputTensor("x", [2, 2], "float32");
  await load(engine, x, matmul(x, x), 1);
  const { y } = await engine.run(probe, { x: { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] } });
  await engine.unload(probe);
  if (String(y?.data) !== "7,10,15,22") throw new Error(`it computed ${y?.data} instead of 7,10,15,22.`);
}

const products = 4;

/**
 * Milliseconds for a chain of four products of [side, side] matrices, 8·side³ operations; only one number goes in and
 * out. The best of `repeats`, after one run that compiles shaders.
 */
export async function timeProducts(
  engine: Engine,
  side: number,
  { threads, repeats }: { threads: number; repeats: number },
): Promise<number> {
  const x = inputTensor("x", [], "float32");
  const matrix = expand(mul(x, 1 / side), [side, side]);
  let chain = matrix;
  for (let i = 0; i < products; i++) chain = matmul(chain, matrix);
  await load(engine, x, mean(chain), threads);
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= repeats; i++) {
    const start = performance.now();
    await engine.run(probe, { x: { data: new Float32Array([1]), shape: [] } });
    if (i > 0) best = Math.min(best, performance.now() - start);
  }
  await engine.unload(probe);
  return best;
}
