/** The engine over the C API beside that of onnxruntime-node: every run of one is made by the other too, and the bytes are compared. */
import { expect, it, vi } from "vitest";
import {
  adam,
  assign,
  batchNorm,
  cast,
  compile,
  conv2d,
  createRuntime,
  dense,
  dropout,
  ema,
  flatten,
  gather,
  mean,
  minimize,
  network,
  normal,
  read,
  square,
  type Tensor,
  tanh,
  type Variable,
} from "../../index.ts";
import { type Named, writeModel } from "../../onnx/index.ts";
import { inputTensor } from "../../tensor/index.ts";
import type { Binding, Engine } from "../engine.ts";
import { cpuEngine } from "./cpu-engine.node.ts";

vi.mock("#platform", async (original) => {
  const { platform } = await original<typeof import("../platform.node.ts")>();
  const startEngine = async (): Promise<Engine> => twinEngine();
  return { platform: { ...platform, startEngine } };
});

const bytesOf = ({ data }: { data: ArrayBufferView }): Buffer =>
  Buffer.from(data.buffer, data.byteOffset, data.byteLength);

/** Two engines that are to agree in every byte of results and state; what is asked is answered by the native one. */
async function twinEngine(): Promise<Engine> {
  const native = await cpuEngine();
  const plain = await cpuEngine(async () => undefined);
  expect([await native.copiesState(), await plain.copiesState()]).toEqual([false, true]);
  const bindings = new Map<number, Binding>();
  return {
    ...native,
    async load(id, model, binding, settings) {
      bindings.set(id, binding);
      await Promise.all([native, plain].map((engine) => engine.load(id, model, binding, settings)));
    },
    async run(id, feeds, wanted) {
      const [mine, theirs] = [await native.run(id, feeds, wanted), await plain.run(id, feeds, wanted)];
      expect(Object.keys(mine)).toEqual(Object.keys(theirs));
      for (const [name, value] of Object.entries(mine)) {
        expect(value.shape).toEqual(theirs[name]!.shape);
        expect(bytesOf(value).equals(bytesOf(theirs[name]!)), name).toBe(true);
      }
      for (const { variable, inPlace } of bindings.get(id)!.assigns) {
        const [a, b] = [await native.read(variable), await plain.read(variable)];
        expect(bytesOf(a).equals(bytesOf(b)), `${variable} ${inPlace ? "in place" : "swapped"}`).toBe(true);
      }
      return mine;
    },
    async write(variable, value) {
      await plain.write(variable, { ...value, data: value.data.slice() });
      await native.write(variable, value);
    },
    async close() {
      await Promise.all([native.close(), plain.close()]);
    },
  };
}

const waves = (shape: readonly number[], i = 0) => ({
  data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, k) => Math.sin(k + i)),
  shape,
});
const variable = (name: string, shape: readonly number[], value: number): Variable => ({
  ...{ name, shape, dtype: "float32", trainable: false },
  init: () => new Float32Array(shape.reduce((n, d) => n * d, 1)).fill(value),
});

it("200 steps of a convolutional network with Adam and averages, by ones and by Loops", async () => {
  const runtime = createRuntime({ device: "cpu", seed: 5 });
  const net = network("net", (x: Tensor) => {
    const h = tanh(batchNorm(conv2d(x, 32, { kernel: 4, stride: 2, padding: 1 })));
    return dense(dropout(flatten(tanh(conv2d(h, 32, { kernel: 4, stride: 2, padding: 1 }))), 0.5), 300);
  });
  const optimizer = adam({ lr: 1e-3 });
  const average = ema(net, { decay: 0.99 });
  const step = compile(
    (x: Tensor) => {
      const loss = mean(square(net(x.add(normal(x.shape).mul(0.1)))));
      minimize(loss, net, optimizer);
      average.update();
      return { loss, nested: [x.sum()] };
    },
    { runtime, training: true },
  );
  const batch = (i: number) => waves([8, 3, 8, 8], i);
  for (let i = 0; i < 100; i++) await step(batch(i));
  for (let i = 0; i < 100; i += 10)
    await step.many(Array.from({ length: 10 }, (_, k): [ReturnType<typeof batch>] => [batch(i + k)]));
  expect(step.traces()).toBe(2);
  await runtime.dispose();
});

it("variables that change places, take each other's value or share one", async () => {
  const runtime = createRuntime({ device: "cpu" });
  const [a, b, c, d, e] = [1, 2, 3, 4, 5].map((value, i) => variable("abcde"[i]!, [5], value));
  const step = compile(
    (x: Tensor) => {
      const [p, q, r, s, t] = [a, b, c, d, e].map((one) => read(one!));
      assign(a!, q!);
      assign(b!, p!);
      const shared = r!.mul(0.5).add(x);
      assign(c!, shared);
      assign(d!, shared);
      assign(e!, t!.reshape([1, 5]).mul(2).reshape([5]));
      return [p!.sum(), s!, t!.mul(1)];
    },
    { runtime },
  );
  for (let i = 0; i < 5; i++) await step(waves([5], i));
  await step.many([[waves([5])], [waves([5], 1)], [waves([5], 2)]]);
  await step.many([[waves([5])], [waves([5], 1)]]);
  expect([...(await runtime.get("a")).data]).toEqual([1, 1, 1, 1, 1]);
  await runtime.dispose();
});

it("a step of every kind of number, with results that are too many or of no size", async () => {
  const runtime = createRuntime({ device: "cpu" });
  const counter: Variable = {
    ...{ name: "n", shape: [], dtype: "int32", trainable: false },
    init: () => new Int32Array(1),
  };
  const step = compile(
    (x: Tensor) => {
      const n = read(counter);
      assign(counter, n.add(1));
      return [n, x.greater(0), cast(x, "int64"), x.reshape([4, 0])];
    },
    { runtime },
  );
  const [n, positive, whole, none] = await step(waves([0]));
  expect([n!.shape, positive!.shape, whole!.shape, none!.shape]).toEqual([[], [0], [0], [4, 0]]);
  expect([...(await step(waves([0])))[0]!.data]).toEqual([1]);
  await runtime.dispose();
});

it("a call that fails leaves the state as it was, and the next one works", async () => {
  const runtime = createRuntime({ device: "cpu" });
  const [sum, table] = [variable("sum", [3], 1), variable("table", [4, 3], 2)];
  const step = compile(
    (i: Tensor) => {
      assign(sum, read(sum).mul(2));
      return gather(read(table), i).sum();
    },
    { runtime },
  );
  const indices = (i: number) => ({ data: Int32Array.of(i), shape: [1] });
  await step(indices(1));
  await expect(step(indices(9))).rejects.toThrow(/out of (data )?bounds/);
  expect([...(await runtime.get("sum")).data]).toEqual([2, 2, 2]);
  await step(indices(2));
  expect([...(await runtime.get("sum")).data]).toEqual([4, 4, 4]);
  await runtime.dispose();
});

it("arrays of the caller's are left alone, what is read is a copy, and buffers are counted", async () => {
  const engine = await cpuEngine();
  const graph = {
    inputs: [{ name: "v", tensor: inputTensor("v", [4], "float32"), variable: "v" }],
    outputs: [] as Named[],
  };
  graph.outputs.push({ name: "w", tensor: graph.inputs[0]!.tensor.mul(2), variable: "v" });
  const model = writeModel(graph, { device: "cpu" });
  const assign = { variable: "v", output: "w" };
  const states = [{ variable: "v", input: "v" }];
  const settings = { threads: 1, spinning: false };
  await engine.load(0, model, { states, assigns: [{ ...assign, inPlace: true }], results: [] }, settings);
  await engine.load(1, model, { states, assigns: [assign], results: [] }, settings);
  const mine = Float32Array.of(1, 2, 3, 4);
  await engine.write("v", { data: mine, shape: [4] });
  await engine.run(0, {});
  const before = await engine.read("v");
  expect(await engine.stats()).toEqual({ states: 1, stateBytes: 16, sessions: 2 });
  await engine.run(1, {});
  expect(await engine.stats()).toEqual({ states: 1, stateBytes: 32, sessions: 2 });
  expect([[...mine], [...before.data]]).toEqual([
    [1, 2, 3, 4],
    [2, 4, 6, 8],
  ]);
  expect([...(await engine.read("v")).data]).toEqual([4, 8, 12, 16]);
  await engine.unload(0);
  await expect(engine.read("u")).rejects.toThrow("the variable u has no value");
  await expect(
    engine.load(2, model.slice(0, 20), { states, assigns: [], results: [] }, settings),
  ).rejects.toThrow();
  await engine.close();
  await engine.close();
});
