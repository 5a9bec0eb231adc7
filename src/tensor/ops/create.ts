import { constant } from "../constant.ts";
import type { DType } from "../dtype.ts";
import { UserError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expand } from "./broadcast.ts";

/** `value` everywhere. */
export function full(shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  return expand(constant(value, [], dtype), shape);
}

/** Zeros. */
export const zeros = (shape: Shape, dtype: DType = "float32"): Tensor => full(shape, 0, dtype);
/** Ones. */
export const ones = (shape: Shape, dtype: DType = "float32"): Tensor => full(shape, 1, dtype);
/** Zeros of the shape and type of `x`. */
export const zerosLike = (x: Tensor): Tensor => zeros(x.shape, x.dtype);
/** Ones of the shape and type of `x`. */
export const onesLike = (x: Tensor): Tensor => ones(x.shape, x.dtype);

/** 0, 1, … (`arange(n)`), or start, start + step, … below stop. */
export function arange(start: number, stop?: number, step = 1, dtype: DType = "float32"): Tensor {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (!Number.isFinite(from) || !Number.isFinite(to) || !Number.isFinite(step) || step === 0) {
    throw new UserError(
      `arange: got ${from} … ${to} in steps of ${step}, expected finite numbers and a step other than 0.`,
    );
  }
  const length = Math.max(0, Math.ceil((to - from) / step));
  return constant(
    Array.from({ length }, (_, i) => from + i * step),
    [length],
    dtype,
  );
}

/** `count` numbers from start to stop, both included, at equal distances. */
export function linspace(start: number, stop: number, count: number): Tensor {
  if (!Number.isInteger(count) || count < 0) {
    throw new UserError(`linspace: the count is ${count}, expected a whole number of at least 0.`);
  }
  const gap = count > 1 ? (stop - start) / (count - 1) : 0;
  return constant(Array.from({ length: count }, (_, i) => start + i * gap));
}

/** The identity matrix [n, m], or ones on the k-th diagonal. */
export function eye(n: number, m: number = n, k = 0, dtype: DType = "float32"): Tensor {
  return constant(
    matrix(n, m, (i, j) => j - i === k),
    [n, m],
    dtype,
  );
}

/** The mask [n, m] with 1 on and below the k-th diagonal and 0 above. */
export function tri(n: number, m: number = n, k = 0, dtype: DType = "float32"): Tensor {
  return constant(
    matrix(n, m, (i, j) => j - i <= k),
    [n, m],
    dtype,
  );
}

function matrix(n: number, m: number, one: (i: number, j: number) => boolean): number[] {
  return Array.from({ length: n * m }, (_, at) => (one(Math.floor(at / m), at % m) ? 1 : 0));
}
