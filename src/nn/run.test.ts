/** What the layers do when they run: random masks, running statistics over steps, exported graphs. */
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { relu, type Tensor } from "../tensor/index.ts";
import {
  batchNorm,
  conditionalBatchNorm,
  convTranspose2d,
  dense,
  dropout,
  groupNorm,
  lstm,
  maskedConv2d,
  multiHeadAttention,
  network,
  residualBlock,
  selfAttention,
  spectralNorm,
  styleNorm,
  unet,
} from "./index.ts";

const runtime = createRuntime({ device: "cpu", seed: 3 });
afterAll(() => runtime.dispose());
const wave = (...shape: number[]) => ({
  shape,
  data: Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    (_, i) => Math.sin(1 + i * 1.7) + i / 100,
  ),
});

describe("dropout", () => {
  test("drops a share p, scales the rest, and draws anew at each step", async () => {
    const f = compile((x: Tensor) => dropout(x, 0.3), { runtime, training: true });
    const [n, x] = [20_000, { shape: [20_000], data: new Float32Array(20_000).fill(7) }];
    const [a, b] = [(await f(x)).data as Float32Array, (await f(x)).data as Float32Array];
    const kept = a.filter((v) => v !== 0);
    expect(new Set(kept)).toEqual(new Set([Math.fround(7 * Math.fround(1 / 0.7))]));
    // Four standard deviations of the binomial share.
    expect(Math.abs(kept.length / n - 0.7)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / n));
    expect(a).not.toEqual(b);
  });
});

describe("states over steps", () => {
  test("running statistics approach those of the data and are what use normalises with", async () => {
    const net = network("stats", (x: Tensor) => batchNorm(x, { affine: false }));
    const x = { shape: [4, 1], data: new Float32Array([1, 3, 5, 7]) };
    const step = compile((t: Tensor) => net(t), { runtime, name: "statsStep", training: true });
    for (let i = 0; i < 3; i++) await step(x);
    const share = 1 - 0.9 ** 3;
    const [mean, variance] = [4 * share, 1 - share + (20 / 3) * share];
    expect((await runtime.get("stats/batchNorm_1/running_mean")).data[0]).toBeCloseTo(mean, 5);
    expect((await runtime.get("stats/batchNorm_1/running_var")).data[0]).toBeCloseTo(variance, 5);
    const use = compile((t: Tensor) => net(t), { runtime, name: "statsUse", training: false });
    const y = await use({ shape: [1, 1], data: new Float32Array([2]) });
    expect(y.data[0]).toBeCloseTo((2 - mean) / Math.sqrt(variance + 1e-5), 5);
    expect((await runtime.get("stats/batchNorm_1/running_mean")).data[0]).toBeCloseTo(mean, 5);
  });

  test("power iterations find the largest singular value", async () => {
    const net = network("power", (x: Tensor) => dense(x, 2, { bias: false, weights: spectralNorm }));
    const f = compile((x: Tensor) => net(x), { runtime, name: "power", training: true });
    // Singular values 5 and 3: a rotation of diag(5, 3) from each side.
    const turn = (t: number) => [Math.cos(t), -Math.sin(t), Math.sin(t), Math.cos(t)] as const;
    const [a, b] = [turn(0.4), turn(1.1)];
    const w = [0, 1].flatMap((i) =>
      [0, 1].map((j) => a[2 * i]! * 5 * b[2 * j]! + a[2 * i + 1]! * 3 * b[2 * j + 1]!),
    );
    await runtime.set("power/dense_1/weight", { shape: [2, 2], data: new Float32Array(w) });
    const x = { shape: [2, 2], data: new Float32Array([1, 0, 0, 1]) };
    for (let i = 0; i < 30; i++) await f(x);
    const y = (await f(x)).data as Float32Array;
    y.forEach((v, i) => void expect(v).toBeCloseTo(w[i]! / 5, 5));
  });
});

describe("exported with an open batch size, layers give what they give at each size", () => {
  const vector = (x: Tensor): Tensor => dense(x.reshape([-1, x.size / x.shape[0]!]), 3);
  const nets: [string, (x: Tensor) => Tensor, number[]][] = [
    [
      "generator",
      (x) =>
        convTranspose2d(relu(batchNorm(dense(x, 32).reshape([-1, 8, 2, 2]))), 3, {
          kernel: 4,
          stride: 2,
          padding: 1,
        }),
      [5],
    ],
    ["norms", (x) => styleNorm(groupNorm(x, 2), vector(x)), [4, 3, 3]],
    ["conditional", (x) => conditionalBatchNorm(x, vector(x)), [4, 3, 3]],
    ["attention", (x) => selfAttention(x, { reduction: 2 }), [4, 3, 2]],
    ["heads", (x) => multiHeadAttention(x, { heads: 2, causal: true }), [5, 4]],
    ["recurrent", (x) => lstm(x, 3).output, [4, 2]],
    ["masked", (x) => maskedConv2d(x, 4, { mask: "above", kernel: 3 }), [2, 4, 5]],
    ["residual", (x) => residualBlock(x, 6, { resample: "up" }), [4, 3, 3]],
    ["spectral", (x) => dense(x, 4, { weights: spectralNorm }), [5]],
    ["unetwork", (x) => unet(x, { channels: [2, 3], out: 1 }), [2, 4, 4]],
  ];
  test.each(nets)("%s", async (name, body, shape) => {
    const net = network(name, body);
    const f = compile((x: Tensor) => net(x), { runtime, name, training: false });
    const session = await InferenceSession.create(await f.onnx(["N", ...shape]));
    for (const batch of [1, 3]) {
      const x = wave(batch, ...shape);
      const expected = await f(x);
      const out = await session.run({ [session.inputNames[0]!]: new OrtTensor("float32", x.data, x.shape) });
      const got = out[session.outputNames[0]!]!;
      expect(got.dims).toEqual(expected.shape);
      const [a, b] = [got.data as Float32Array, expected.data as Float32Array];
      a.forEach((v, i) => void expect(v).toBeCloseTo(b[i]!, 4));
    }
    await session.release();
  });
});
