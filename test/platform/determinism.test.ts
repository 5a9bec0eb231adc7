import { expect, it } from "vitest";
import {
  adam,
  batchNorm,
  bce,
  compile,
  conv2d,
  convTranspose2d,
  createRuntime,
  dense,
  leakyRelu,
  minimize,
  network,
  normal,
  relu,
  reshape,
  stopGradient,
  type Tensor,
  tanh,
} from "../../src/index.ts";

/** A convolutional GAN on 16×16 pictures; every parameter after `steps` steps. */
async function train(seed: number, steps: number): Promise<Map<string, Uint8Array>> {
  const runtime = createRuntime({ device: "cpu", seed });
  const G = network("G", (z: Tensor) => {
    const h = relu(batchNorm(reshape(dense(z, 32 * 4 * 4), [-1, 32, 4, 4])));
    const up = { kernel: 4, stride: 2, padding: 1 };
    return tanh(convTranspose2d(relu(batchNorm(convTranspose2d(h, 32, up))), 1, up));
  });
  const D = network("D", (x: Tensor) => {
    const down = { kernel: 4, stride: 2, padding: 1 };
    const h = leakyRelu(batchNorm(conv2d(leakyRelu(conv2d(x, 32, down), 0.2), 32, down)), 0.2);
    return dense(reshape(h, [h.shape[0]!, -1]), 1);
  });
  const [optD, optG] = [adam({ lr: 2e-4, beta1: 0.5, name: "d" }), adam({ lr: 2e-4, beta1: 0.5, name: "g" })];
  const step = compile(
    (x: Tensor) => {
      const fake = G(normal([x.shape[0]!, 16]));
      minimize(bce(D(x), 1).add(bce(D(stopGradient(fake)), 0)), D, optD);
      const loss = bce(D(fake), 1);
      minimize(loss, G, optG);
      return loss;
    },
    { runtime, training: true, name: "step" },
  );
  const data = Float32Array.from({ length: 8 * 16 * 16 }, (_, i) => Math.sin(i * 0.1));
  for (let i = 0; i < steps; i++) await step({ data, shape: [8, 1, 16, 16] });
  const bytes = new Map<string, Uint8Array>();
  for (const name of runtime.names()) {
    const { data } = await runtime.get(name);
    bytes.set(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice());
  }
  await runtime.dispose();
  return bytes;
}

it("gives byte-identical parameters after 200 steps, twice, and others for another seed", async () => {
  const [a, b, c] = [await train(7, 200), await train(7, 200), await train(8, 2)];
  expect(a.size).toBeGreaterThan(20);
  expect([...a.keys()]).toEqual([...b.keys()]);
  for (const [name, bytes] of a) expect(Buffer.compare(bytes, b.get(name)!), name).toBe(0);
  expect(Buffer.compare(a.get("G/dense_1/weight")!, c.get("G/dense_1/weight")!)).not.toBe(0);
});
