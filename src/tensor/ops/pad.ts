import { UserError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { expand } from "./broadcast.ts";
import { withSize } from "./check.ts";
import { concat } from "./concat.ts";
import { flip, narrow, sliceAxes } from "./slice.ts";

type PadAttributes = { before: Shape; after: Shape; value: number };

const padOp: Op<PadAttributes> = {
  name: "pad",
  infer: ([x], { before, after }) => ({
    shape: x!.shape.map((d, i) => before[i]! + d + after[i]!),
    dtype: x!.dtype,
  }),
  vjp: ({ g, inputs: [x], attrs: { before } }) => [
    sliceAxes(
      g,
      before,
      before.map((b, i) => b + x!.shape[i]!),
      before.map(() => 1),
    ),
  ],
  onnx: (w, [x], y, { value }) =>
    w.node("Pad", [x!, w.ints(y, padsOf), w.scalar(value, y.dtype)], { mode: "constant" }),
};

function padsOf(y: Tensor): number[] {
  const { before, after } = y.attrs as PadAttributes;
  return [...before, ...after];
}

/** Adds `value` before and after each axis. */
export function padAxes(x: Tensor, before: Shape, after: Shape, value = 0): Tensor {
  if (before.every((b, i) => b === 0 && after[i] === 0)) return x;
  return apply(padOp, [x], { before, after, value });
}

/** Adds `value` before and after one axis. */
export function padAxis(x: Tensor, axis: number, before: number, after: number, value = 0): Tensor {
  const none = x.shape.map(() => 0);
  return padAxes(x, withSize(none, axis, before), withSize(none, axis, after), value);
}

export type PadOptions = {
  /** What the new elements hold: `value`, the mirror image without the edge, or the edge. */
  mode?: "constant" | "reflect" | "edge";
  value?: number;
};

/**
 * Adds elements at the ends of axes: `pads` has [before, after] for each axis, or for the last axes only.
 * `pad(x, [[1, 1], [2, 2]])` puts one row above and below each image of x [N, C, H, W] and two columns beside it.
 */
export function pad(
  x: Tensor,
  pads: readonly (readonly [number, number])[],
  options: PadOptions = {},
): Tensor {
  const { mode = "constant", value = 0 } = options;
  if (pads.length > x.rank || pads.flat().some((p) => !Number.isInteger(p) || p < 0)) {
    throw new UserError(
      `pad: got ${JSON.stringify(pads)} for ${formatShape(x.shape)}, expected up to ${x.rank} pairs [before, after] of whole numbers of at least 0; cut elements off with slice().`,
    );
  }
  const lead = x.rank - pads.length;
  const side = (k: 0 | 1): number[] => x.shape.map((_, i) => (i < lead ? 0 : pads[i - lead]![k]));
  if (mode === "constant") return padAxes(x, side(0), side(1), value);
  const extend = mode === "reflect" ? reflectAxis : edgeAxis;
  return pads.reduce(
    (y, [before, after], i) => (before + after === 0 ? y : extend(y, lead + i, before, after)),
    x,
  );
}

function reflectAxis(x: Tensor, axis: number, before: number, after: number): Tensor {
  const size = x.shape[axis]!;
  if (before >= size || after >= size) {
    throw new UserError(
      `pad: reflecting ${before} and ${after} elements of axis ${axis} of ${formatShape(x.shape)} needs an axis longer than that; pad less or use mode "edge".`,
    );
  }
  const head = flip(narrow(x, axis, 1, before), axis);
  const tail = flip(narrow(x, axis, size - 1 - after, after), axis);
  return joined(head, x, tail, axis);
}

function edgeAxis(x: Tensor, axis: number, before: number, after: number): Tensor {
  const size = x.shape[axis]!;
  if (size === 0) {
    throw new UserError(`pad: axis ${axis} of ${formatShape(x.shape)} is empty and has no edge to repeat.`);
  }
  const repeat = (at: number, count: number): Tensor =>
    expand(narrow(x, axis, at, 1), withSize(x.shape, axis, count));
  return joined(repeat(0, before), x, repeat(size - 1, after), axis);
}

function joined(head: Tensor, x: Tensor, tail: Tensor, axis: number): Tensor {
  return concat(
    [head, x, tail].filter((part) => part.shape[axis]! > 0),
    axis,
  );
}
