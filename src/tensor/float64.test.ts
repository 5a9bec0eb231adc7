import { describe, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { matmul, sum, type Tensor } from "./index.ts";

describe("float64", () => {
  it("keeps a product that float32 would round away", async () => {
    const runtime = createRuntime({ device: "cpu" });
    const product = compile((a: Tensor, b: Tensor) => matmul(a, b.transpose()).add(sum(a).mul(0)), {
      runtime,
    });
    const a = { data: Float64Array.of(1, 1e-12), shape: [1, 2] };
    const { data } = await product(a, { data: Float64Array.of(1, 1, 0.1, 0), shape: [2, 2] });
    expect(data).toEqual(Float64Array.of(1 + 1e-12, 0.1));
    await runtime.dispose();
  });
});
