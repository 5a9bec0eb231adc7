import {
  type DType,
  dtypeOf,
  formatShape,
  type Shape,
  sizeOf,
  type Tensor,
  type TypedArray,
  UserError,
} from "../tensor/index.ts";

/** Numbers with a shape: what goes into and comes out of a compiled function. Float32Array is float32, Float64Array float64 (on CPUs only), Int32Array int32, BigInt64Array int64, Uint8Array bool. */
export interface Value {
  readonly data: TypedArray;
  readonly shape: Shape;
}

/** What may be given where a tensor is expected: numbers with a shape, or one number (a float32 scalar). */
export type ValueLike = Value | number;

/** `T` with every Tensor replaced by `V`: the numbers that belong to a structure of tensors. */
export type Replace<T, V> = T extends Tensor
  ? V
  : T extends readonly [unknown, ...unknown[]] | readonly unknown[]
    ? { [K in keyof T]: Replace<T[K], V> }
    : T extends object
      ? { [K in keyof T]: Replace<T[K], V> }
      : T;

/** Checks one value that the caller gave; `where` names it in the message ("argument 1", "argument 0.x"). */
export function checkValue(value: unknown, where: string, fn: string): Value & { dtype: DType } {
  if (typeof value === "number") return { data: new Float32Array([value]), shape: [], dtype: "float32" };
  const { data, shape } = (typeof value === "object" && value !== null ? value : {}) as Partial<Value>;
  const dtype = dtypeOf(data);
  if (!data || !Array.isArray(shape) || !dtype) {
    const got = data !== undefined && !dtype ? `data of type ${nameOf(data)}` : nameOf(value);
    throw new UserError(
      `${fn}: ${where} is ${got}, expected a number or { data, shape } with a Float32Array (float32), Float64Array (float64), Int32Array (int32), BigInt64Array (int64) or Uint8Array (bool).`,
    );
  }
  if (!shape.every((d) => Number.isInteger(d) && d >= 0) || sizeOf(shape) !== data.length) {
    throw new UserError(
      `${fn}: ${where} has ${data.length} numbers, but its shape ${formatShape(shape)} asks for ${sizeOf(shape)}; give data and shape that agree.`,
    );
  }
  return { data, shape, dtype };
}

function nameOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return typeof value === "object" ? (value.constructor?.name ?? "an object") : `a ${typeof value}`;
}
