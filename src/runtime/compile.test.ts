import { afterAll, describe, expect, it } from "vitest";
import {
  assign,
  compile,
  conv,
  convTranspose,
  createRuntime,
  grad,
  matmul,
  mean,
  mul,
  read,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
} from "../index.ts";
import type { Variable } from "../tensor/index.ts";

const runtime = createRuntime({ device: "cpu", seed: 1 });
afterAll(() => runtime.dispose());
const f32 = (values: number[], shape: number[]) => ({ data: new Float32Array(values), shape });

describe("compile", () => {
  it("computes a loss and its derivative", async () => {
    const f = compile(
      (x: Tensor, w: Tensor) => {
        const loss = sum(square(matmul(x, w)));
        return { loss, dw: grad(loss, [w])[0]! };
      },
      { runtime },
    );
    const { loss, dw } = await f(f32([1, 2, 3, 4], [2, 2]), f32([1, 1], [2, 1]));
    expect(loss.data[0]).toBe(58); // 3² + 7²
    expect([...dw.data]).toEqual([48, 68]); // 2·xᵀ(xw)
    expect(dw.shape).toEqual([2, 1]);
  });

  it("keeps state between calls", async () => {
    const w: Variable = {
      name: "w",
      shape: [2],
      dtype: "float32",
      trainable: true,
      init: () => new Float32Array([1, 2]),
    };
    const step = compile(
      () => {
        const value = read(w);
        const loss = sum(square(value));
        assign(w, sub(value, mul(grad(loss, [value])[0]!, 0.25)));
        return loss;
      },
      { runtime },
    );
    expect((await step()).data[0]).toBe(5);
    expect((await step()).data[0]).toBe(1.25);
    expect([...(await runtime.get("w")).data]).toEqual([0.25, 0.5]);
  });

  it("differentiates convolutions twice", async () => {
    const f = compile(
      (x: Tensor, w: Tensor) => {
        const y = sum(square(conv(x, w, { stride: 2, padding: 1 })));
        const [gx] = grad(y, [x]);
        const penalty = mean(square(gx!));
        return {
          y,
          gw: grad(penalty, [w])[0]!,
          t: convTranspose(conv(x, w, { stride: 2, padding: 1 }), w, { stride: 2, padding: 1 }),
        };
      },
      { runtime },
    );
    const x = f32(
      Array.from({ length: 2 * 3 * 8 * 8 }, (_, i) => Math.sin(i)),
      [2, 3, 8, 8],
    );
    const w = f32(
      Array.from({ length: 4 * 3 * 4 * 4 }, (_, i) => Math.cos(i)),
      [4, 3, 4, 4],
    );
    const { y, gw, t } = await f(x, w);
    expect(Number.isFinite(Number(y.data[0]))).toBe(true);
    expect(gw.shape).toEqual([4, 3, 4, 4]);
    expect(t.shape).toEqual([2, 3, 8, 8]);
  });

  it("exports with an open batch size", async () => {
    const g = compile((x: Tensor) => mul(reshape(x, [-1, 2, 2]), 2), { runtime });
    const bytes = await g.onnx(["N", 4]);
    expect(bytes.length).toBeGreaterThan(50);
  });
});

it("leaves an array alone that an initializer keeps, and takes one that is made for it", async () => {
  const [kept, given] = [new Float32Array([1, 2, 3]), new Float32Array([4, 5, 6])];
  const variable = (name: string, data: Float32Array, initFresh: boolean): Variable => ({
    ...{ name, shape: [3], dtype: "float32", trainable: true, init: () => data, initFresh },
  });
  const runtime = createRuntime({ device: "cpu", threads: 1 });
  const [a, b] = [variable("kept", kept, false), variable("given", given, true)];
  const f = compile(() => read(a).add(read(b)), { runtime });
  expect([...((await f()) as { data: Float32Array }).data]).toEqual([5, 7, 9]);
  expect([...kept]).toEqual([1, 2, 3]);
  await runtime.dispose();
});

it("trains a convolution whose weight has as many numbers along each axis: stored in another order it is of the same size", async () => {
  const weight: Variable = {
    ...{ name: "w", shape: [2, 2, 2, 2], dtype: "float32", trainable: true },
    init: () => Float32Array.from({ length: 16 }, (_, i) => i / 16),
  };
  const trained = async (form: "direct" | "gather"): Promise<number[]> => {
    const runtime = createRuntime({ device: "cpu", threads: 1, convolutions: { form } });
    const step = compile(
      (x: Tensor) => {
        const w = read(weight);
        const loss = sum(square(conv(x, w)));
        assign(weight, sub(w, mul(grad(loss, [w])[0]!, 0.01)));
        return loss;
      },
      { runtime },
    );
    const x = f32(
      Array.from({ length: 36 }, (_, i) => Math.sin(i)),
      [2, 2, 3, 3],
    );
    for (let i = 0; i < 3; i++) await step(x);
    const { data } = await runtime.get("w");
    await runtime.dispose();
    return [...(data as Float32Array)];
  };
  const [direct, gather] = [await trained("direct"), await trained("gather")];
  direct.forEach((v, i) => void expect(gather[i]).toBeCloseTo(v, 5));
});
