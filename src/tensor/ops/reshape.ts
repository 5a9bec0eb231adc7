import { UserError } from "../errors.ts";
import { formatShape, normalizeAxes, normalizeAxis, type Shape, sameShape, sizeOf } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";

const reshapeOp: Op<{ shape: Shape }> = {
  name: "reshape",
  infer([x], { shape }) {
    if (sizeOf(shape) !== x!.size) {
      throw new UserError(
        `reshape: ${formatShape(x!.shape)} has ${x!.size} elements, ${formatShape(shape)} has ${sizeOf(shape)}; they must be equal.`,
      );
    }
    return { shape, dtype: x!.dtype };
  },
  vjp: ({ g, inputs: [x] }) => [reshape(g, x!.shape)],
  // A 0 in the target otherwise means "as in the input".
  onnx: (w, [x], y) => w.node("Reshape", [x!, w.target(y)], y.shape.includes(0) ? { allowzero: 1 } : {}),
};

/** The same elements in row-major order with another shape; one axis may be −1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const unknown = shape.indexOf(-1);
  const full = [...shape];
  if (unknown >= 0) {
    const known = shape.reduce((n, d, i) => (i === unknown ? n : n * d), 1);
    full[unknown] = x.size / known;
    if (!Number.isInteger(full[unknown]) || shape.indexOf(-1, unknown + 1) >= 0) {
      throw new UserError(
        `reshape: ${formatShape(x.shape)} (${x.size} elements) does not fill ${formatShape(shape)}; give at most one −1 and sizes that divide the number of elements.`,
      );
    }
  }
  return sameShape(full, x.shape) ? x : apply(reshapeOp, [x], { shape: full });
}

/** Drops axes of size 1: those named, or all. */
export function squeeze(x: Tensor, axes?: number | Shape): Tensor {
  const drop =
    axes === undefined
      ? x.shape.flatMap((d, i) => (d === 1 ? [i] : []))
      : normalizeAxes(axes, x.rank, "squeeze");
  for (const axis of drop) {
    if (x.shape[axis] !== 1) {
      throw new UserError(
        `squeeze: axis ${axis} of ${formatShape(x.shape)} has size ${x.shape[axis]}, expected 1.`,
      );
    }
  }
  return reshape(
    x,
    x.shape.filter((_, i) => !drop.includes(i)),
  );
}

/** Inserts an axis of size 1 before position `axis`; negative positions count from the end of the result. */
export function unsqueeze(x: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank + 1, "unsqueeze");
  return reshape(x, [...x.shape.slice(0, at), 1, ...x.shape.slice(at)]);
}

/** Joins all axes from `start` on (default 1: everything but the batch). */
export function flatten(x: Tensor, start = 1): Tensor {
  return reshape(x, [...x.shape.slice(0, start), sizeOf(x.shape.slice(start))]);
}
