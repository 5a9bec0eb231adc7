import { afterAll, describe, expect, it } from "vitest";
import {
  concat,
  constant,
  conv,
  convTranspose,
  grad,
  inputTensor,
  mul,
  narrow,
  newTrace,
  pad,
  reshape,
  sigmoid,
  split,
  square,
  sum,
  type Tensor,
  tanh,
  withTrace,
} from "../src/index.ts";
import { forms, type Graph, optimize, writeModel } from "../src/onnx/index.ts";
import { blockSize } from "../src/runtime/block-size.ts";
import { workerEngine } from "../src/runtime/worker-engine.node.ts";
import { topologicalOrder } from "../src/tensor/index.ts";
import { createStream, deriveKey } from "../src/tensor/random/index.ts";

const engine = workerEngine("cpu");
afterAll(() => engine.close());

let sessions = 0;
async function evaluate(graph: Graph, device: "cpu" | "gpu"): Promise<Float32Array[]> {
  const id = sessions++;
  const results = graph.outputs.map((o) => o.name);
  await engine.load(
    id,
    writeModel(graph, { device }),
    { states: [], assigns: [], results },
    { threads: 2, spinning: false },
  );
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, tensor }, k) => [
      name,
      { data: createStream(deriveKey(k)).normal(new Float32Array(tensor.size)), shape: tensor.shape },
    ]),
  );
  const out = await engine.run(id, feeds);
  await engine.unload(id);
  return results.map((name) => out[name]!.data as Float32Array);
}

/** ‖a − b‖ / ‖b‖. */
function distance(a: Float32Array, b: Float32Array): number {
  let [d, n] = [0, 0];
  for (let i = 0; i < b.length; i++) {
    d += (a[i]! - b[i]!) ** 2;
    n += b[i]! ** 2;
  }
  return Math.sqrt(d / n);
}

/** A two-layer net of one convolution geometry with all its gradients. Taps where `mask` is 0 are masked away. */
function graphOf(
  x: number[],
  w: number[],
  options: object,
  { transposed = false, mask }: { transposed?: boolean; mask?: readonly number[] } = {},
): Graph {
  return withTrace(newTrace("lowering"), () => {
    const [tx, tw] = [inputTensor("x", x, "float32"), inputTensor("w", w, "float32")];
    const kernel = mask ? mul(tw, constant(mask, [1, 1, ...w.slice(2)], "float32")) : tw;
    const layer = (t: Tensor): Tensor =>
      transposed ? convTranspose(t, kernel, options) : conv(t, kernel, options);
    const y = tanh(layer(tx).mul(0.05));
    const loss = sum(square(y.add(0.3)));
    const [gx, gw] = grad(loss, [tx, tw]);
    const tensors = { y, gx: gx!, gw: gw!, channels: sum(y, [0, 2, 3].slice(0, y.rank - 1)) };
    return {
      inputs: [
        { name: "x", tensor: tx },
        { name: "w", tensor: tw },
      ],
      outputs: Object.entries(tensors).map(([name, tensor]) => ({ name, tensor })),
    };
  });
}

describe("the CPU's lowering computes what the plain graph computes", () => {
  it.each([
    ["4×4 stride 2", [8, 32, 16, 16], [48, 32, 4, 4], { stride: 2, padding: 1 }, false],
    [
      "5×5 stride 2, one-sided padding",
      [8, 32, 12, 12],
      [32, 32, 5, 5],
      { stride: 2, padding: [2, 2, 1, 1] },
      false,
    ],
    ["3×3 stride 3 with a remainder", [8, 32, 14, 11], [32, 32, 3, 3], { stride: 3 }, false],
    ["3×3 stride 1", [4, 32, 9, 9], [40, 32, 3, 3], { padding: 1 }, false],
    ["3×3 stride 1 to one channel", [4, 32, 9, 8], [1, 32, 3, 3], { padding: [1, 1, 0, 2] }, false],
    ["1×1 to one channel", [4, 32, 9, 8], [1, 32, 1, 1], {}, false],
    [
      "3×3 stride 1 dilated to three channels",
      [4, 32, 9, 9],
      [3, 32, 3, 3],
      { padding: 2, dilation: 2 },
      false,
    ],
    ["3×3 stride 1 dilated", [4, 32, 9, 9], [40, 32, 3, 3], { padding: 2, dilation: 2 }, false],
    ["4×4 stride 2 from three channels", [8, 3, 12, 12], [32, 3, 4, 4], { stride: 2, padding: 1 }, false],
    ["3×3 stride 1 from one channel", [4, 1, 9, 9], [16, 1, 3, 3], { padding: 1 }, false],
    ["1×1", [4, 32, 5, 5], [40, 32, 1, 1], {}, false],
    ["stride 2 dilated", [8, 32, 16, 16], [32, 32, 3, 3], { stride: 2, dilation: 2, padding: 2 }, false],
    ["kernel smaller than the stride", [8, 32, 12, 12], [32, 32, 2, 2], { stride: 3 }, false],
    ["transposed 4×4 stride 2", [8, 48, 8, 8], [48, 32, 4, 4], { stride: 2, padding: 1 }, true],
    ["kernel as large as the input", [8, 32, 4, 4], [48, 32, 4, 4], {}, false],
    ["transposed to an odd size", [8, 40, 4, 4], [40, 32, 3, 3], { stride: 2, padding: 1 }, true],
    [
      "transposed to 8×7, stride 3",
      [4, 24, 3, 3],
      [24, 16, 4, 3],
      { stride: 3, padding: 1, outputPadding: [0, 0] },
      true,
    ],
    ["transposed from 1×1", [8, 48, 1, 1], [48, 32, 4, 4], {}, true],
    ["1-D stride 2", [8, 32, 20], [32, 32, 4], { stride: 2, padding: 1 }, false],
    ["rows in several portions", [9, 32, 40, 40], [8, 32, 3, 3], { padding: 1 }, false],
    ["strided, in several portions", [9, 32, 48, 48], [16, 32, 6, 6], { stride: 3, padding: 2 }, false],
    ["weights larger than the picture", [1, 24, 8, 8], [64, 24, 4, 4], { stride: 2, padding: 1 }, false],
    [
      "6×6 stride 3, weights larger",
      [1, 8, 9, 9],
      [64, 8, 6, 6],
      { stride: 3, padding: [1, 2, 2, 1] },
      false,
    ],
    ["transposed, weights larger", [2, 64, 4, 4], [64, 24, 4, 4], { stride: 2, padding: 1 }, true],
    ["1-D transposed, weights larger", [1, 64, 6], [64, 8, 4], { stride: 2, padding: 1 }, true],
  ] as const)("%s", async (_, x, w, options, transposed) => {
    await expectSameInAllForms(graphOf([...x], [...w], options, { transposed }));
  });

  it.each([
    ["PixelCNN's mask", 1, [1, 1, 1, 1, 1, 0, 0, 0, 0]],
    ["with stride", 2, [1, 1, 1, 1, 1, 0, 0, 0, 0]],
    ["the last row alone", 1, [0, 0, 0, 0, 0, 0, 0, 1, 1]],
    ["a column", 1, [0, 1, 0, 0, 1, 0, 0, 0, 0]],
  ])("masked taps: %s", async (_, stride, mask) => {
    await expectSameInAllForms(graphOf([4, 32, 9, 8], [48, 32, 3, 3], { padding: 1, stride }, { mask }));
  });
});

it("between convolutions, layers in groups of channels stay channels-last", async () => {
  const graph = withTrace(newTrace("gates"), () => {
    const tx = inputTensor("x", [4, 32, 9, 8], "float32");
    const tw = inputTensor("w", [32, 16, 3, 3], "float32");
    const [tv, tu] = [
      inputTensor("v", [32, 32, 3, 3], "float32"),
      inputTensor("u", [16, 32, 3, 3], "float32"),
    ];
    const parts = reshape(conv(tx, tv, { padding: 1 }).mul(0.05), [4, 2, 16, 9, 8]);
    const [a, b] = split(parts, 2, 2) as [Tensor, Tensor];
    const gated = reshape(mul(tanh(a), sigmoid(b)), [4, 16, 9, 8]);
    const moved = pad(narrow(gated, 2, 0, 8), [
      [1, 0],
      [0, 0],
    ]);
    const y = conv(concat([moved, conv(tx, tu, { padding: 1 })], 1).mul(0.05), concat([tw, tw], 1), {
      padding: 1,
    });
    const inputs = { x: tx, w: tw, v: tv, u: tu };
    const [gx, gw] = grad(sum(square(tanh(y))), [tx, tw]);
    const named = (list: Record<string, Tensor>) =>
      Object.entries(list).map(([name, tensor]) => ({ name, tensor }));
    return { inputs: named(inputs), outputs: named({ y, gx: gx!, gw: gw! }) };
  });
  await expectSameInAllForms(graph);
  const { graph: lowered } = optimize(graph, { device: "cpu", form: "gather" });
  const permutes = topologicalOrder(lowered.outputs.map((o) => o.tensor)).filter(
    (t) => t.op.name === "permute" && t.shape[0] === 4,
  );
  expect(permutes.length).toBeLessThanOrEqual(3); // x comes in, y and x's gradient go out
});

async function expectSameInAllForms(graph: Graph): Promise<void> {
  const block = await blockSize(engine);
  const plain = await evaluate(optimize(graph, { device: "cpu", portable: true }).graph, "cpu");
  for (const form of [undefined, ...forms]) {
    const found = await evaluate(optimize(graph, { device: "cpu", form, block }).graph, "cpu");
    for (const [i, data] of found.entries()) expect(distance(data, plain[i]!), form).toBeLessThan(1e-5);
  }
}
