import { type DType, isFloat, pack, type TypedArray } from "./dtype.ts";
import { UserError } from "./errors.ts";
import { formatShape, type Shape, sizeOf } from "./shape.ts";
import { type Op, Tensor } from "./tensor.ts";
import { apply } from "./trace.ts";

/** A tensor, or a number that becomes a scalar of the other operand's type. */
export type TensorLike = Tensor | number;

export type ConstantAttributes = { data: TypedArray; shape: Shape; dtype: DType };

/** Numbers that are known while tracing. */
export const constantOp: Op<ConstantAttributes> = {
  name: "constant",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  vjp: () => [],
  onnx: (w, _, __, { data, shape, dtype }) => w.constant(data, shape, dtype),
};

/**
 * Fixed numbers inside a graph. `values` is a number, a flat list, or a typed array; `shape` defaults to the list's
 * length (or a scalar) and `dtype` to float32 or the typed array's own.
 */
export function constant(
  values: number | readonly number[] | TypedArray,
  shape?: Shape,
  dtype?: DType,
): Tensor {
  const list = typeof values === "number" ? [values] : values;
  const own: DType =
    list instanceof Float64Array
      ? "float64"
      : list instanceof Int32Array
        ? "int32"
        : list instanceof BigInt64Array
          ? "int64"
          : list instanceof Uint8Array
            ? "bool"
            : "float32";
  const type = dtype ?? own;
  const dims = shape ?? (typeof values === "number" ? [] : [list.length]);
  if (sizeOf(dims) !== list.length) {
    throw new UserError(
      `constant: ${list.length} numbers do not fill the shape ${formatShape(dims)}, which holds ${sizeOf(dims)}; give as many numbers as the shape holds.`,
    );
  }
  const data =
    type === own && !Array.isArray(list) ? (list as TypedArray) : pack(type, Array.from(list, Number));
  return apply(constantOp, [], { data, shape: dims, dtype: type });
}

/** Turns a number into a scalar of the type of `like`. Throws where an integer type cannot hold it. */
export function asTensor(value: TensorLike, like?: Tensor): Tensor {
  if (value instanceof Tensor) return value;
  if (typeof value !== "number") {
    throw new UserError(
      `expected a tensor or a number, got ${typeof value}; wrap data with constant(values, shape).`,
    );
  }
  const dtype = like === undefined || like.dtype === "bool" ? "float32" : like.dtype;
  if (!isFloat(dtype) && !Number.isInteger(value)) {
    throw new UserError(
      `the number ${value} was given to an operation on ${dtype}${formatShape(like!.shape)}, expected a whole number; convert the tensor with cast(x, "float32").`,
    );
  }
  return constant(value, [], dtype);
}

/** The number of a scalar or one-element constant, or undefined for any other tensor. */
export function scalarValue(x: Tensor): number | undefined {
  if (x.op.name !== "constant" || x.size !== 1) return undefined;
  return Number((x.attrs as ConstantAttributes).data[0]);
}
