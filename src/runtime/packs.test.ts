import * as ort from "onnxruntime-node";
import { expect, it } from "vitest";
import {
  adagrad,
  adam,
  adamax,
  adamw,
  batchNorm,
  type Compiled,
  compile,
  createRuntime,
  createStream,
  dense,
  ema,
  findModel,
  mean,
  minimize,
  mlp,
  network,
  normal,
  type Optimizer,
  type Runtime,
  rmsprop,
  sgd,
  square,
  stopGradient,
  type Tensor,
} from "../index.ts";
import { type Graph, optimize, type Pack, packState, writeModel } from "../onnx/index.ts";
import { deriveKey, fillSource } from "../tensor/random/index.ts";
import type { Results } from "./engine.ts";
import { type OnnxRuntime, sessionEngine } from "./session-engine.ts";
import { sessionOptions } from "./session-options.node.ts";
import { graphOf, pruneInputs, type Traced, traceFunction, variablesOf } from "./specialize.ts";

const isLeaf = (x: unknown): boolean => typeof x === "object" && x !== null && "dtype" in x;
const batch = (n: number, features: number) => ({ shape: [n, features], dtype: "float32" as const });

/** Results and all variables after some runs of a graph whose variables lie in these packs. */
async function run(traced: Traced, graph: Graph, packs: readonly Pack[]) {
  const engine = sessionEngine(ort as unknown as OnnxRuntime, "cpu", (s) => sessionOptions("cpu", s));
  const values = new Map<string, Float32Array>();
  for (const v of variablesOf(traced))
    values.set(v.name, v.init(v.shape, createStream(deriveKey(1, v.initAs ?? v.name))) as Float32Array);
  const shapes = new Map([...variablesOf(traced)].map((v) => [v.name, v.shape]));
  for (const { name, members } of packs) {
    const data = Float32Array.from(members.flatMap(({ variable }) => [...values.get(variable)!]));
    await engine.write(name, { data, shape: [data.length] });
  }
  for (const [name, data] of values) await engine.write(name, { data, shape: shapes.get(name)! });
  const pruned = pruneInputs(graph);
  const bound = (list: Graph["inputs"]) => list.filter(({ variable }) => variable !== undefined);
  const binding = {
    states: bound(pruned.inputs).map(({ name, variable }) => ({ variable: variable!, input: name })),
    assigns: bound(pruned.outputs).map(({ name, variable }) => ({ variable: variable!, output: name })),
    results: pruned.outputs.filter(({ variable }) => variable === undefined).map(({ name }) => name),
  };
  await engine.load(0, writeModel(pruned, { device: "cpu" }), binding, { threads: 1, spinning: false });
  const results: Results[] = [];
  for (let step = 0; step < 4; step++) results.push(await engine.run(0, feeds(traced, pruned, step)));
  const held = new Map(
    packs.flatMap((pack) => pack.members.map(({ variable }) => [variable, pack] as const)),
  );
  const state: Record<string, number[]> = {};
  for (const name of values.keys()) {
    const pack = held.get(name);
    const { data } = await engine.read(pack?.name ?? name);
    const at = pack?.members.findIndex(({ variable }) => variable === name) ?? 0;
    const start = pack?.members.slice(0, at).reduce((sum, { size }) => sum + size, 0) ?? 0;
    state[name] = [...(data as Float32Array).subarray(start, start + values.get(name)!.length)];
  }
  await engine.close();
  return { results, state };
}

function feeds({ inputs, randoms }: Traced, { inputs: used }: Graph, step: number) {
  const random = randoms.map(({ name, tensor, attrs }) => [name, tensor, attrs] as const);
  const given = inputs.map(
    ({ name, tensor }, i) =>
      [
        name,
        tensor,
        { kind: "normal", shape: tensor.shape, dtype: "float32", source: 100 + i, low: 0, high: 0 },
      ] as const,
  );
  const names = new Set(used.map(({ name }) => name));
  return Object.fromEntries(
    [...random, ...given]
      .filter(([name]) => names.has(name))
      .map(([name, { shape }, attrs]) => [
        name,
        { data: fillSource(attrs, deriveKey(2, step, attrs.source)), shape },
      ]),
  );
}

/** Traces a step, and expects the same bytes with and without packs. Gives the packs. */
async function expectSame(step: (x: Tensor) => unknown, x = batch(32, 2)): Promise<readonly Pack[]> {
  const traced = traceFunction(step, [x], isLeaf, { name: "step", training: true });
  const { graph } = optimize(graphOf(traced), { device: "cpu" });
  const packed = packState(graph, []);
  const plain = await run(traced, graph, []);
  expect(plain.results[0]).not.toEqual(plain.results[3]);
  expect(await run(traced, packed.graph, packed.made)).toEqual(plain);
  return packed.made;
}

const updates = (name: string, options: object) => {
  const definition = findModel(name);
  const model = definition.build(definition.options.parse(options), { kind: "points", shape: [2] });
  const averages = ema(model.phases.flatMap(({ train }) => train) as never, { decay: 0.9, warmup: true });
  return (x: Tensor) => {
    const losses = model.phases.map(({ loss, train, optimizer, clip }) => {
      const value = loss({ x });
      const scalar = "loss" in value ? value.loss : (value as Tensor);
      minimize(scalar, train, optimizer, clip ? { clip } : {});
      return scalar;
    });
    averages.update();
    return losses;
  };
};

it.each([
  ["gan", { latent: 2, hidden: [16, 16] }, 8], // θ, m, v and the average of each player
  ["vae", { latent: 2, hidden: [8] }, 4],
  ["realnvp", { couplings: 3, hidden: [8, 8] }, 8], // the gradient of a log-scale is a formula of its own
])("%s: state in packs gives the bytes of state by variable", async (name, options, packs) => {
  expect((await expectSame(updates(name, options))).length).toBe(packs);
});

const optimizers: { readonly [name: string]: Optimizer } = {
  sgd: sgd({ lr: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  rmsprop: rmsprop({ lr: 1e-2, momentum: 0.5, centered: true }),
  adagrad: adagrad({ lr: 1e-2, lrDecay: 0.1 }),
  adamax: adamax({ lr: 1e-2 }),
  adamw: adamw({ lr: 1e-2, amsgrad: true }),
  adam: adam({ lr: (t) => t.add(1).mul(1e-3), beta1: 0, weightDecay: 0.1 }),
};

it.each(Object.keys(optimizers))("%s: the bytes of state by variable", async (name) => {
  const net = network("net", (x: Tensor) => mlp(batchNorm(mlp(x, [8, 8])), [4, 4]));
  const packs = await expectSame((x) => {
    const loss = mean(square(net(x)));
    minimize(loss, net, optimizers[name]!, { clip: { norm: 1, value: 0.1 } });
    return { loss };
  });
  expect(packs.map((pack) => pack.name)).toContain("pack/net/dense_1/weight");
});

it("keeps players apart whose updates build on each other, though one formula serves both", async () => {
  const [G, D] = ["G", "D"].map((name) => network(name, (x: Tensor) => dense(mlp(x, [4, 4]), 2)));
  const packs = await expectSame((x) => {
    const rule = sgd({ lr: 0.1 }); // no count of updates tells them apart
    const fake = G!(normal(x.shape));
    const lossD = mean(square(D!(x))).sub(mean(square(D!(stopGradient(fake)))));
    minimize(lossD, D!, rule);
    const lossG = mean(square(D!(fake)));
    minimize(lossG, G!, rule);
    return { lossD, lossG };
  });
  const owners = packs.map(({ members }) => members.map(({ variable }) => variable.split("/")[0]));
  expect(owners).toEqual([Array(6).fill("D"), Array(6).fill("G")]);
});

it("cuts groups that grow too large", async () => {
  const net = network("net", (x: Tensor) => dense(mlp(x, Array(24).fill(64)), 2));
  const packs = await expectSame((x) => {
    const loss = mean(square(net(x)));
    minimize(loss, net, sgd({ lr: 0.1 }));
    return loss;
  });
  const sizes = packs.map(({ members }) => members.reduce((sum, { size }) => sum + size, 0));
  expect(sizes.length).toBe(2);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(65_536);
});

it("two updates of one network in a step", async () => {
  const net = network("net", (x: Tensor) => dense(mlp(x, [4, 4]), 2));
  const optimizer = adam({ lr: 1e-2 });
  await expectSame((x) => {
    const losses = [mean(square(net(x))), undefined];
    minimize(losses[0]!, net, optimizer);
    losses[1] = mean(square(net(x).sub(1)));
    minimize(losses[1], net, optimizer);
    return losses;
  });
});

/** A network and its step, and what reads it before and after it is packed. */
function learner(runtime: Runtime) {
  const net = network("net", (x: Tensor) => dense(mlp(x, [8, 8]), 2));
  const optimizer = adam({ lr: 1e-2 });
  const step = compile(
    (x: Tensor) => {
      const loss = mean(square(net(x)));
      minimize(loss, net, optimizer);
      return loss;
    },
    { runtime, name: "step", training: true },
  );
  const apply = compile((x: Tensor) => net(x), { runtime, name: "apply", training: false });
  const biases = compile(
    (x: Tensor) => {
      const loss = mean(square(net(x)));
      minimize(
        loss,
        net.variables().filter(({ shape }) => shape.length === 1),
        sgd({ lr: 0.1 }),
      );
      return loss;
    },
    { runtime, name: "biases", training: true },
  );
  return { step, apply, biases };
}

const x = { data: Float32Array.from({ length: 8 }, (_, i) => Math.sin(i)), shape: [4, 2] };
const numbers = async (f: Compiled<(x: Tensor) => Tensor>) => [...(await f(x)).data];

async function stateOf(runtime: Runtime): Promise<Record<string, unknown>> {
  const state: Record<string, unknown> = {};
  for (const name of runtime.names()) state[name] = await runtime.get(name);
  return state;
}

it("variables keep their names, shapes and values, whoever packs them and when", async () => {
  const [first, second] = [1, 2].map((seed) => createRuntime({ device: "cpu", seed }));
  const [a, b] = [learner(first!), learner(second!)];
  const before = await numbers(a.apply); // the parameters have their first values now, each for itself
  await a.step.many([[x], [x], [x]]);
  expect(first!.internals.store.packOf("net/dense_1/weight")).toBe("pack/net/dense_1/weight");
  const after = await numbers(a.apply);
  expect(after).not.toEqual(before);
  const state = await stateOf(first!);
  expect(Object.keys(state)).toHaveLength(6 * 3 + 1);
  expect(state["adam/net/dense_2/weight/m"]).toMatchObject({ shape: [8, 8] });

  await b.step(x); // packs its own
  for (const [name, value] of Object.entries(state)) await second!.set(name, value as never);
  expect(await stateOf(second!)).toEqual(state);
  expect(await numbers(b.apply)).toEqual(after);
  await Promise.all([a.step.many([[x], [x]]), b.step(x), b.step(x)]);
  expect(await stateOf(second!)).toEqual(await stateOf(first!));
  await Promise.all([first!.dispose(), second!.dispose()]);
});

it("a function that updates a part of a pack leaves the rest alone", async () => {
  const runtime = createRuntime({ device: "cpu", seed: 1 });
  const { step, biases } = learner(runtime);
  await step(x);
  const before = await stateOf(runtime);
  await biases.many([[x], [x]]);
  const after = await stateOf(runtime);
  const changed = Object.keys(after).filter(
    (name) => JSON.stringify(after[name]) !== JSON.stringify(before[name]),
  );
  expect(changed).toEqual(["net/dense_1/bias", "net/dense_2/bias", "net/dense_3/bias"]);
  await runtime.dispose();
});
