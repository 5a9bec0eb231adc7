import { UserError } from "../errors.ts";
import { formatShape, normalizeAxis, type Shape, sameShape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { expand } from "./broadcast.ts";
import { cast } from "./cast.ts";
import { requireIndices, requireSameType, withSize } from "./check.ts";
import { equal } from "./compare.ts";
import { arange, zerosLike } from "./create.ts";
import { reshape, unsqueeze } from "./reshape.ts";

type AxisAttributes = { axis: number };

const gatherOp: Op<AxisAttributes> = {
  name: "gather",
  infer([x, indices], { axis }) {
    requireIndices("gather", indices!);
    return {
      shape: [...x!.shape.slice(0, axis), ...indices!.shape, ...x!.shape.slice(axis + 1)],
      dtype: x!.dtype,
    };
  },
  vjp({ g, inputs: [x, indices], attrs: { axis } }) {
    const shape = withSize(x!.shape, axis, indices!.size);
    const line = x!.shape.map((_, i) => (i === axis ? indices!.size : 1));
    const rows = expand(reshape(indices!, line), shape);
    return [scatterAdd(zerosLike(x!), rows, reshape(g, shape), axis), null];
  },
  onnx: (w, inputs, _, { axis }) => w.node("Gather", inputs, { axis }),
};

/**
 * The slices of `x` along `axis` that `indices` (int32 or int64, any shape) name, negative ones from the end:
 * NumPy's take, PyTorch's index_select. The axis is replaced by the axes of `indices`. Indices outside are an error
 * when the graph runs.
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return apply(gatherOp, [x, indices], { axis: normalizeAxis(axis, x.rank, "gather") });
}

/** The rows of `table` [count, …] that `indices` name: [...indices, …]. */
export function embedding(table: Tensor, indices: Tensor): Tensor {
  return gather(table, indices, 0);
}

const takeAlongAxisOp: Op<AxisAttributes> = {
  name: "takeAlongAxis",
  infer([x, indices], { axis }) {
    requireIndices("takeAlongAxis", indices!);
    requireSameOtherAxes("takeAlongAxis", x!.shape, indices!.shape, axis);
    return { shape: indices!.shape, dtype: x!.dtype };
  },
  vjp: ({ g, inputs: [x, indices], attrs: { axis } }) => [scatterAdd(zerosLike(x!), indices!, g, axis), null],
  onnx: (w, inputs, _, { axis }) => w.node("GatherElements", inputs, { axis }),
};

function requireSameOtherAxes(name: string, x: Shape, indices: Shape, axis: number): void {
  if (x.length !== indices.length || x.some((d, i) => i !== axis && d !== indices[i])) {
    throw new UserError(
      `${name}: the indices are ${formatShape(indices)} for a tensor ${formatShape(x)}, expected the same sizes except along axis ${axis}.`,
    );
  }
}

/**
 * y[…, i, …] = x[…, indices[…, i, …], …] along `axis`: NumPy's take_along_axis, PyTorch's gather. Other axes of `x` and
 * `indices` are equal or 1.
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank, "takeAlongAxis");
  if (x.rank !== indices.rank) requireSameOtherAxes("takeAlongAxis", x.shape, indices.shape, at);
  const grown = (from: Tensor, to: Tensor): Tensor =>
    expand(
      from,
      from.shape.map((d, i) => (i !== at && d === 1 ? to.shape[i]! : d)),
    );
  return apply(takeAlongAxisOp, [grown(x, indices), grown(indices, x)], { axis: at });
}

const scatterAddOp: Op<AxisAttributes> = {
  name: "scatterAdd",
  infer([x, indices, source], { axis }) {
    requireIndices("scatterAdd", indices!);
    requireSameType("scatterAdd", x!.dtype, source!.dtype);
    requireSameOtherAxes("scatterAdd", x!.shape, indices!.shape, axis);
    if (!sameShape(indices!.shape, source!.shape)) {
      throw new UserError(
        `scatterAdd: the source is ${formatShape(source!.shape)} and the indices are ${formatShape(indices!.shape)}, expected one shape.`,
      );
    }
    return { shape: x!.shape, dtype: x!.dtype };
  },
  vjp: ({ g, inputs: [, indices], attrs: { axis } }) => [g, null, takeAlongAxis(g, indices!, axis)],
  onnx: (w, inputs, _, { axis }) => w.node("ScatterElements", inputs, { axis, reduction: "add" }),
};

/**
 * `x` with every element of `source` added at the place along `axis` that `indices`, of the same shape, names; equal
 * indices add up. The adjoint of takeAlongAxis.
 */
export function scatterAdd(x: Tensor, indices: Tensor, source: Tensor, axis: number): Tensor {
  return apply(scatterAddOp, [x, indices, source], { axis: normalizeAxis(axis, x.rank, "scatterAdd") });
}

/** 1 at each index and 0 elsewhere, along a new axis of size `depth`: [...indices, depth]. Outside: all zeros. */
export function oneHot(indices: Tensor, depth: number, axis = -1): Tensor {
  requireIndices("oneHot", indices);
  const at = normalizeAxis(axis, indices.rank + 1, "oneHot");
  const classes = Array.from({ length: indices.rank + 1 }, (_, i) => (i === at ? depth : 1));
  const column = unsqueeze(cast(indices, "int32"), at);
  return cast(equal(column, reshape(arange(0, depth, 1, "int32"), classes)), "float32");
}
