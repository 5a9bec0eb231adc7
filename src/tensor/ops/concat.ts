import { UserError } from "../errors.ts";
import { formatShape, normalizeAxis, type Shape, sameShape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { requireSameType, withSize } from "./check.ts";
import { reshape, unsqueeze } from "./reshape.ts";
import { narrow } from "./slice.ts";

const concatOp: Op<{ axis: number }> = {
  name: "concat",
  infer(inputs, { axis }) {
    const first = inputs[0]!;
    for (const x of inputs) {
      requireSameType("concat", first.dtype, x.dtype);
      if (x.rank !== first.rank || x.shape.some((d, i) => i !== axis && d !== first.shape[i])) {
        throw new UserError(
          `concat: got ${formatShape(first.shape)} and ${formatShape(x.shape)}, expected shapes that differ at most along axis ${axis}.`,
        );
      }
    }
    const size = inputs.reduce((n, x) => n + x.shape[axis]!, 0);
    return { shape: withSize(first.shape, axis, size), dtype: first.dtype };
  },
  vjp({ g, inputs, attrs: { axis } }) {
    let start = 0;
    return inputs.map((x) => {
      start += x.shape[axis]!;
      return narrow(g, axis, start - x.shape[axis]!, x.shape[axis]!);
    });
  },
  onnx: (w, inputs, _, { axis }) => w.node("Concat", inputs, { axis }),
};

/** Joins tensors along an axis that exists. */
export function concat(list: readonly Tensor[], axis = 0): Tensor {
  const first = list[0];
  if (!first) throw new UserError("concat: got no tensors, expected at least one.");
  const at = normalizeAxis(axis, first.rank, "concat");
  return list.length === 1 ? first : apply(concatOp, list, { axis: at });
}

/** Joins tensors of one shape along a new axis. */
export function stack(list: readonly Tensor[], axis = 0): Tensor {
  const first = list[0];
  if (!first) throw new UserError("stack: got no tensors, expected at least one.");
  const odd = list.find((x) => !sameShape(x.shape, first.shape));
  if (odd) {
    throw new UserError(
      `stack: got ${formatShape(first.shape)} and ${formatShape(odd.shape)}, expected tensors of one shape; concat() joins along an axis that exists.`,
    );
  }
  const at = normalizeAxis(axis, first.rank + 1, "stack");
  return concat(
    list.map((x) => unsqueeze(x, at)),
    at,
  );
}

/** Cuts an axis into `parts` equal pieces, or into pieces of the given sizes. */
export function split(x: Tensor, parts: number | Shape, axis = 0): Tensor[] {
  const at = normalizeAxis(axis, x.rank, "split");
  const total = x.shape[at]!;
  const sizes = typeof parts === "number" ? Array.from({ length: parts }, () => total / parts) : parts;
  const sum = sizes.reduce((n, s) => n + s, 0);
  if (sum !== total || sizes.some((s) => !Number.isInteger(s) || s < 0)) {
    throw new UserError(
      `split: axis ${at} of ${formatShape(x.shape)} does not cut into ${typeof parts === "number" ? `${parts} equal pieces` : `pieces of ${formatShape(parts)}`}; the sizes must be whole and add up to ${total}.`,
    );
  }
  let start = 0;
  return sizes.map((size) => {
    start += size;
    return narrow(x, at, start - size, size);
  });
}

/** The pieces of an axis, each without that axis; undoes `stack`. */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  const at = normalizeAxis(axis, x.rank, "unstack");
  const shape = x.shape.filter((_, i) => i !== at);
  return Array.from({ length: x.shape[at]! }, (_, i) => reshape(narrow(x, at, i, 1), shape));
}
