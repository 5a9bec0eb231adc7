import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import {
  adaptiveInstanceNorm,
  batchNorm,
  causalConv1d,
  conditionalBatchNorm,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  dense,
  embedding,
  equalizedLearningRate,
  groupNorm,
  gru,
  gruCell,
  instanceNorm,
  layerNorm,
  lstm,
  lstmCell,
  maskedConv2d,
  minibatchDiscrimination,
  minibatchStdDev,
  multiHeadAttention,
  network,
  pixelNorm,
  rmsNorm,
  selfAttention,
  spectralNorm,
  styleNorm,
  weightNorm,
} from "../../src/nn/index.ts";
import { compile, createRuntime } from "../../src/runtime/index.ts";
import {
  add,
  concat,
  grad,
  inputTensor,
  mul,
  newTrace,
  sum,
  type Tensor,
  type Variable,
  withTrace,
} from "../../src/tensor/index.ts";

type Reference = { shape: number[]; data: number[]; dtype?: "int64" };
type Case = {
  name: string;
  training: boolean;
  inputs: Reference[];
  variables: Record<string, Reference>;
  states: Record<string, Reference>;
  y: Reference;
  c: number[];
  grads: number[][]; // for the float inputs, then the variables
  d: number[][];
  second: (number[] | null)[]; // … and then c; null: exactly zero
  after: Record<string, number[]>;
};
type Build = (...inputs: Tensor[]) => Tensor;

// Values and derivatives of PyTorch in float64 (layers.py).
const golden = JSON.parse(readFileSync(new URL("data/layers.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

const layers: Record<string, Build> = {
  dense: (x) => dense(x, 4),
  embedding: (i) => embedding(i, 4, 3),
  conv1d: (x) => conv1d(x, 4, { kernel: 3, dilation: 2, padding: 1 }),
  conv2d: (x) => conv2d(x, 6, { kernel: 3, stride: 2, padding: 1, groups: 2 }),
  conv3d: (x) => conv3d(x, 3, { kernel: 3, stride: 2, padding: 1 }),
  convTranspose1d: (x) =>
    convTranspose1d(x, 6, { kernel: 4, stride: 3, padding: 1, outputPadding: 1, groups: 2 }),
  convTranspose2d: (x) => convTranspose2d(x, 4, { kernel: 4, stride: 2, padding: 1 }),
  convTranspose3d: (x) => convTranspose3d(x, 3, { kernel: 4, stride: 2, padding: 1 }),
  causalConv1d: (x) => causalConv1d(x, 4, { kernel: 3, dilation: 2 }),
  "maskedConv2d A": (x) => maskedConv2d(x, 3, { mask: "A", kernel: 5 }),
  "maskedConv2d B": (x) => maskedConv2d(x, 3, { mask: "B", kernel: 3 }),
  "maskedConv2d A colours": (x) => maskedConv2d(x, 6, { mask: "A", kernel: 3, colors: 3 }),
  "maskedConv2d B colours": (x) => maskedConv2d(x, 3, { mask: "B", kernel: 3, colors: 3 }),
  "maskedConv2d above": (x) => maskedConv2d(x, 3, { mask: "above", kernel: 3 }),
  "batchNorm training": (x) => batchNorm(x),
  "batchNorm training vectors": (x) => batchNorm(x, { affine: false, momentum: 0.3 }),
  "batchNorm in use": (x) => batchNorm(x),
  layerNorm: (x) => layerNorm(x),
  "layerNorm two axes": (x) => layerNorm(x, { axes: 2 }),
  instanceNorm: (x) => instanceNorm(x, { affine: true }),
  groupNorm: (x) => groupNorm(x, 2),
  "groupNorm plain": (x) => groupNorm(x, 3, { affine: false }),
  rmsNorm: (x) => rmsNorm(x),
  pixelNorm: (x) => pixelNorm(x),
  conditionalBatchNorm: (x, e) => conditionalBatchNorm(x, e),
  "conditionalBatchNorm classes": (x, i) => conditionalBatchNorm(x, i, { classes: 5 }),
  adaptiveInstanceNorm: (x, style) => adaptiveInstanceNorm(x, style),
  styleNorm: (x, w) => styleNorm(x, w),
  "spectralNorm dense": (x) => dense(x, 4, { weights: spectralNorm }),
  "spectralNorm conv2d": (x) => conv2d(x, 4, { kernel: 3, weights: spectralNorm }),
  "spectralNorm convTranspose2d": (x) =>
    convTranspose2d(x, 4, { kernel: 2, stride: 2, weights: spectralNorm }),
  "spectralNorm in use": (x) => dense(x, 4, { weights: spectralNorm }),
  weightNorm: (x) => conv2d(x, 4, { kernel: 2, weights: weightNorm }),
  equalizedLearningRate: (x) => conv2d(x, 4, { kernel: 2, weights: equalizedLearningRate() }),
  lstmCell: (x, h, c) => {
    const next = lstmCell(x, 4, { h, c });
    return concat([next.h, next.c], 1);
  },
  gruCell: (x, h) => gruCell(x, 4, h),
  lstm: (x) => lstm(x, 4).output,
  "gru reversed": (x) => gru(x, 4, { reverse: true }).output,
  "multiHeadAttention causal": (x) => multiHeadAttention(x, { heads: 2, causal: true }),
  "multiHeadAttention across": (x, key) => multiHeadAttention(x, { heads: 2, key }),
  selfAttention: (x) => selfAttention(x, { reduction: 2 }),
  minibatchDiscrimination: (x) => minibatchDiscrimination(x, { features: 3, dims: 2 }),
  minibatchStdDev: (x) => minibatchStdDev(x),
};

const runtime = createRuntime({ device: "cpu", seed: 1 });
afterAll(() => runtime.dispose());

const length = (values: ArrayLike<number>): number => Math.hypot(...Array.from(values));
const given = ({ shape, data, dtype }: Reference) => ({
  shape,
  data: dtype === "int64" ? BigInt64Array.from(data, BigInt) : new Float32Array(data),
});

/**
 * ‖got − wanted‖ ≤ 1e-5 ‖wanted‖. A derivative that is exactly zero, as that of a key's bias in attention,
 * has no length of its own: it is held against the largest of its case.
 */
function expectClose(
  what: string,
  got: ArrayLike<number | bigint>,
  wanted: readonly number[],
  largest = 0,
): void {
  expect(got.length, what).toBe(wanted.length);
  const own = length(wanted);
  const error = length(wanted.map((w, i) => Number(got[i]) - w));
  expect(error / (own > 1e-12 * largest ? own : largest), what).toBeLessThanOrEqual(1e-5);
}

/**
 * A network of the one layer, its names known from a first trace, with the reference's numbers in its
 * variables.
 */
async function prepare(reference: Case, name: string) {
  const N = network(name, layers[reference.name]!);
  withTrace(newTrace(name, reference.training), () =>
    N(...reference.inputs.map(({ shape, dtype }) => inputTensor("x", shape, dtype ?? "float32"))),
  );
  const inLayer = (v: Variable): string => v.name.split("/").slice(2).join("/");
  expect(N.variables().map(inLayer)).toEqual(Object.keys(reference.variables));
  expect(N.states().map(inLayer)).toEqual(Object.keys(reference.states));
  const values = { ...reference.variables, ...reference.states };
  for (const v of [...N.variables(), ...N.states()]) await runtime.set(v.name, given(values[inLayer(v)]!));
  const after = N.states().map((v) => ({ name: v.name, wanted: reference.after[inLayer(v)]! }));
  return { N, after };
}

async function check(reference: Case, name: string): Promise<void> {
  const { N, after } = await prepare(reference, name);
  const f = compile(
    (xs: Tensor[], c: Tensor, ds: Tensor[]) => {
      const y = N(...xs);
      const wrt = [...xs.filter((x) => x.dtype === "float32"), ...N.parameters()];
      const grads = grad(sum(mul(y, c)), wrt);
      const inner = grads.map((g, i) => sum(mul(g, ds[i]!))).reduce((a, b) => add(a, b));
      return { y, grads, second: grad(inner, [...wrt, c], { unused: "zero" }) };
    },
    { runtime, name, training: reference.training },
  );
  const floats = [...reference.inputs.filter((x) => !x.dtype), ...Object.values(reference.variables)];
  const { y, grads, second } = await f(
    reference.inputs.map(given),
    given({ shape: reference.y.shape, data: reference.c }),
    reference.d.map((data, i) => given({ shape: floats[i]!.shape, data })),
  );
  expect(y.shape).toEqual(reference.y.shape);
  expectClose("y", y.data, reference.y.data);
  const compare = (what: string, got: typeof grads, wanted: (number[] | null)[]): void => {
    const largest = Math.max(...wanted.map((w) => length(w ?? [])));
    wanted.forEach((w, i) => {
      const { data } = got[i]!;
      expectClose(`${what} ${i}`, data, w ?? new Array<number>(data.length).fill(0), largest);
    });
  };
  compare("gradient", grads, reference.grads);
  compare("second derivative", second, reference.second);
  for (const { name: state, wanted } of after) expectClose(state, (await runtime.get(state)).data, wanted);
}

describe("layers agree with PyTorch: value, first and second derivatives, states", () => {
  test("every layer of the script is here", () => {
    expect(golden.cases.map((c) => c.name).sort()).toEqual(Object.keys(layers).sort());
  });
  test.each(golden.cases.map((c, i) => [c.name, c, i] as const))("%s", (_, reference, i) =>
    check(reference, `case${i}`),
  );
});
