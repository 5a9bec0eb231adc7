import { UserError } from "../errors.ts";
import { formatShape, normalizeAxes, type Shape, sizeOf } from "../shape.ts";
import type { Call, Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { div, mul } from "./binary.ts";
import { expand } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { equal } from "./compare.ts";
import { reshape } from "./reshape.ts";

type Axes = number | Shape;
export type ReduceOptions = { keepdims?: boolean };
type ReduceAttributes = { axes: Shape };
type Vjp = (call: Call<ReduceAttributes>) => readonly (Tensor | null)[];

/** The shape with the reduced axes kept at size 1. The primitive always keeps them; `reduce` drops them by a reshape. */
function keptShape(shape: Shape, axes: Shape): number[] {
  return shape.map((d, i) => (axes.includes(i) ? 1 : d));
}

function reduction(
  name: string,
  onnx: string,
  vjp: Vjp,
): (x: Tensor, axes?: Axes, options?: ReduceOptions) => Tensor {
  const op: Op<ReduceAttributes> = {
    name,
    infer: ([x], { axes }) => ({ shape: keptShape(x!.shape, axes), dtype: x!.dtype }),
    vjp,
    onnx: (w, [x], _, { axes }) =>
      name === "sum" // the only one whose axes are an input before opset 18
        ? w.node(onnx, [x!, w.constantInts(axes)], { keepdims: 1 })
        : w.node(onnx, [x!], { axes, keepdims: 1 }),
  };
  return (x, axes, options) => {
    const list = normalizeAxes(axes, x.rank, name);
    if (x.dtype === "bool") {
      throw new UserError(`${name}: got bool, expected numbers; convert with cast(x, "float32").`);
    }
    const empty = name !== "sum" && list.some((axis) => x.shape[axis] === 0);
    if (empty)
      throw new UserError(
        `${name}: an axis of ${formatShape(x.shape)} is empty; there is nothing to reduce.`,
      );
    const y = list.length === 0 ? x : apply(op, [x], { axes: list });
    return options?.keepdims
      ? y
      : reshape(
          y,
          x.shape.filter((_, i) => !list.includes(i)),
        );
  };
}

/** Equal shares of the derivative for all elements that attain the extremum, as in PyTorch's amax. */
const extremumVjp: Vjp = ({ g, y, inputs: [x], attrs: { axes } }) => {
  const hits = cast(equal(x!, y), "float32");
  return [mul(hits, div(g, sum(hits, axes, { keepdims: true })))];
};

/** Σ over `axes` (default: all). */
export const sum = reduction("sum", "ReduceSum", ({ g, inputs: [x] }) => [expand(g, x!.shape)]);
/** Arithmetic mean over `axes` (default: all). */
export const mean = reduction("mean", "ReduceMean", ({ g, y, inputs: [x] }) => [
  expand(mul(g, y.size / x!.size), x!.shape),
]);
/** Largest element over `axes`; ties share the derivative equally. */
export const max = reduction("max", "ReduceMax", extremumVjp);
/** Smallest element over `axes`; ties share the derivative equally. */
export const min = reduction("min", "ReduceMin", extremumVjp);

/** Number of elements that a reduction over `axes` joins into one. */
export function reducedCount(x: Tensor, axes?: Axes): number {
  return sizeOf(normalizeAxes(axes, x.rank, "mean").map((axis) => x.shape[axis]!));
}
