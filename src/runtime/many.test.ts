import { expect, it } from "vitest";
import {
  adam,
  assign,
  batchNorm,
  compile,
  constant,
  conv2d,
  createRuntime,
  dense,
  dropout,
  flatten,
  mean,
  minimize,
  network,
  normal,
  read,
  square,
  type Tensor,
  tanh,
  type Value,
} from "../index.ts";

/** State after `calls` steps and the results of each, made one by one or in portions. */
async function run(portions: readonly number[]) {
  const runtime = createRuntime({ device: "cpu", seed: 5 });
  const net = network("net", (x: Tensor) => {
    const h = tanh(batchNorm(conv2d(x, 32, { kernel: 4, stride: 2, padding: 1 })));
    return dense(dropout(flatten(tanh(conv2d(h, 32, { kernel: 4, stride: 2, padding: 1 }))), 0.5), 3);
  });
  const optimizer = adam({ lr: 1e-3 });
  const step = compile(
    (x: Tensor) => {
      const loss = mean(square(net(x.add(normal(x.shape).mul(0.1)))));
      minimize(loss, net, optimizer);
      return { loss, nested: [x.sum(), 7] };
    },
    { runtime, training: true, name: "step" },
  );
  let made = 0;
  const batch = () => {
    const i = made++;
    return {
      data: Float32Array.from({ length: 8 * 3 * 64 }, (_, k) => Math.sin(k + i)),
      shape: [8, 3, 8, 8],
    };
  };
  const losses: number[] = [];
  for (const portion of portions) {
    const calls = Array.from({ length: portion }, () => [batch()] as const);
    const results = portion === 0 ? [await step(batch())] : await step.many(calls.map(([x]) => [x]));
    losses.push(...results.map((r) => r.loss.data[0] as number));
    for (const r of results) expect(r.nested[1]).toBe(7);
  }
  const state: [string, unknown][] = [];
  for (const name of runtime.names()) state.push([name, (await runtime.get(name)).data]);
  const steps = runtime.steps();
  await runtime.dispose();
  return { losses, state, steps };
}

it("many calls in one run give the bytes of calls made one by one", async () => {
  const single = await run([0, 0, 0, 0, 0]);
  expect(new Set(single.losses).size).toBe(5);
  expect(await run([5])).toEqual(single);
  expect(await run([1, 3, 1])).toEqual(single);
});

it("calls made after many take effect after it", async () => {
  const runtime = createRuntime({ device: "cpu", seed: 1 });
  const count = network("count", () => dense(constant(1, [1, 1]), 1, { bias: false }));
  const add = compile(
    (x: Tensor) => {
      const before = count();
      const [weight] = count.variables();
      assign(weight!, read(weight!).mul(2).add(x));
      return before;
    },
    { runtime, name: "add" },
  );
  await add.prepare(0);
  await runtime.set("count/dense_1/weight", { data: new Float32Array([0]), shape: [1, 1] });
  const all = await Promise.all([add.many([[1], [2]]), add(3)]);
  expect(all.flat().map(({ data }) => data[0])).toEqual([0, 1, 4]); // w ← 2w + x
  expect([...(await runtime.get("count/dense_1/weight")).data]).toEqual([11]);
  await runtime.dispose();
});

it("gives the results of the last call alone where asked for, and the same state", async () => {
  const runtime = createRuntime({ device: "cpu", seed: 1 });
  const net = network("net", (x: Tensor) => dense(x, 2));
  const optimizer = adam({ lr: 1e-2 });
  const step = compile(
    (x: Tensor) => {
      const loss = mean(square(net(x)));
      minimize(loss, net, optimizer);
      return { loss };
    },
    { runtime, name: "step", training: true },
  );
  const x = { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] };
  const first = { data: new Float32Array([1, 2]), shape: [1, 2] };
  const start = new Map<string, Value>();
  await step.prepareMany(x);
  for (const name of runtime.names()) start.set(name, await runtime.get(name));
  const all = await step.many([[x], [x], [x]]);
  for (const [name, value] of start) await runtime.set(name, value);
  expect(await step.many([[x], [x], [x]], { results: "last" })).toEqual(all.slice(2));
  expect(await step.many([], { results: "last" })).toEqual([]);
  expect(await step.many([[x], [first]], { results: "last" })).toHaveLength(1); // shapes that do not fit into one run
  await runtime.dispose();
});

it("much state is not carried through a Loop where the engine keeps it in place", async () => {
  const runtime = createRuntime({ device: "cpu" });
  const net = network("net", (x: Tensor) => dense(dense(x, 2048), 2048));
  const step = compile(
    (x: Tensor) => {
      const loss = mean(square(net(x)));
      minimize(loss, net, adam({ lr: 1e-3 }));
      return loss;
    },
    { runtime },
  );
  const x = { data: new Float32Array(8).fill(1), shape: [1, 8] };
  await step.many([[x], [x], [x]]);
  await step(x);
  expect(step.traces()).toBe(1);
  const weight = 4 * 2048 * 2048;
  expect((await step.memory(x)).spare).toBeLessThan(1.1 * weight); // Adam's moments have none
  expect((await runtime.stats()).stateBytes).toBeLessThan(4.1 * weight);
  await runtime.dispose();
});
