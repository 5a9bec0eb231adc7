/** Reductions whose result is a position or a truth: none has a derivative. */
import { UserError } from "../errors.ts";
import { normalizeAxis, type Shape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { cast } from "./cast.ts";
import { requireNonEmpty, requireNumbers, withSize } from "./check.ts";
import { greater, logicalNot } from "./compare.ts";
import { type ReduceOptions, sum } from "./reduce.ts";
import { flatten, reshape } from "./reshape.ts";

function argOp(name: string, onnx: string): Op<{ axis: number }> {
  return {
    name,
    infer: ([x], { axis }) => ({ shape: withSize(x!.shape, axis, 1), dtype: "int64" }),
    onnx: (w, [x], _, { axis }) => w.node(onnx, [x!], { axis, keepdims: 1 }),
  };
}
const argmaxOp = argOp("argmax", "ArgMax");
const argminOp = argOp("argmin", "ArgMin");

function position(op: Op<{ axis: number }>, x: Tensor, axis?: number, options: ReduceOptions = {}): Tensor {
  requireNumbers(op.name, x);
  if (axis === undefined)
    return reshape(position(op, flatten(x, 0), 0), options.keepdims ? x.shape.map(() => 1) : []);
  const at = normalizeAxis(axis, x.rank, op.name);
  requireNonEmpty(op.name, x, [at]);
  const y = apply(op, [x], { axis: at });
  return options.keepdims
    ? y
    : reshape(
        y,
        x.shape.filter((_, i) => i !== at),
      );
}

/** Position (int64) of the largest element along `axis`, the first of equals; without an axis in the flat list. */
export const argmax = (x: Tensor, axis?: number, options?: ReduceOptions): Tensor =>
  position(argmaxOp, x, axis, options);
/** Position (int64) of the smallest element along `axis`, the first of equals; without an axis in the flat list. */
export const argmin = (x: Tensor, axis?: number, options?: ReduceOptions): Tensor =>
  position(argminOp, x, axis, options);

/** Whether any element over `axes` (default: all) is true. */
export function any(x: Tensor, axes?: number | Shape, options: ReduceOptions = {}): Tensor {
  if (x.dtype !== "bool") {
    throw new UserError(`any: got ${x.dtype}, expected bool; compare first, for example x.greater(0).`);
  }
  return greater(sum(cast(x, "int32"), axes, options), 0);
}

/** Whether all elements over `axes` (default: all) are true. */
export function all(x: Tensor, axes?: number | Shape, options: ReduceOptions = {}): Tensor {
  if (x.dtype !== "bool") {
    throw new UserError(`all: got ${x.dtype}, expected bool; compare first, for example x.greater(0).`);
  }
  return logicalNot(any(logicalNot(x), axes, options));
}
