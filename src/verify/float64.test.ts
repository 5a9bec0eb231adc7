import { afterAll, describe, expect, test } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import {
  conv,
  convTranspose,
  createStream,
  elu,
  grad,
  leakyRelu,
  normal,
  type Tensor,
} from "../tensor/index.ts";
import { inFloat64 } from "./float64.node.ts";

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());

const shape = [2, 3, 5, 5];
const x = { data: createStream([4, 2]).normal(new Float32Array(150)), shape };

describe("a function in float64", () => {
  test.each<[string, (x: Tensor) => Tensor]>([
    ["strided convolution", (v) => conv(v, v.narrow(2, 1, 3).narrow(3, 1, 3), { stride: 2, padding: 1 })],
    [
      "its adjoint with unequal phases",
      (v) => convTranspose(v.narrow(1, 0, 2), v.narrow(2, 1, 3).narrow(3, 1, 3), { stride: 2, padding: 1 }),
    ],
    ["elu", (v) => elu(v, 0.7)],
    ["leaky ReLU", (v) => leakyRelu(v, 0.2)],
  ])("%s and its derivative are those of float32, up to its rounding", async (_, fn) => {
    const both = (v: Tensor): { y: Tensor; dx: Tensor } => {
      const y = fn(v);
      return { y, dx: grad(y.square().sum(), [v])[0]! };
    };
    const single = await compile(both, { runtime, training: false })(x);
    const double = await inFloat64(both, shape, runtime);
    const { y, dx } = await double(x);
    await double.release();
    expect(y.shape).toEqual(single.y.shape);
    y.data.forEach((v, i) => void expect(Math.abs(v - Number(single.y.data[i]))).toBeLessThan(2e-5));
    dx.data.forEach((v, i) => void expect(Math.abs(v - Number(single.dx.data[i]))).toBeLessThan(4e-4));
  });

  test("keeps what float32 rounds away", async () => {
    const double = await inFloat64((v: Tensor) => v.add(1).sub(1), [2], runtime);
    const { data } = await double({ data: [1e-12, 3e-14], shape: [2] });
    await double.release();
    expect(data[0]).toBeCloseTo(1e-12, 15);
    expect(data[1]).toBeGreaterThan(0);
  });

  test("random numbers are refused", async () => {
    await expect(inFloat64((v: Tensor) => v.add(normal([2])), [2], runtime)).rejects.toThrow(/random/);
  });
});
