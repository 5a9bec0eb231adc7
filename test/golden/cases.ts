/**
 * Imago's operation for each golden case. The scripts in this folder made the cases' numbers with PyTorch; a case names
 * an operation of this table and its options, and every backend's suite runs the same table.
 */

import type { Shape, Tensor } from "../../src/index.ts";
import * as im from "../../src/index.ts";
import { normalize } from "../../src/nn/normalize.ts";

/** Numbers of a golden file; float32 where no type is named. */
export interface GoldenTensor {
  readonly shape: Shape;
  readonly data: readonly number[];
  readonly dtype?: "int64" | "bool";
}

/** One case. `c` weighs y; null stands for a gradient that is exactly zero. */
export interface GoldenCase {
  readonly op: string;
  readonly options: object;
  readonly inputs: readonly GoldenTensor[];
  readonly y: GoldenTensor;
  readonly c?: readonly number[];
  /** The gradient of ⟨y, c⟩ in each float input. */
  readonly grads?: readonly (readonly number[])[];
  /** With G = Σᵢ ⟨gradᵢ, dᵢ⟩: the directions, and the gradient of G in each float input and then in c. */
  readonly second?: {
    readonly d: readonly (readonly number[])[];
    readonly grads: readonly (readonly number[] | null)[];
  };
}

/** A golden file: cases by name, such as `conv/3`. */
export type GoldenFile = { readonly [name: string]: GoldenCase };

type Operation = (inputs: readonly Tensor[], options: object) => Tensor;

/** An operation of the table; the golden files are ours, so the options are of the type that it asks for. */
function of<O extends object>(fn: (options: O, ...inputs: Tensor[]) => Tensor): Operation {
  return (inputs, options) => fn(options as O, ...inputs);
}

const unary = (fn: (x: Tensor) => Tensor): Operation => of((_, x) => fn(x!));
const binary = (fn: (a: Tensor, b: Tensor) => Tensor): Operation => of((_, a, b) => fn(a!, b!));

type Axis = { axis: number };
type Reduced = { axes?: Shape; keepdims?: boolean };
const reduction = <O extends Reduced>(
  fn: (x: Tensor, axes: Shape | undefined, options: O) => Tensor,
): Operation => of<O>((options, x) => fn(x!, options.axes, options));
const alongAxis = (fn: (x: Tensor, axis: number) => Tensor): Operation =>
  of<Axis>(({ axis }, x) => fn(x!, axis));

const elementwise: Record<string, Operation> = {
  neg: unary(im.neg),
  abs: unary(im.abs),
  exp: unary(im.exp),
  expm1: unary(im.expm1),
  log: unary(im.log),
  log1p: unary(im.log1p),
  sqrt: unary(im.sqrt),
  rsqrt: unary(im.rsqrt),
  square: unary(im.square),
  reciprocal: unary(im.reciprocal),
  sin: unary(im.sin),
  cos: unary(im.cos),
  tan: unary(im.tan),
  atan: unary(im.atan),
  tanh: unary(im.tanh),
  sigmoid: unary(im.sigmoid),
  logSigmoid: unary(im.logSigmoid),
  softplus: unary(im.softplus),
  relu: unary(im.relu),
  leakyRelu: of<{ slope: number }>(({ slope }, x) => im.leakyRelu(x!, slope)),
  prelu: binary(im.prelu),
  elu: of<{ alpha?: number }>(({ alpha }, x) => im.elu(x!, alpha)),
  selu: unary(im.selu),
  gelu: unary(im.gelu),
  silu: unary(im.silu),
  erf: unary(im.erf),
  clip: of<{ low: number; high: number }>(({ low, high }, x) => im.clip(x!, low, high)),
  add: binary(im.add),
  sub: binary(im.sub),
  mul: binary(im.mul),
  div: binary(im.div),
  pow: binary(im.pow),
  powScalar: of<{ exponent: number }>(({ exponent }, x) => im.pow(x!, exponent)),
  maximum: binary(im.maximum),
  minimum: binary(im.minimum),
  where: of((_, condition, a, b) => im.where(condition!, a!, b!)),
};

const reductions: Record<string, Operation> = {
  sum: reduction(im.sum),
  mean: reduction(im.mean),
  max: reduction(im.max),
  min: reduction(im.min),
  prod: reduction(im.prod),
  variance: reduction(im.variance),
  std: reduction(im.std),
  logsumexp: reduction(im.logsumexp),
  norm: reduction(im.norm),
  cumsum: of<Axis & im.CumulativeOptions>(({ axis, ...options }, x) => im.cumsum(x!, axis, options)),
  cumprod: alongAxis(im.cumprod),
  softmax: alongAxis(im.softmax),
  logSoftmax: alongAxis(im.logSoftmax),
};

const linearAlgebra: Record<string, Operation> = {
  matmul: binary(im.matmul),
  dense: of((_, x, w, b) => im.add(im.matmul(x!, w!), b!)),
  einsum: of<{ equation: string }>(({ equation }, ...xs) => im.einsum(equation, ...xs)),
  outer: binary(im.outer),
  diagonal: of<{ offset: number }>(({ offset }, x) => im.diagonal(x!, offset)),
  trace: unary(im.trace),
};

const images: Record<string, Operation> = {
  conv: of<im.ConvOptions>((options, x, w) => im.conv(x!, w!, options)),
  convTranspose: of<im.ConvTransposeOptions>((options, x, w) => im.convTranspose(x!, w!, options)),
  maxPool: of<im.PoolOptions>((options, x) => im.maxPool(x!, options)),
  avgPool: of<im.PoolOptions>((options, x) => im.avgPool(x!, options)),
  globalAvgPool: unary(im.globalAvgPool),
  globalMaxPool: unary(im.globalMaxPool),
  resizeNearest: of<im.ResizeOptions>((options, x) => im.resize(x!, { ...options, mode: "nearest" })),
  resizeBilinear: of<im.ResizeOptions>((options, x) => im.resize(x!, { ...options, mode: "bilinear" })),
  pad: of<im.PadOptions & { pads: [number, number][] }>(({ pads, ...options }, x) =>
    im.pad(x!, pads, options),
  ),
  pixelShuffle: of<{ factor: number }>(({ factor }, x) => im.pixelShuffle(x!, factor)),
  pixelUnshuffle: of<{ factor: number }>(({ factor }, x) => im.pixelUnshuffle(x!, factor)),
  gridSample: of<im.GridSampleOptions>((options, x, grid) => im.gridSample(x!, grid!, options)),
};

const shapes: Record<string, Operation> = {
  reshape: of<{ shape: Shape }>(({ shape }, x) => im.reshape(x!, shape)),
  transpose: of<{ a: number; b: number }>(({ a, b }, x) => im.transpose(x!, a, b)),
  permute: of<{ perm: Shape }>(({ perm }, x) => im.permute(x!, perm)),
  squeeze: of<{ axes: Shape }>(({ axes }, x) => im.squeeze(x!, axes)),
  unsqueeze: alongAxis(im.unsqueeze),
  expand: of<{ shape: Shape }>(({ shape }, x) => im.expand(x!, shape)),
  tile: of<{ counts: Shape }>(({ counts }, x) => im.tile(x!, counts)),
  repeat: of<Axis & { count: number }>(({ count, axis }, x) => im.repeat(x!, count, axis)),
  concat: of<Axis>(({ axis }, ...xs) => im.concat(xs, axis)),
  stack: of<Axis>(({ axis }, ...xs) => im.stack(xs, axis)),
  split: of<Axis & { parts: number | Shape; take: number }>(
    ({ parts, axis, take }, x) => im.split(x!, parts, axis)[take]!,
  ),
  slice: of<{ ranges: im.Range[] }>(({ ranges }, x) => im.slice(x!, ranges)),
  flip: of<{ axes: Shape }>(({ axes }, x) => im.flip(x!, axes)),
  roll: of<{ shift: Shape; axes: Shape }>(({ shift, axes }, x) => im.roll(x!, shift, axes)),
  tril: of<{ k: number }>(({ k }, x) => im.tril(x!, k)),
  triu: of<{ k: number }>(({ k }, x) => im.triu(x!, k)),
};

const indexing: Record<string, Operation> = {
  gather: of<Axis>(({ axis }, x, indices) => im.gather(x!, indices!, axis)),
  takeAlongAxis: of<Axis>(({ axis }, x, indices) => im.takeAlongAxis(x!, indices!, axis)),
  scatterAdd: of<Axis>(({ axis }, x, indices, source) => im.scatterAdd(x!, indices!, source!, axis)),
  embedding: binary(im.embedding),
};

const eps = 1e-5;

/** γ or β of shape [C], for x [N, C, …]. */
function perChannel(p: Tensor, rank: number): Tensor {
  return im.reshape(p, [p.size, ...Array<number>(rank - 2).fill(1)]);
}

function groupNorm(x: Tensor, groups: number, scale: Tensor, shift: Tensor): Tensor {
  const grouped = im.reshape(x, [x.shape[0]!, groups, x.size / (x.shape[0]! * groups)]);
  const y = im.reshape(normalize(grouped, -1, { eps }).y, x.shape);
  return im.add(im.mul(y, perChannel(scale, x.rank)), perChannel(shift, x.rank));
}

function rms(x: Tensor, axis: number): Tensor {
  return im.mul(x, im.rsqrt(im.add(im.mean(im.square(x), axis, { keepdims: true }), eps)));
}

const spatial = (x: Tensor, from: number): number[] =>
  Array.from({ length: x.rank - from }, (_, i) => i + from);

const normalisation: Record<string, Operation> = {
  batchNorm: of((_, x, w, b) => {
    const [scale, shift] = [perChannel(w!, x!.rank), perChannel(b!, x!.rank)];
    return normalize(x!, [0, ...spatial(x!, 2)], { eps, scale, shift }).y;
  }),
  layerNorm: of<{ axes: Shape }>(({ axes }, x, scale, shift) => normalize(x!, axes, { eps, scale, shift }).y),
  instanceNorm: unary((x) => normalize(x, spatial(x, 2), { eps }).y),
  groupNorm: of<{ groups: number }>(({ groups }, x, scale, shift) => groupNorm(x!, groups, scale!, shift!)),
  rmsNorm: binary((x, scale) => im.mul(rms(x, -1), scale)),
  pixelNorm: unary((x) => rms(x, 1)),
};

const values: Record<string, Operation> = {
  floor: unary(im.floor),
  ceil: unary(im.ceil),
  round: unary(im.round),
  sign: unary(im.sign),
  equal: binary(im.equal),
  notEqual: binary(im.notEqual),
  less: binary(im.less),
  lessEqual: binary(im.lessEqual),
  greater: binary(im.greater),
  greaterEqual: binary(im.greaterEqual),
  logicalAnd: binary(im.logicalAnd),
  logicalOr: binary(im.logicalOr),
  logicalXor: binary(im.logicalXor),
  logicalNot: unary(im.logicalNot),
  argmax: alongAxis(im.argmax),
  argmin: alongAxis(im.argmin),
  any: alongAxis(im.any),
  all: alongAxis(im.all),
  oneHot: of<{ depth: number }>(({ depth }, indices) => im.oneHot(indices!, depth)),
};

/** Names of the golden files, and the operations of each. */
export const families: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  elementwise,
  reductions,
  "linear-algebra": linearAlgebra,
  convolution: images,
  images,
  shapes,
  indexing,
  normalisation,
  values,
};

/** The function of tensors that a case of a family is about. */
export function operationOf(
  family: string,
  { op, options }: GoldenCase,
): (inputs: readonly Tensor[]) => Tensor {
  const operation = families[family]?.[op];
  if (!operation) throw new Error(`no operation ${op} in the golden family ${family}`);
  return (inputs) => operation(inputs, options);
}
