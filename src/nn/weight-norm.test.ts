import { expect, test } from "vitest";
import { compile, createRuntime, type Value } from "../runtime/index.ts";
import { createStream, type Tensor } from "../tensor/index.ts";
import { conv2d, maskedConv2d, network, weightNorm } from "./index.ts";

const x: Value = {
  data: createStream([4, 2])
    .normal(new Float32Array(16 * 2 * 25))
    .map((v) => 3 + 2 * v),
  shape: [16, 2, 5, 5],
};

/** Mean and standard deviation of each channel of [N, C, H, W]. */
function moments({ data, shape }: Value): { mean: number; std: number }[] {
  const [, channels, height, width] = shape as [number, number, number, number];
  return Array.from({ length: channels }, (_, c) => {
    const own = Array.from(data as Float32Array).filter(
      (_, i) => Math.floor(i / (height * width)) % channels === c,
    );
    const mean = own.reduce((a, b) => a + b, 0) / own.length;
    return { mean, std: Math.sqrt(own.reduce((a, b) => a + (b - mean) ** 2, 0) / own.length) };
  });
}

test("initialised from data, every layer's outputs have mean 0 and the standard deviation asked for", async () => {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 2 });
  const net = network("net", (t: Tensor, initialize: boolean) => {
    const layer = (scale: number) => ({
      weights: weightNorm,
      ...(initialize && { standardize: scale }),
    });
    const first = maskedConv2d(t, 4, { kernel: 3, mask: "B", ...layer(1) });
    return { first, second: conv2d(first.relu(), 3, { kernel: 1, ...layer(0.1) }) };
  });
  const options = { runtime, training: false };
  await compile((t: Tensor) => net(t, true), { ...options, name: "initialize" })(x);
  const { first, second } = await compile((t: Tensor) => net(t, false), { ...options, name: "use" })(x);
  for (const { mean, std } of moments(first)) {
    expect(mean).toBeCloseTo(0, 3);
    expect(std).toBeCloseTo(1, 3);
  }
  for (const { mean, std } of moments(second)) {
    expect(mean).toBeCloseTo(0, 3);
    expect(std).toBeCloseTo(0.1, 3);
  }
  await runtime.dispose();
});

test("a layer without weight normalisation cannot be initialised from data", async () => {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 2 });
  const net = network("plain", (t: Tensor) => conv2d(t, 4, { kernel: 1, standardize: 1 }));
  await expect(compile((t: Tensor) => net(t), { runtime })(x)).rejects.toThrow(
    "only a layer with weightNorm",
  );
  await runtime.dispose();
});
