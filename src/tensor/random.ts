/**
 * Random sources: inputs of the compiled graph that the runtime fills from a counter-based generator keyed by
 * (seed, function, step, source), so the same numbers come on every device and after a resume.
 */
import type { TensorLike } from "./constant.ts";
import type { DType } from "./dtype.ts";
import { UserError } from "./errors.ts";
import { argmax } from "./ops/arg-reduce.ts";
import { add, div, mul, sub } from "./ops/binary.ts";
import { cast } from "./ops/cast.ts";
import { less } from "./ops/compare.ts";
import { log, neg } from "./ops/unary.ts";
import type { Shape } from "./shape.ts";
import type { Op, Tensor } from "./tensor.ts";
import { apply, currentTrace } from "./trace.ts";

/** What the host fills in; everything else is computed from these inside the graph. */
export type RandomKind = "normal" | "uniform" | "randint" | "permutation";
export type RandomAttributes = {
  kind: RandomKind;
  shape: Shape;
  dtype: DType;
  source: number;
  low: number;
  high: number;
};

const randomOp: Op<RandomAttributes> = {
  name: "random",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  onnx(_, __, y) {
    throw new Error(`the random source ${y.attrs["source"]} was not bound to a graph input`);
  },
};

/** Makes the next random source of the trace. */
export function randomSource(kind: RandomKind, shape: Shape, dtype: DType, low = 0, high = 0): Tensor {
  const trace = currentTrace(kind);
  const source = trace.randoms.length;
  const x = apply(randomOp, [], { kind, shape, dtype, source, low, high });
  trace.randoms.push(x);
  return x;
}

export type NormalOptions = { mean?: TensorLike; std?: TensorLike };
/** Independent normals mean + std · ε of the given shape. */
export function normal(shape: Shape, { mean = 0, std = 1 }: NormalOptions = {}): Tensor {
  return affine(randomSource("normal", shape, "float32"), mean, std);
}

export type UniformOptions = { low?: TensorLike; high?: TensorLike };
/** Independent uniforms between low and high, both excluded. */
export function uniform(shape: Shape, { low = 0, high = 1 }: UniformOptions = {}): Tensor {
  const width = typeof low === "number" && typeof high === "number" ? high - low : sub(high, low);
  return affine(randomSource("uniform", shape, "float32"), low, width);
}

function affine(x: Tensor, shift: TensorLike, scale: TensorLike): Tensor {
  const scaled = scale === 1 ? x : mul(x, scale);
  return shift === 0 ? scaled : add(scaled, shift);
}

/** 1 with probability p, else 0, as float32; `shape` defaults to that of p. No derivative in p. */
export function bernoulli(p: TensorLike, shape?: Shape): Tensor {
  const size = shape ?? (typeof p === "number" ? [] : p.shape);
  return cast(less(randomSource("uniform", size, "float32"), p), "float32");
}

/** Independent standard Gumbels −log(−log u). */
export function gumbel(shape: Shape): Tensor {
  return neg(log(neg(log(randomSource("uniform", shape, "float32")))));
}

export type CategoricalOptions = {
  /** Shape of the draws taken for each distribution, put before the axes of the result. */
  shape?: Shape;
};
/**
 * Classes (int64) drawn with probabilities softmax(logits) along the last axis, by the Gumbel-max trick:
 * argmax(logits + gumbel) (Gumbel 1954).
 */
export function categorical(logits: Tensor, { shape = [] }: CategoricalOptions = {}): Tensor {
  return argmax(add(logits, gumbel([...shape, ...logits.shape])), -1);
}

/** Independent whole numbers (int32) from low, included, to high, excluded, all equally likely. */
export function randint(low: number, high: number, shape: Shape): Tensor {
  if (!Number.isInteger(low) || !Number.isInteger(high) || low >= high) {
    throw new UserError(`randint: got ${low} … ${high}, expected whole numbers with low below high.`);
  }
  return randomSource("randint", shape, "int32", low, high);
}

/** The numbers 0 … n − 1 (int32) in random order. */
export function permutation(n: number): Tensor {
  return randomSource("permutation", [n], "int32", 0, n);
}

/** Independent exponentials −log(u) / rate. */
export function exponential(shape: Shape, { rate = 1 }: { rate?: TensorLike } = {}): Tensor {
  return div(neg(log(randomSource("uniform", shape, "float32"))), rate);
}

export type LocationScale = { location?: TensorLike; scale?: TensorLike };
/** Independent Laplace numbers: the difference of two exponentials, which needs no care near 0. */
export function laplace(shape: Shape, { location = 0, scale = 1 }: LocationScale = {}): Tensor {
  return affine(sub(exponential(shape), exponential(shape)), location, scale);
}

/** Independent logistic numbers log(u / (1 − u)). */
export function logistic(shape: Shape, { location = 0, scale = 1 }: LocationScale = {}): Tensor {
  const u = randomSource("uniform", shape, "float32");
  return affine(sub(log(u), log(sub(1, u))), location, scale);
}
