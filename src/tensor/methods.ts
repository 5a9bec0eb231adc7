/**
 * The operations as methods of tensors: `x.mul(2).sum()` is `sum(mul(x, 2))`. Importing this file attaches them; each
 * method is the function of its name with the tensor as the first argument, and documented there.
 */
import type { TensorLike } from "./constant.ts";
import type { DType } from "./dtype.ts";
import * as activations from "./ops/activations.ts";
import { all, any, argmax, argmin } from "./ops/arg-reduce.ts";
import { add, div, maximum, minimum, mul, pow, sub } from "./ops/binary.ts";
import { expand } from "./ops/broadcast.ts";
import { cast } from "./ops/cast.ts";
import { clip } from "./ops/clip.ts";
import * as compare from "./ops/compare.ts";
import { split, unstack } from "./ops/concat.ts";
import { type CumulativeOptions, cumprod, cumsum } from "./ops/cumulative.ts";
import { type DiagonalOptions, diagonal, dot, outer, trace, tril, triu } from "./ops/diagonal.ts";
import { gather, oneHot, scatterAdd, takeAlongAxis } from "./ops/gather.ts";
import { matmul } from "./ops/matmul.ts";
import { type PadOptions, pad } from "./ops/pad.ts";
import { permute, transpose } from "./ops/permute.ts";
import { prod } from "./ops/prod.ts";
import { max, mean, min, type ReduceOptions, sum } from "./ops/reduce.ts";
import { repeat, roll, tile } from "./ops/repeat.ts";
import { flatten, reshape, squeeze, unsqueeze } from "./ops/reshape.ts";
import { flip, narrow, type Range, slice } from "./ops/slice.ts";
import { logSoftmax, softmax } from "./ops/softmax.ts";
import { logsumexp, type NormOptions, norm, std, type VarianceOptions, variance } from "./ops/statistics.ts";
import { stopGradient } from "./ops/stop-gradient.ts";
import * as unary from "./ops/unary.ts";
import type { Shape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

type Axes = number | Shape;
type Elementwise = () => Tensor;
type Binary = (b: TensorLike) => Tensor;
type Reduction = (axes?: Axes, options?: ReduceOptions) => Tensor;
type Position = (axis?: number, options?: ReduceOptions) => Tensor;

/** The methods of a tensor besides those of the class. */
export interface TensorMethods {
  add: Binary;
  sub: Binary;
  mul: Binary;
  div: Binary;
  pow: Binary;
  maximum: Binary;
  minimum: Binary;
  equal: Binary;
  notEqual: Binary;
  less: Binary;
  lessEqual: Binary;
  greater: Binary;
  greaterEqual: Binary;
  logicalAnd(b: Tensor): Tensor;
  logicalOr(b: Tensor): Tensor;
  logicalXor(b: Tensor): Tensor;
  logicalNot: Elementwise;

  neg: Elementwise;
  abs: Elementwise;
  sign: Elementwise;
  step: Elementwise;
  exp: Elementwise;
  expm1: Elementwise;
  log: Elementwise;
  log1p: Elementwise;
  sqrt: Elementwise;
  rsqrt: Elementwise;
  square: Elementwise;
  reciprocal: Elementwise;
  sin: Elementwise;
  cos: Elementwise;
  tan: Elementwise;
  atan: Elementwise;
  tanh: Elementwise;
  erf: Elementwise;
  floor: Elementwise;
  ceil: Elementwise;
  round: Elementwise;
  clip(low: number, high: number): Tensor;

  sigmoid: Elementwise;
  logSigmoid: Elementwise;
  softplus: Elementwise;
  relu: Elementwise;
  leakyRelu(slope?: number): Tensor;
  prelu(slope: Tensor): Tensor;
  elu(alpha?: number): Tensor;
  selu: Elementwise;
  gelu: Elementwise;
  silu: Elementwise;
  softmax(axis?: number): Tensor;
  logSoftmax(axis?: number): Tensor;

  sum: Reduction;
  mean: Reduction;
  max: Reduction;
  min: Reduction;
  prod: Reduction;
  any: Reduction;
  all: Reduction;
  logsumexp: Reduction;
  variance(axes?: Axes, options?: VarianceOptions): Tensor;
  std(axes?: Axes, options?: VarianceOptions): Tensor;
  norm(axes?: Axes, options?: NormOptions): Tensor;
  argmax: Position;
  argmin: Position;
  cumsum(axis: number, options?: CumulativeOptions): Tensor;
  cumprod(axis: number, options?: CumulativeOptions): Tensor;

  matmul(b: Tensor): Tensor;
  outer(b: Tensor): Tensor;
  dot(b: Tensor): Tensor;
  diagonal(offset?: number, options?: DiagonalOptions): Tensor;
  trace: Elementwise;
  tril(k?: number): Tensor;
  triu(k?: number): Tensor;

  reshape(shape: Shape): Tensor;
  flatten(start?: number): Tensor;
  squeeze(axes?: Axes): Tensor;
  unsqueeze(axis: number): Tensor;
  expand(shape: Shape): Tensor;
  permute(perm: Shape): Tensor;
  transpose(a?: number, b?: number): Tensor;
  slice(ranges: readonly Range[]): Tensor;
  narrow(axis: number, start: number, length: number): Tensor;
  split(parts: number | Shape, axis?: number): Tensor[];
  unstack(axis?: number): Tensor[];
  pad(pads: readonly (readonly [number, number])[], options?: PadOptions): Tensor;
  tile(counts: Shape): Tensor;
  repeat(count: number, axis: number): Tensor;
  flip(axes?: Axes): Tensor;
  roll(shift: number | Shape, axes?: Axes): Tensor;

  gather(indices: Tensor, axis?: number): Tensor;
  takeAlongAxis(indices: Tensor, axis: number): Tensor;
  scatterAdd(indices: Tensor, source: Tensor, axis: number): Tensor;
  oneHot(depth: number, axis?: number): Tensor;
  cast(dtype: DType): Tensor;
  stopGradient: Elementwise;
}

declare module "./tensor.ts" {
  interface Tensor extends TensorMethods {}
}

/** The function behind each method: the compiler checks that there is one, that it fits, and that none is left over. */
type Functions = {
  [K in keyof TensorMethods]: (
    x: Tensor,
    ...rest: Parameters<TensorMethods[K]>
  ) => ReturnType<TensorMethods[K]>;
};

const { leakyRelu, prelu, elu, selu, gelu, silu, logSigmoid } = activations;
const { equal, notEqual, less, lessEqual, greater, greaterEqual } = compare;
const { logicalAnd, logicalOr, logicalXor, logicalNot } = compare;
const { neg, abs, sign, step, exp, expm1, log, log1p, sqrt, rsqrt, square, reciprocal } = unary;
const { sin, cos, tan, atan, tanh, erf, floor, ceil, round, sigmoid, softplus, relu } = unary;

const functions = {
  ...{ add, sub, mul, div, pow, maximum, minimum, equal, notEqual, less, lessEqual, greater, greaterEqual },
  ...{ logicalAnd, logicalOr, logicalXor, logicalNot },
  ...{ neg, abs, sign, step, exp, expm1, log, log1p, sqrt, rsqrt, square, reciprocal },
  ...{ sin, cos, tan, atan, tanh, erf, floor, ceil, round, clip },
  ...{ sigmoid, logSigmoid, softplus, relu, leakyRelu, prelu, elu, selu, gelu, silu, softmax, logSoftmax },
  ...{ sum, mean, max, min, prod, any, all, logsumexp, variance, std, norm, argmax, argmin, cumsum, cumprod },
  ...{ matmul, outer, dot, diagonal, trace, tril, triu },
  ...{ reshape, flatten, squeeze, unsqueeze, expand, permute, transpose, slice, narrow, split, unstack },
  ...{ pad, tile, repeat, flip, roll, gather, takeAlongAxis, scatterAdd, oneHot, cast, stopGradient },
};

type Surplus = Exclude<keyof typeof functions, keyof TensorMethods>;
const checked: Functions & { [K in Surplus]: never } = functions;

for (const [name, f] of Object.entries<(x: Tensor, ...rest: never[]) => unknown>(checked)) {
  Object.defineProperty(Tensor.prototype, name, {
    configurable: true,
    writable: true,
    value(this: Tensor, ...rest: never[]) {
      return f(this, ...rest);
    },
  });
}
