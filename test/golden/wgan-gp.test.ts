/**
 * The gradient penalty of WGAN-GP with respect to every parameter of a convolutional critic (a derivative of a derivative
 * through convolutions) against float64 PyTorch: data/wgan-gp.json, made by wgan_gp.py.
 */
import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import {
  add,
  compile,
  conv,
  createRuntime,
  flatten,
  grad,
  matmul,
  mean,
  norm,
  reshape,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  tanh,
} from "../../src/index.ts";
import type { GoldenTensor } from "./cases.ts";
import { numbers, relativeError } from "./evaluate.ts";

const names = ["w1", "b1", "w2", "b2", "w3", "b3"] as const;
type Name = (typeof names)[number];
interface Golden {
  x: GoldenTensor;
  params: Record<Name, GoldenTensor>;
  penalty: number;
  grads: Record<Name, number[] | null>;
}

const golden: Golden = JSON.parse(readFileSync(new URL("data/wgan-gp.json", import.meta.url), "utf8"));
const runtime = createRuntime({ device: "cpu", seed: 1 });
afterAll(() => runtime.dispose());

const bias = (b: Tensor): Tensor => reshape(b, [b.size, 1, 1]);

function critic(x: Tensor, p: Record<Name, Tensor>): Tensor {
  const h1 = tanh(add(conv(x, p.w1, { stride: 2, padding: 1 }), bias(p.b1)));
  const h2 = softplus(add(conv(h1, p.w2, { stride: 2, padding: 1 }), bias(p.b2)));
  return add(matmul(flatten(h2), p.w3), p.b3);
}

test("the penalty and its gradient in every parameter agree with PyTorch", async () => {
  const f = compile(
    (x: Tensor, p: Record<Name, Tensor>) => {
      const slope = grad(sum(critic(x, p)), [x])[0]!;
      const penalty = mean(square(sub(norm(flatten(slope), 1), 1)));
      const grads = grad(
        penalty,
        names.map((name) => p[name]),
        { unused: "zero" },
      );
      return { penalty, grads };
    },
    { runtime, name: "wgan-gp" },
  );
  const params = Object.fromEntries(names.map((name) => [name, numbers(golden.params[name])]));
  const { penalty, grads } = await f(numbers(golden.x), params as Record<Name, ReturnType<typeof numbers>>);
  expect(Math.abs(Number(penalty.data[0]) / golden.penalty - 1)).toBeLessThan(1e-5);
  names.forEach((name, i) => {
    expect(relativeError(grads[i]!.data, golden.grads[name]), name).toBeLessThan(1e-4);
  });
});
