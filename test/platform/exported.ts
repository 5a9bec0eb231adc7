/** Networks as a user exports them: weights inside the file, an open batch size, outputs that must not depend on it. */
import {
  batchNorm,
  compile,
  conv2d,
  convTranspose2d,
  dense,
  layerNorm,
  leakyRelu,
  lstm,
  multiHeadAttention,
  network,
  type Runtime,
  relu,
  reshape,
  type Tensor,
  tanh,
} from "../../src/index.ts";

/** Batch sizes at which every file is run. */
export const batchSizes = [1, 3, 64];

export interface Exported {
  readonly name: string;
  readonly model: Uint8Array;
  /** Shape of one example. */
  readonly example: readonly number[];
}

const generator = network("generator", (z: Tensor) => {
  const x = relu(batchNorm(reshape(dense(z, 16 * 4 * 4), [-1, 16, 4, 4])));
  const y = relu(batchNorm(convTranspose2d(x, 8, { kernel: 4, stride: 2, padding: 1 })));
  return tanh(convTranspose2d(y, 3, { kernel: 3, stride: 2, padding: 1, outputPadding: 1 }));
});

const encoder = network("encoder", (x: Tensor) => {
  const h = leakyRelu(conv2d(x, 8, { kernel: 4, stride: 2, padding: 1 }), 0.2);
  const k = leakyRelu(batchNorm(conv2d(h, 16, { kernel: 4, stride: 2, padding: 1 })), 0.2);
  const flat = reshape(k, [x.shape[0]!, -1]);
  return { mean: dense(flat, 5), logVariance: dense(flat, 5) };
});

const transformer = network("transformer", (x: Tensor) =>
  layerNorm(x.add(multiHeadAttention(x, { heads: 2, causal: true }))),
);

const recurrent = network("recurrent", (x: Tensor) => dense(lstm(x, 6).output, 2));

/** The files, made on `runtime`. The weights are those of new networks; running statistics are moved off their start. */
export async function exportAll(runtime: Runtime): Promise<Exported[]> {
  const make = async (
    name: string,
    fn: (x: Tensor) => Tensor | Record<string, Tensor>,
    example: readonly number[],
  ): Promise<Exported> => {
    const f = compile(fn, { runtime, name, training: false });
    await f({ shape: [1, ...example], data: new Float32Array(example.reduce((a, b) => a * b, 1)) });
    await moveStatistics(runtime);
    return { name, model: await f.onnx(["N", ...example]), example };
  };
  return [
    await make("generator", generator, [10]),
    await make("encoder", encoder, [3, 16, 16]),
    await make("transformer", transformer, [7, 8]),
    await make("recurrent", recurrent, [5, 4]),
  ];
}

async function moveStatistics(runtime: Runtime): Promise<void> {
  for (const name of runtime.names().filter((n) => n.includes("running_"))) {
    const { shape, data } = await runtime.get(name);
    const moved = Float32Array.from({ length: data.length }, (_, i) => 1 + 0.3 * Math.sin(i));
    await runtime.set(name, { shape, data: moved });
  }
}

/** The first `count` of the examples that every run uses; each is the same whatever the batch. */
export function examples({ example }: Exported, count: number): { data: Float32Array; shape: number[] } {
  const size = count * example.reduce((a, b) => a * b, 1);
  return {
    shape: [count, ...example],
    data: Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.37)),
  };
}
