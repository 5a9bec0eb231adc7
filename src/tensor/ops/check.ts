import type { DType } from "../dtype.ts";
import { UserError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** One number for all spatial axes or one for each. */
export type PerAxis = number | Shape;

/** Spreads a setting over `n` spatial axes. Throws where it is no list of `n` whole numbers of at least `least`. */
export function perAxis(
  value: PerAxis | undefined,
  fallback: number,
  n: number,
  what: string,
  least: number,
): number[] {
  const list =
    typeof value === "number" || value === undefined ? Array(n).fill(value ?? fallback) : [...value];
  if (list.length !== n || list.some((v) => !Number.isInteger(v) || v < least)) {
    throw new UserError(
      `${what} is ${formatShape(list)}, expected ${n} whole numbers of at least ${least}, or one for all axes.`,
    );
  }
  return list;
}

/** Throws unless `x` is float32. */
export function requireFloat(name: string, x: Tensor): void {
  if (x.dtype !== "float32") {
    throw new UserError(`${name}: got ${x.dtype}, expected float32; convert with cast(x, "float32").`);
  }
}

/** Throws where `x` is bool. */
export function requireNumbers(name: string, x: Tensor): void {
  if (x.dtype === "bool") {
    throw new UserError(`${name}: got bool, expected numbers; convert with cast(x, "float32").`);
  }
}

/** Throws unless `indices` are int32 or int64. */
export function requireIndices(name: string, indices: Tensor): void {
  if (indices.dtype !== "int32" && indices.dtype !== "int64") {
    throw new UserError(
      `${name}: the indices are ${indices.dtype}, expected int32 or int64; convert with cast(indices, "int32").`,
    );
  }
}

/** Throws where two tensors that must have one type do not. */
export function requireSameType(name: string, a: DType, b: DType): void {
  if (a !== b) {
    throw new UserError(`${name}: got ${a} and ${b}, expected one type; convert one with cast(x, "${a}").`);
  }
}

/** Throws where a reduction along `axis` has nothing to reduce. */
export function requireNonEmpty(name: string, x: Tensor, axes: Shape): void {
  if (axes.some((axis) => x.shape[axis] === 0)) {
    throw new UserError(`${name}: an axis of ${formatShape(x.shape)} is empty; there is nothing to reduce.`);
  }
}

/** `shape` with the size of one axis replaced. */
export function withSize(shape: Shape, axis: number, size: number): number[] {
  return shape.map((d, i) => (i === axis ? size : d));
}
