import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { inputTensor, type Tensor, topologicalOrder } from "../tensor/index.ts";
import { executionOrder, reservedBytes, runOrder } from "./execution-order.ts";
import { writeModel } from "./writer.ts";

/** Operations in the order in which ONNX Runtime ran them. */
async function ran(x: Tensor, outputs: readonly Tensor[], order: readonly Tensor[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "imago-order-"));
  try {
    const graph = {
      inputs: [{ name: "x", tensor: x }],
      outputs: outputs.map((tensor, i) => ({ name: `y${i}`, tensor })),
    };
    const session = await ort.InferenceSession.create(writeModel(graph, { device: "cpu", order }), {
      ...{ graphOptimizationLevel: "disabled", enableProfiling: true, profileFilePrefix: join(folder, "p") },
    });
    await session.run({ x: new ort.Tensor("float32", new Float32Array(x.size), [...x.shape]) });
    session.endProfiling();
    await session.release();
    const events = JSON.parse(await readFile(join(folder, (await readdir(folder))[0]!), "utf8"));
    return (events as { cat: string; name: string; args: { op_name: string } }[])
      .filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"))
      .map(({ args }) => args.op_name.toLowerCase());
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Four branches that each need a large result for a moment and leave a small one. */
function branches(): { x: Tensor; outputs: Tensor[] } {
  const x = inputTensor("x", [1, 64], "float32");
  const grown = [x.sin(), x.cos(), x.exp(), x.tanh()].map((t) => t.repeat(256, 0));
  const small = grown.map((t) => t.square().sum());
  return { x, outputs: [small.reduce((a, b) => a.add(b))] };
}

describe("execution order", () => {
  it("tells the order in which ONNX Runtime runs a file", async () => {
    const { x, outputs } = branches();
    for (const file of [topologicalOrder(outputs), executionOrder(outputs)]) {
      const known = new Set(["sin", "cos", "exp", "tanh"]);
      const told = runOrder(file).map((t) => t.op.name);
      const found = await ran(x, outputs, file);
      expect(found.filter((op) => known.has(op))).toEqual(told.filter((op) => known.has(op)));
    }
  });

  it("takes no more memory than the order of the trace, and never puts a result before its inputs", () => {
    const { outputs } = branches();
    const file = executionOrder(outputs);
    const traced = topologicalOrder(outputs);
    expect(new Set(file)).toEqual(new Set(traced));
    for (const [i, t] of file.entries())
      for (const input of t.inputs) expect(file.indexOf(input)).toBeLessThan(i);
    expect(reservedBytes(file, outputs)).toBeLessThanOrEqual(reservedBytes(traced, outputs));
  });
});
