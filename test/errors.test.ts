/** Every mistake of a caller is one sentence: the operation, what it got, what it wanted, where, and what to do. */
import { afterAll, describe, expect, it } from "vitest";
import {
  adam,
  assign,
  batchNorm,
  compile,
  concat,
  conv2d,
  createRuntime,
  dense,
  grad,
  minimize,
  network,
  normal,
  ones,
  read,
  square,
  sum,
  type Tensor,
  UserError,
  type Variable,
} from "../src/index.ts";
import { chooseDevice } from "../src/runtime/choose-device.ts";
import type { Platform } from "../src/runtime/platform.ts";

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());

const zeros = (...shape: number[]) => ({
  data: new Float32Array(shape.reduce((n, d) => n * d, 1)),
  shape,
});

/** The message of the UserError that a call ends with; anything else fails the test. */
async function messageOf(call: () => unknown): Promise<string> {
  const error: unknown = await Promise.resolve()
    .then(call)
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expect(message).toMatch(/^[^\n]+\.$/);
  expect(message).not.toMatch(/undefined|NaN|\[object/);
  return message;
}

/** The message of calling `fn` on zeros of a shape. */
const callMessage = (fn: (x: Tensor) => unknown, ...shape: number[]): Promise<string> =>
  messageOf(() => compile(fn, { runtime, name: "f", training: true })(zeros(...shape)));

describe("shapes that do not fit inside a network", () => {
  it.each<[string, (x: Tensor) => Tensor, string]>([
    [
      "in an operation",
      (x) => dense(x, 3).matmul(ones([4, 2])),
      "matmul: got float32[2, 3] and float32[4, 2], expected float32 or float64 [..., m, k] and [..., k, n]; inner sizes 3 and 4 must be equal and leading axes must broadcast (in G).",
    ],
    [
      "before a layer begins",
      (x) => conv2d(dense(x, 4), 3, { kernel: 3 }),
      "conv2d: got float32[2, 4] for 3 channels in 1 group(s), expected float32 [N, C, H, W] and channel counts that the groups divide (in G).",
    ],
    [
      "inside a layer",
      (x) => conv2d(x.reshape([2, 5, 1, 1]), 3, { kernel: 3 }),
      "conv: the kernel [3, 3] is larger than the padded input [1, 1]; use a smaller kernel or more padding (in G/conv_1).",
    ],
    [
      "before an operation begins",
      (x) => concat([dense(x, 3), dense(x, 4)], 2),
      "concat: axis 2 does not exist in a tensor of 2 axes; use -2 … 1 (in G).",
    ],
    [
      "with a size below nought",
      (x) => x.add(normal([2, -5])),
      "random: the result would have the shape [2, -5], expected whole numbers of at least 0; check the sizes that were given (in G).",
    ],
  ])("%s", async (_, body, message) => {
    expect(await callMessage(network("G", body), 2, 5)).toBe(message);
  });

  it("names the innermost of nested networks", async () => {
    const inner = network("inner", (x: Tensor) => x.add(ones([7])));
    const message = await callMessage(
      network("outer", (x) => inner(dense(x, 3))),
      2,
      5,
    );
    expect(message).toBe(
      "add: shapes [2, 3] and [7] do not broadcast; each axis, counted from the last, must be equal or 1 (in outer/inner).",
    );
  });
});

describe("a network traced twice", () => {
  it("with other layers names both", async () => {
    const G = network("G", (x: Tensor) => (x.shape[0] === 1 ? dense(x, 2) : batchNorm(x)));
    const f = compile((x: Tensor) => G(x), { runtime, training: true });
    await f(zeros(1, 5));
    expect(await messageOf(() => f(zeros(2, 5)))).toBe(
      "network G: the first call had G/dense_1 here, this call asks for a batchNorm; call the same layers in the same order every time, or give each variant a network of its own.",
    );
  });

  it("with other shapes names both, where a function is called with an input of another width", async () => {
    const G = network("width", (x: Tensor) => dense(x, 2));
    const f = compile((x: Tensor) => G(x), { runtime });
    await f(zeros(1, 5));
    expect(await messageOf(() => f(zeros(1, 6)))).toBe(
      "network width: the first call made width/dense_1/weight [5, 2], this call asks for [6, 2]; give it inputs with the same number of channels or features each time, or make a second network.",
    );
    expect((await f(zeros(3, 5))).shape).toEqual([3, 2]);
  });
});

describe("a gradient of something that does not depend on the parameter", () => {
  it("names the parameter", async () => {
    const [G, D] = [network("G2", (x: Tensor) => dense(x, 2)), network("D2", (x: Tensor) => dense(x, 1))];
    const message = await callMessage(
      (x) => {
        G(x);
        return minimize(sum(D(x)), G, adam({ lr: 0.1 }))[0]!;
      },
      1,
      5,
    );
    expect(message).toMatch(
      /^grad: the loss .*\[\]:float32 does not depend on the parameter G2\/dense_1\/weight; differentiate only with respect to what the loss uses, or pass \{ unused: "zero" \}\.$/,
    );
  });

  it("names a tensor by what made it, and a loss that is no number", async () => {
    const none = await callMessage((x) => grad(sum(square(x)), [x.mul(2)])[0], 2);
    expect(none).toContain("does not depend on a mul[2]:float32; differentiate");
    const list = await callMessage((x) => grad(x, [x])[0], 2);
    expect(list).toBe(
      "grad: the loss is float32[2], expected one float32 number; reduce it with mean() or sum().",
    );
  });
});

describe("an input of the wrong shape or type at call time", () => {
  const f = compile((x: { image: Tensor }) => x.image.mul(2), { runtime, name: "double" });
  const kinds =
    "expected a number or { data, shape } with a Float32Array (float32), Float64Array (float64), Int32Array (int32), BigInt64Array (int64) or Uint8Array (bool).";
  it.each<[string, unknown, string]>([
    ["text", "x", `double: argument 0.image is a string, ${kinds}`],
    ["nothing", null, `double: argument 0.image is null, ${kinds}`],
    [
      "int16",
      { data: new Int16Array(2), shape: [2] },
      `double: argument 0.image is data of type Int16Array, ${kinds}`,
    ],
    [
      "too few numbers",
      { data: new Float32Array(2), shape: [3] },
      "double: argument 0.image has 2 numbers, but its shape [3] asks for 3; give data and shape that agree.",
    ],
    [
      "a size below nought",
      { data: new Float32Array(2), shape: [-2, -1] },
      "double: argument 0.image has 2 numbers, but its shape [-2, -1] asks for 2; give data and shape that agree.",
    ],
  ])("%s", async (_, image, message) => {
    const given = { image } as unknown as { image: number };
    expect(await messageOf(() => f(given))).toBe(message);
  });

  it("a type that an operation does not take", async () => {
    const int = { data: Int32Array.of(1, 2), shape: [2] };
    const halve = compile((x: Tensor) => x.mul(0.5), { runtime });
    expect(await messageOf(() => halve(int))).toBe(
      'the number 0.5 was given to an operation on int32[2], expected a whole number; convert the tensor with cast(x, "float32").',
    );
    const root = compile((x: Tensor) => x.sqrt(), { runtime });
    expect(await messageOf(() => root(int))).toBe(
      'sqrt: got int32, expected float32; convert with cast(x, "float32").',
    );
    const more = compile((x: Tensor) => x.greater(0).add(x.less(2)), { runtime });
    expect(await messageOf(() => more(int))).toBe(
      'add: got bool, expected numbers; convert with cast(x, "float32").',
    );
    const bounded = compile((x: Tensor) => x.clip(0.5, 2), { runtime });
    expect(await messageOf(() => bounded(int))).toBe(
      'clip: got the bounds 0.5 and 2 for int32, expected whole numbers; convert with cast(x, "float32").',
    );
  });
});

describe("a traced function", () => {
  it("must not be async", async () => {
    expect(await callMessage(async (x) => x, 2)).toBe(
      "f: the traced function is async; it runs once on symbolic tensors and must return at once.",
    );
  });

  it("cannot do arithmetic in JavaScript, and tensors need a trace", async () => {
    expect(await callMessage((x) => x.mul((x as unknown as number) * 2), 2)).toBe(
      "input[2]:float32: a symbolic tensor has no value in JavaScript arithmetic; use its methods (x.add(y), x.greater(0)) instead.",
    );
    expect(await messageOf(() => normal([2]))).toBe(
      "normal was called outside a traced function; call it inside the function given to compile().",
    );
    expect(await messageOf(() => dense(ones([1, 2]), 3))).toContain("dense: called outside a network");
  });

  it("must say whether it trains where layers ask", async () => {
    const f = compile((x: Tensor) => network("B", (y: Tensor) => batchNorm(y))(x), { runtime });
    expect(await messageOf(() => f(zeros(4, 3)))).toBe(
      "batchNorm: it behaves differently in training and in use, and this function does not say which it is (in B/batchNorm_1); say compile(fn, { training: true }) or { training: false }.",
    );
  });

  it("that fails leaves its counter of random numbers and its state as they were", async () => {
    const own = createRuntime({ device: "cpu", seed: 3, threads: 1 });
    const count: Variable = {
      name: "count",
      shape: [],
      dtype: "float32",
      trainable: false,
      init: () => new Float32Array(1),
    };
    let broken = true;
    const f = compile(
      (x: Tensor) => {
        assign(count, read(count).add(1));
        if (broken) x.matmul(ones([9, 9]));
        return x.add(normal([2, 2]));
      },
      { runtime: own, name: "noise" },
    );
    await messageOf(() => f(zeros(2, 2)));
    expect(own.steps()).toEqual({ noise: 0 });
    expect(own.names()).toEqual([]);
    broken = false;
    const first = await f(zeros(2, 2));
    expect(own.steps()).toEqual({ noise: 1 });
    expect((await own.get("count")).data[0]).toBe(1);
    const other = createRuntime({ device: "cpu", seed: 3, threads: 1 });
    const g = compile((x: Tensor) => x.add(normal([2, 2])), { runtime: other, name: "noise" });
    expect((await g(zeros(2, 2))).data).toEqual(first.data);
    await Promise.all([own.dispose(), other.dispose()]);
  });
});

describe("a missing backend", () => {
  it("is named with the ones there are", async () => {
    const device = "tpu" as "cpu";
    expect(await messageOf(() => createRuntime({ device }))).toBe(
      'device "tpu" does not exist here; use one of cuda, webgpu, cpu, auto.',
    );
  });

  it("is named with the reason and a way on", async () => {
    const platform: Platform = {
      devices: ["cuda", "cpu"],
      fallbackDevice: "cpu",
      defaultThreads: () => 1,
      startEngine: () => Promise.reject(new Error("not reached")),
      inspect: async () => ({ missing: "there is no NVIDIA driver." }),
    };
    expect(await messageOf(() => chooseDevice("cuda", platform, { threads: 1, browser: undefined }))).toBe(
      'The device "cuda" does not work here: there is no NVIDIA driver. Use device "auto" or "cpu".',
    );
  });
});

describe("variables of the runtime", () => {
  it("that do not exist, or have another shape", async () => {
    const own = createRuntime({ device: "cpu", threads: 1 });
    expect(await messageOf(() => own.get("G/dense_1/weight"))).toBe(
      'get: there is no variable "G/dense_1/weight" in this runtime; it has none yet: parameters exist after the first call.',
    );
    await own.set("w", zeros(2));
    expect(await messageOf(() => own.set("w", zeros(3)))).toBe(
      'set: "w" is float32[2], got float32[3]; give a value of the same shape and type.',
    );
    await own.dispose();
  });
});
