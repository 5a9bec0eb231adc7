import { type DType, isFloat } from "../dtype.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";

const castOp: Op<{ dtype: DType }> = {
  name: "cast",
  infer: ([x], { dtype }) => ({ shape: x!.shape, dtype }),
  vjp: ({ g, inputs: [x], attrs }) => [isFloat(attrs.dtype) && isFloat(x!.dtype) ? cast(g, x!.dtype) : null],
  onnx: (w, [x], _, { dtype }) => w.node("Cast", [x!], { to: onnxType[dtype] }),
};

/** ONNX's numbers for element types (TensorProto.DataType). */
export const onnxType: { readonly [D in DType]: number } = {
  float32: 1,
  float64: 11,
  int32: 6,
  int64: 7,
  bool: 9,
};

/** `x` with elements of another type; not differentiable. Floats become integers by truncation. */
export function cast(x: Tensor, dtype: DType): Tensor {
  return x.dtype === dtype ? x : apply(castOp, [x], { dtype });
}
