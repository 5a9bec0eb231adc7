import { constant, matmul, reshape, type Shape, sizeOf } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** With fewer rows than this the reduction itself is as fast. */
const leastRows = 32;

/**
 * A sum or mean over the leading axes is a product with a row of ones (or of 1/n): on the CPU a quarter of the time of
 * ReduceSum when the channels are last.
 */
export const columnSums: Rule = (t) => {
  if ((t.op.name !== "sum" && t.op.name !== "mean") || t.dtype !== "float32") return undefined;
  const x = t.inputs[0]!;
  const axes = t.attrs["axes"] as Shape;
  const leading = axes.every((axis, i) => axis === i) && axes.length < x.rank;
  const rows = sizeOf(axes.map((axis) => x.shape[axis]!));
  const columns = x.size / rows;
  if (!leading || rows < leastRows || columns < 2) return undefined;
  const weights = constant(new Float32Array(rows).fill(t.op.name === "mean" ? 1 / rows : 1), [1, rows]);
  return reshape(matmul(weights, reshape(x, [rows, columns])), t.shape);
};
