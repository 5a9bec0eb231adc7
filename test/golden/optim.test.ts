import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import {
  adagrad,
  adam,
  adamax,
  adamw,
  cosineDecay,
  exponentialDecay,
  linearDecay,
  type MinimizeOptions,
  minimize,
  multistepDecay,
  type Optimizer,
  polynomialDecay,
  rmsprop,
  sgd,
  stepDecay,
  warmup,
} from "../../src/optim/index.ts";
import { compile, createRuntime } from "../../src/runtime/index.ts";
import {
  add,
  constant,
  mean,
  mul,
  narrow,
  read,
  sin,
  square,
  sub,
  sum,
  type Tensor,
  type Variable,
} from "../../src/tensor/index.ts";

type Step = { loss: number; a: number[]; b: number[] };
type Golden = { a: number[]; b: number[]; cases: { name: string; steps: Step[] }[] };

// Trajectories of PyTorch in float64 (optim.py).
const golden = JSON.parse(readFileSync(new URL("data/optim.json", import.meta.url), "utf8")) as Golden;

const cases: Record<string, [Optimizer, MinimizeOptions?]> = {
  sgd: [sgd({ lr: 0.02 })],
  "sgd momentum": [sgd({ lr: 0.01, momentum: 0.9 })],
  "sgd nesterov decay": [sgd({ lr: 0.01, momentum: 0.8, nesterov: true, weightDecay: 0.05 })],
  rmsprop: [rmsprop({ lr: 0.01 })],
  "rmsprop centered momentum": [
    rmsprop({ lr: 0.002, alpha: 0.9, eps: 1e-5, momentum: 0.7, centered: true, weightDecay: 0.02 }),
  ],
  adagrad: [adagrad({ lr: 0.1 })],
  "adagrad options": [
    adagrad({ lr: 0.1, lrDecay: 0.05, initialAccumulator: 0.3, eps: 1e-6, weightDecay: 0.02 }),
  ],
  adam: [adam({ lr: 0.02 })],
  "adam betas": [adam({ lr: 0.02, beta1: 0.5, beta2: 0.9, eps: 1e-3, weightDecay: 0.1 })],
  "adam beta1 zero": [adam({ lr: 0.02, beta1: 0, beta2: 0.9 })],
  "adam amsgrad": [adam({ lr: 0.1, beta2: 0.8, amsgrad: true })],
  adamw: [adamw({ lr: 0.02 })],
  "adamw decay": [adamw({ lr: 0.05, beta1: 0.8, beta2: 0.95, weightDecay: 0.2 })],
  adamax: [adamax({ lr: 0.02 })],
  "adamax options": [adamax({ lr: 0.02, beta1: 0.7, beta2: 0.9, eps: 1e-4, weightDecay: 0.1 })],
  "clip norm": [sgd({ lr: 0.02 }), { clip: { norm: 1.5 } }],
  "clip value": [sgd({ lr: 0.02 }), { clip: { value: 0.7 } }],
  "clip both": [sgd({ lr: 0.02 }), { clip: { norm: 4, value: 0.5 } }],
  "schedule cosine": [sgd({ lr: cosineDecay(0.02, 30, { end: 0.002 }) })],
  "schedule exponential": [sgd({ lr: exponentialDecay(0.02, 0.9) })],
  "schedule step": [sgd({ lr: stepDecay(0.02, 6, 0.3) })],
  "schedule multistep": [sgd({ lr: multistepDecay(0.02, [4, 9, 15], 0.5) })],
  "schedule polynomial": [sgd({ lr: polynomialDecay(0.02, 16, { power: 2 }) })],
  "schedule linear": [sgd({ lr: linearDecay(0.02, 12, { end: 0.002 }) })],
  "schedule hold": [sgd({ lr: linearDecay(0.02, 10, { hold: 5 }) })],
  "schedule warmup": [sgd({ lr: warmup(8, 0.02) })],
  "adam schedule": [adam({ lr: cosineDecay(0.05, 20, { end: 0.001 }) })],
};

function variable(name: string, shape: number[], values: number[]): Variable {
  return { name, shape, dtype: "float32", trainable: true, init: () => new Float32Array(values) };
}

/** The loss of optim.py. */
function lossOf(a: Tensor, b: Tensor): Tensor {
  const [head, tail] = [narrow(a, 0, 0, 4), narrow(a, 0, 1, 4)];
  const rosenbrock = sum(add(mul(square(sub(tail, square(head))), 4), square(sub(1, head))));
  const scale = constant([1, 2, 3, 4, 5, 6], [2, 3]);
  const quadratic = add(mul(sum(mul(scale, square(b))), 0.5), sum(sin(b)));
  return add(add(rosenbrock, quadratic), mul(mul(mean(a), sum(b)), 0.1));
}

/** ‖x − y‖/‖y‖. */
function distance(x: ArrayLike<number | bigint>, y: readonly number[]): number {
  const gap = Math.hypot(...y.map((v, i) => Number(x[i]) - v));
  return gap / Math.hypot(...y);
}

describe("optimisers against PyTorch in float64, 20 steps", () => {
  const runtime = createRuntime({ device: "cpu" });
  afterAll(() => runtime.dispose());

  it("has a golden trajectory for every case", () => {
    expect(Object.keys(cases)).toEqual(golden.cases.map((c) => c.name));
  });

  it.each(golden.cases)("$name", async ({ name, steps }) => {
    const [optimizer, options] = cases[name]!;
    const [a, b] = [variable(`${name}/a`, [5], golden.a), variable(`${name}/b`, [2, 3], golden.b)];
    const step = compile(
      () => {
        const loss = lossOf(read(a), read(b));
        minimize(loss, [a, b], optimizer, options);
        return { loss, a: read(a), b: read(b) };
      },
      { runtime },
    );
    for (const expected of steps) {
      const got = await step();
      expect(distance(got.loss.data, [expected.loss])).toBeLessThan(1e-5);
      expect(distance(got.a.data, expected.a)).toBeLessThan(1e-5);
      expect(distance(got.b.data, expected.b)).toBeLessThan(1e-5);
    }
  });
});
