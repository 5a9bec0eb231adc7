import { afterAll, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { constant, type Variable } from "../tensor/index.ts";
import { rmsprop } from "./rmsprop.ts";

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());

it("centered: equal gradients, whose variance is 0 but for rounding, leave the parameters finite", async () => {
  const w: Variable = {
    name: "w",
    shape: [64],
    dtype: "float32",
    trainable: true,
    init: () => new Float32Array(64),
  };
  const optimizer = rmsprop({ lr: 1e-3, alpha: 0.9, centered: true });
  const gradient = constant(Float32Array.from({ length: 64 }, (_, i) => Math.sin(i + 1)));
  const step = compile(() => optimizer.update([w], [gradient]), { runtime });
  for (let i = 0; i < 200; i++) await step();
  const { data } = await runtime.get("w");
  expect(data.every((v) => Number.isFinite(v) && v !== 0)).toBe(true);
});
