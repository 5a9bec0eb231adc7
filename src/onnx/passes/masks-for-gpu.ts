/**
 * One element along an axis, and its adjoint, as a comparison with the numbers of the axis: ONNX Runtime has no scatter on the
 * GPU, so the plain form would go to the processor and back. Numbers are compared as floats, exact up to 2²⁴.
 */
import { add, arange, cast, equal, less, reshape, sum, type Tensor, where } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** takeAlongAxis and scatterAdd of a single index on each line; others stay. */
export const masksForGpu: Rule = (t) => {
  const axis = t.attrs["axis"] as number;
  if (t.op.name === "takeAlongAxis") {
    const [x, indices] = t.inputs as [Tensor, Tensor];
    if (indices.shape[axis] !== 1 || x.dtype !== "float32") return undefined;
    return reshape(sum(where(maskOf(indices, x.shape[axis]!, axis), x, 0), axis), t.shape);
  }
  if (t.op.name !== "scatterAdd") return undefined;
  const [x, indices, source] = t.inputs as [Tensor, Tensor, Tensor];
  if (indices.shape[axis] !== 1 || x.dtype !== "float32") return undefined;
  return add(x, where(maskOf(indices, x.shape[axis]!, axis), source, 0));
};

/** Where the index is: bool, with `count` in the place of the axis's one. Negative indices count from the end. */
function maskOf(indices: Tensor, count: number, axis: number): Tensor {
  const found = cast(indices, "float32");
  const numbers = reshape(
    arange(count),
    indices.shape.map((_, i) => (i === axis ? count : 1)),
  );
  return equal(where(less(found, 0), add(found, count), found), numbers);
}
