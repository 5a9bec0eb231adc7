import { afterAll, describe, expect, it } from "vitest";
import {
  concat,
  constant,
  conv,
  customGradient,
  inputTensor,
  matmul,
  mul,
  newTrace,
  reshape,
  type Shape,
  straightThrough,
  sub,
  sum,
  type Tensor,
  tanh,
  where,
  withTrace,
} from "../../src/index.ts";
import { type Graph, type Layouts, optimize, writeModel } from "../../src/onnx/index.ts";
import { permuteData } from "../../src/runtime/permute-data.ts";
import { pruneInputs } from "../../src/runtime/specialize.ts";
import { workerEngine } from "../../src/runtime/worker-engine.node.ts";
import { formatShape, invertPermutation, sameShape } from "../../src/tensor/index.ts";
import { createStream, deriveKey } from "../../src/tensor/random/index.ts";
import { randomGraph } from "./random-graph.ts";

const engine = workerEngine("cpu");
afterAll(() => engine.close());

type Results = Map<string, { data: Float32Array; shape: readonly number[] }>;
let sessions = 0;

/** Runs a graph on numbers that depend on the names of its inputs alone; variables come and go in their stored order. */
async function evaluate(whole: Graph, device: "cpu" | "gpu", layouts: Layouts = new Map()): Promise<Results> {
  const graph = pruneInputs(whole);
  const [id, results] = [sessions++, graph.outputs.map((o) => o.name)];
  const binding = { states: [], assigns: [], results };
  await engine.load(id, writeModel(graph, { device }), binding, { threads: 1, spinning: false });
  const feeds = Object.fromEntries(
    graph.inputs.map(({ name, tensor, variable }) => {
      const order = layouts.get(variable ?? "");
      const plain = order ? invertPermutation(order).map((axis) => tensor.shape[axis]!) : tensor.shape;
      const data = createStream(deriveKey(name)).normal(new Float32Array(tensor.size));
      return [name, { data: order ? permuteData(data, plain, order) : data, shape: tensor.shape }];
    }),
  );
  const found = await engine.run(id, feeds);
  await engine.unload(id);
  return new Map(
    graph.outputs.map(({ name, variable, tensor }) => {
      const order = layouts.get(variable ?? "");
      const { data, shape } = found[name]!;
      expect(shape, name).toEqual(tensor.shape); // What the pass says is what the graph gives.
      const back = order && invertPermutation(order);
      const plain = back ? back.map((axis) => shape[axis]!) : shape;
      return [name, { data: (back ? permuteData(data, shape, back) : data) as Float32Array, shape: plain }];
    }),
  );
}

/**
 * Names of the outputs that differ by more than rounding: ‖a − b‖ > 1e-5 ‖b‖, and what they differ by. Numbers inside the
 * graphs are of order 1, so that where they cancel, 1e-6 for each element is rounding too.
 */
function differences(found: Results, plain: Results): string[] {
  return [...plain].flatMap(([name, { data: b, shape }]) => {
    const { data: a, shape: own } = found.get(name)!;
    if (!sameShape(own, shape)) return [`${name}: ${formatShape(own)} for ${formatShape(shape)}`];
    const [distance, size] = [Math.hypot(...a.map((v, i) => v - b[i]!)), Math.hypot(...b)];
    // Not "greater than", which NaN would pass.
    return distance <= 1e-5 * size + 1e-6 * Math.sqrt(b.length) ? [] : [`${name}: ${distance} of ${size}`];
  });
}

describe("every pass keeps what a graph computes: random graphs and their derivatives", () => {
  it.each([1, 2, 3, 4])("batch %i", async (seed) => {
    const graph = withTrace(newTrace("random"), () => randomGraph(seed, 60, 8));
    const plain = await evaluate(graph, "cpu");
    const portable = optimize(graph, { device: "cpu", portable: true });
    expect(differences(await evaluate(portable.graph, "cpu"), plain)).toEqual([]);
    const gpu = optimize(graph, { device: "gpu" });
    expect(differences(await evaluate(gpu.graph, "gpu"), plain)).toEqual([]);
    const cpu = optimize(graph, { device: "cpu" });
    expect(cpu.layouts.size).toBeGreaterThan(0);
    expect(differences(await evaluate(cpu.graph, "cpu", cpu.layouts), plain)).toEqual([]);
  });
});

const x23 = { x: [2, 3] };
const image = { x: [2, 3, 4, 4], w: [3, 3, 2, 2] };
type Leaves = { readonly [name: string]: Tensor };

/** Formulas at the edges of single rules. */
const edges: readonly (readonly [string, { readonly [name: string]: Shape }, (leaves: Leaves) => Tensor])[] =
  [
    ["a sign meets a factor with more axes", x23, ({ x }) => mul(x!, constant([2], [1, 1, 1])).neg()],
    [
      "neutral elements with more axes",
      x23,
      ({ x }) => x!.add(constant([0], [1, 1, 1])).mul(constant([1], [1, 1, 1, 1])),
    ],
    ["nought minus something", x23, ({ x }) => sub(constant([0], [1, 1, 1]), x!)],
    ["factors whose product float32 cannot hold", x23, ({ x }) => x!.mul(1e-35).mul(1e30).mul(1e30)],
    ["factors whose product vanishes", x23, ({ x }) => x!.mul(1e30).mul(1e-30).mul(1e-30)],
    ["a divisor whose reciprocal is infinite", x23, ({ x }) => x!.mul(0).mul(1e-10).div(1e-39)],
    ["a sum of repeats", x23, ({ x }) => sum(x!.unsqueeze(1).expand([2, 5, 3]), 1)],
    ["a sum of repeats and of others", x23, ({ x }) => sum(x!.unsqueeze(1).expand([2, 5, 3]), [1, 2])],
    [
      "a bias with more axes than the picture",
      image,
      ({ x, w }) => conv(x!, w!).add(constant([1, 2, 3], [1, 1, 3, 1, 1])),
    ],
    ["a bias for columns of the picture", image, ({ x, w }) => conv(x!, w!).add(constant([1, 2, 3], [3]))],
    [
      "a column added to a square product",
      { x: [3, 3] },
      ({ x }) => matmul(x!, x!).add(constant([1, 2, 3], [3, 1])),
    ],
    [
      "a product used twice, with and without bias",
      { x: [3, 3] },
      ({ x }) => pairOf(matmul(x!, x!), (y) => y.add(constant([1, 2, 3]))),
    ],
    [
      "padded parts that lie side by side, apart and over one another",
      { x: [4, 3] },
      ({ x }) =>
        [
          [9, 1],
          [0, 2],
          [5, 3],
          [3, 2],
          [4, 3],
        ]
          .map(([start, size], k) =>
            x!
              .mul(k + 1)
              .narrow(0, 0, size!)
              .pad([
                [start!, 10 - start! - size!],
                [0, 0],
              ]),
          )
          .reduce((sum, part) => sum.add(part)),
    ],
    ["an empty part", x23, ({ x }) => sum(reshape(x!.slice([[0, 0]]), [3, 0]), 1)],
    ["bools chosen by bools", x23, ({ x }) => where(x!.greater(0), x!.less(1), x!.less(-1)).cast("float32")],
    ["truths there and back", x23, ({ x }) => x!.greater(0).cast("int32").cast("bool").cast("float32")],
    [
      "own derivatives",
      x23,
      ({ x }) => customGradient(tanh, (g) => [g])(x!).add(straightThrough(x!.round(), x!)),
    ],
  ];

function pairOf(y: Tensor, also: (y: Tensor) => Tensor): Tensor {
  return concat([y, also(y)]);
}

describe("every pass keeps what a graph computes: edges", () => {
  it.each(edges)("%s", async (_, shapes, formula) => {
    const graph = withTrace(newTrace("edge"), () => {
      const inputs = Object.entries(shapes).map(([name, shape]) => ({
        name,
        tensor: inputTensor(name, shape, "float32"),
      }));
      const y = formula(Object.fromEntries(inputs.map((i) => [i.name, i.tensor])));
      return { inputs, outputs: [{ name: "y", tensor: y }] };
    });
    const plain = await evaluate(graph, "cpu");
    expect(plain.get("y")!.data.every(Number.isFinite)).toBe(true);
    for (const options of [
      { device: "cpu" },
      { device: "cpu", portable: true },
      { device: "gpu" },
    ] as const) {
      const { graph: simpler } = optimize(graph, options);
      expect(differences(await evaluate(simpler, options.device), plain)).toEqual([]);
    }
  });

  it("names of the caller that look like the writer's", async () => {
    const graph = withTrace(newTrace("names"), () => {
      const x = inputTensor("x", [2], "float32");
      const outputs = [x.mul(2).add(1), x.neg()].map((tensor, i) => ({ name: `t${1 - i}`, tensor }));
      return { inputs: [{ name: "float32_2", tensor: x }], outputs };
    });
    const found = await evaluate(graph, "cpu");
    const x = createStream(deriveKey("float32_2")).normal(new Float32Array(2));
    expect([...found.get("t0")!.data]).toEqual([...x].map((v) => -v));
    expect([...found.get("t1")!.data]).toEqual([...x].map((v) => Math.fround(Math.fround(2 * v) + 1)));
  });
});
