import { afterEach, expect, it } from "vitest";
import {
  compile,
  conv2d,
  createRuntime,
  dense,
  mean,
  minimize,
  network,
  normal,
  type Runtime,
  sgd,
  square,
  type Tensor,
} from "../index.ts";

const runtimes: Runtime[] = [];
afterEach(async () => {
  for (const runtime of runtimes.splice(0)) await runtime.dispose();
});

const waves = (seed: number, ...shape: number[]) => ({
  data: Float32Array.from({ length: shape.reduce((n, d) => n * d, 1) }, (_, i) => Math.sin(i + seed)),
  shape,
});

/** A noisy step of a small network. */
function model() {
  const runtime = createRuntime({ device: "cpu", seed: 3 });
  runtimes.push(runtime);
  const net = network("net", (x: Tensor) => dense(x, 3));
  const step = compile(
    (x: Tensor) => {
      const loss = mean(square(net(x.add(normal(x.shape)))));
      minimize(loss, net, sgd({ lr: 0.1 }));
      return loss;
    },
    { runtime, name: "step" },
  );
  return { runtime, step };
}

const calls = (from: number, count: number) =>
  Array.from({ length: count }, (_, i): [ReturnType<typeof waves>] => [waves(from + i, 2, 4)]);
const numbersOf = (results: readonly { data: ArrayLike<number | bigint> }[]) =>
  results.map(({ data }) => data[0]);

/** The losses and the weights of six calls, made one after the other. */
async function inOneGo() {
  const { runtime, step } = model();
  const losses = numbersOf(await step.many(calls(0, 6)));
  return { losses, weights: await runtime.get("net/dense_1/weight") };
}

it("calls staged while others run give what they give in one go, and leave their arrays alone", async () => {
  const { runtime, step } = model();
  const lists = [calls(0, 1), calls(1, 3), calls(4, 2)];
  const losses: unknown[] = [];
  let next = await step.stage(lists[0]!);
  for (const list of [...lists.slice(1), []]) {
    const running = next();
    next = await step.stage(list);
    losses.push(...numbersOf(await running));
  }
  expect(await next()).toEqual([]);
  expect({ losses, weights: await runtime.get("net/dense_1/weight") }).toEqual(await inOneGo());
  expect(lists).toEqual([calls(0, 1), calls(1, 3), calls(4, 2)]);
});

it("calls made between staging and its call come first, with the random numbers that are theirs", async () => {
  const { runtime, step } = model();
  const late = await step.stage(calls(2, 4));
  const losses = numbersOf(await step.many(calls(0, 2)));
  losses.push(...numbersOf(await late()));
  expect({ losses, weights: await runtime.get("net/dense_1/weight") }).toEqual(await inOneGo());
  expect(runtime.steps()).toEqual({ step: 6 });
});

it("what is staged and never called changes nothing, nor does setting the number of calls", async () => {
  const { runtime, step } = model();
  await step.stage(calls(9, 2));
  const staged = await step.stage(calls(0, 3));
  const losses = numbersOf(await staged());
  const second = await step.stage(calls(3, 3));
  runtime.setSteps("step", 3);
  losses.push(...numbersOf(await second()));
  expect({ losses, weights: await runtime.get("net/dense_1/weight") }).toEqual(await inOneGo());
});

it("the device can be asked how long it has computed", async () => {
  const { runtime, step } = model();
  const before = await runtime.busy();
  await step(waves(0, 2, 4));
  expect(await runtime.busy()).toBeGreaterThan(before);
});

it("staged calls survive that another function moves their state to another order", async () => {
  const trained = async (between: boolean) => {
    const runtime = createRuntime({ device: "cpu", seed: 1 });
    runtimes.push(runtime);
    const conv = { kernel: 3, padding: 1 };
    const net = network("net", (x: Tensor) => conv2d(conv2d(x, 32, conv), 32, { ...conv, stride: 2 }));
    const forward = compile((x: Tensor) => net(x.add(normal(x.shape))), { runtime, name: "forward" });
    const step = compile(
      (x: Tensor) => {
        const loss = mean(square(net(x)));
        minimize(loss, net, sgd({ lr: 0 }));
        return loss;
      },
      { runtime, name: "step" },
    );
    const staged = between ? await forward.stage([[waves(0, 8, 32, 8, 8)]]) : undefined;
    await step(waves(0, 8, 32, 8, 8));
    return staged ? (await staged())[0]! : forward(waves(0, 8, 32, 8, 8));
  };
  expect(await trained(true)).toEqual(await trained(false));
});
