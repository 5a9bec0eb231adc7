/** Single training steps of small models with smooth activations: near a kink, backends part by chance. */
import {
  adam,
  add,
  batchNorm,
  compile,
  conv2d,
  convTranspose2d,
  dense,
  exp,
  mean,
  minimize,
  mul,
  network,
  normal,
  type Runtime,
  reshape,
  sigmoid,
  silu,
  softplus,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  tanh,
  type Value,
} from "../../src/index.ts";
import { flatten, type PlainTensors } from "./results.ts";

/** Smooth numbers in (−1, 1), the same everywhere. */
function wave(shape: readonly number[]): Value {
  const size = shape.reduce((a, b) => a * b, 1);
  return {
    shape,
    data: Float32Array.from({ length: size }, (_, i) => Math.sin(i * 0.7) * Math.cos(i * 0.013)),
  };
}

/** All state of a runtime and the results of each step. */
async function steps(
  runtime: Runtime,
  count: number,
  step: () => Promise<Record<string, Value>>,
): Promise<PlainTensors> {
  const results: Record<string, object> = {};
  for (let i = 0; i < count; i++) results[`step${i + 1}`] = await step();
  for (const name of runtime.names()) results[name] = await runtime.get(name);
  return flatten(results);
}

/** Two steps of a DCGAN on 16 × 16 colour pictures, batch 8: both players, batch norm, Adam. */
export function dcgan(runtime: Runtime): Promise<PlainTensors> {
  const block = (x: Tensor, channels: number) =>
    silu(batchNorm(convTranspose2d(x, channels, { kernel: 4, stride: 2, padding: 1, bias: false })));
  const G = network("G", (z: Tensor) => {
    const x = silu(batchNorm(reshape(dense(z, 32 * 4 * 4, { bias: false }), [-1, 32, 4, 4])));
    return tanh(convTranspose2d(block(x, 16), 3, { kernel: 4, stride: 2, padding: 1 }));
  });
  const D = network("D", (x: Tensor) => {
    const h = silu(conv2d(x, 16, { kernel: 4, stride: 2, padding: 1 }));
    const k = silu(batchNorm(conv2d(h, 32, { kernel: 4, stride: 2, padding: 1, bias: false })));
    return dense(reshape(k, [x.shape[0]!, -1]), 1);
  });
  const optimizer = adam({ lr: 2e-4, beta1: 0.5 });
  const step = compile(
    (x: Tensor) => {
      const fake = G(normal([8, 10]));
      const lossD = mean(add(softplus(mul(D(x), -1)), softplus(D(stopGradient(fake)))));
      minimize(lossD, D, optimizer);
      const lossG = mean(softplus(mul(D(fake), -1)));
      minimize(lossG, G, optimizer);
      return { lossD, lossG };
    },
    { runtime, name: "dcgan", training: true },
  );
  return steps(runtime, 2, () => step(wave([8, 3, 16, 16])));
}

/** Two steps of a Gaussian VAE with a Bernoulli decoder on vectors of 64, batch 16, Adam. */
export function vae(runtime: Runtime): Promise<PlainTensors> {
  const encoder = network("encoder", (x: Tensor) => {
    const h = tanh(dense(x, 32));
    return { mean: dense(h, 4), logVariance: dense(h, 4) };
  });
  const decoder = network("decoder", (z: Tensor) => dense(tanh(dense(z, 32)), 64));
  const optimizer = adam({ lr: 1e-3 });
  const step = compile(
    (x: Tensor) => {
      const q = encoder(x);
      const z = add(q.mean, mul(exp(mul(q.logVariance, 0.5)), normal([16, 4])));
      const logits = decoder(z);
      const kl = mul(0.5, sum(sub(add(exp(q.logVariance), square(q.mean)), add(q.logVariance, 1))));
      const loss = mul(add(sum(sub(softplus(logits), mul(logits, x))), kl), 1 / 16);
      minimize(loss, [encoder, decoder], optimizer);
      return { loss, mean: sigmoid(logits) };
    },
    { runtime, name: "vae", training: true },
  );
  const { data, shape } = wave([16, 64]);
  return steps(runtime, 2, () => step({ shape, data: (data as Float32Array).map((v) => 0.5 + 0.5 * v) }));
}

export const models = { dcgan, vae };
