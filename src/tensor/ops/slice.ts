import { UserError } from "../errors.ts";
import { formatShape, normalizeAxes, normalizeAxis, type Shape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { withSize } from "./check.ts";
import { padAxes, padAxis } from "./pad.ts";
import { reshape } from "./reshape.ts";

/** One entry per axis; steps are positive and ends lie just behind the last element taken. */
type SliceAttributes = { starts: Shape; ends: Shape; steps: Shape };

const sliceOp: Op<SliceAttributes> = {
  name: "slice",
  infer: ([x], { starts, ends, steps }) => ({
    shape: starts.map((s, i) => Math.ceil((ends[i]! - s) / steps[i]!)),
    dtype: x!.dtype,
  }),
  vjp: ({ g, inputs: [x], attrs }) => [sliceAdjoint(g, x!.shape, attrs)],
  onnx(w, [x], y) {
    const axes = y.shape.flatMap((_, i) => (isWhole(y, i) ? [] : [i]));
    const ints = (key: keyof SliceAttributes): string =>
      w.ints(y, (t) => axes.map((axis) => (t.attrs as SliceAttributes)[key][axis]!));
    return w.node("Slice", [x!, ints("starts"), ints("ends"), w.constantInts(axes), ints("steps")]);
  },
};

function isWhole(y: Tensor, axis: number): boolean {
  const { starts, ends, steps } = y.attrs as SliceAttributes;
  return starts[axis] === 0 && steps[axis] === 1 && ends[axis] === y.inputs[0]!.shape[axis];
}

/** Puts the elements of `g` back where the slice took them, zeros elsewhere. */
function sliceAdjoint(g: Tensor, shape: Shape, { starts, steps }: SliceAttributes): Tensor {
  const spread = steps.reduce(
    (t, step, axis) => (step === 1 ? t : dilate(t, axis, step, shape[axis]! - starts[axis]!)),
    g,
  );
  const after = shape.map((d, i) => d - starts[i]! - spread.shape[i]!);
  return padAxes(spread, starts, after);
}

/** Puts `step` − 1 zeros behind each element of an axis, and cuts the result to at most `limit`. */
export function dilate(x: Tensor, axis: number, step: number, limit: number): Tensor {
  const count = x.shape[axis]!;
  const column = reshape(x, [...x.shape.slice(0, axis + 1), 1, ...x.shape.slice(axis + 1)]);
  const wide = reshape(padAxis(column, axis + 1, 0, step - 1), withSize(x.shape, axis, count * step));
  return narrow(wide, axis, 0, Math.min(count * step, limit));
}

/** The elements starts, starts + steps, … below ends of every axis; bounds must already lie inside. */
export function sliceAxes(x: Tensor, starts: Shape, ends: Shape, steps: Shape): Tensor {
  const whole = starts.every((s, i) => s === 0 && steps[i] === 1 && ends[i] === x.shape[i]);
  return whole ? x : apply(sliceOp, [x], { starts, ends, steps });
}

/** `length` elements of one axis from `start` on. */
export function narrow(x: Tensor, axis: number, start: number, length: number): Tensor {
  const at = normalizeAxis(axis, x.rank, "narrow");
  if (start < 0 || length < 0 || start + length > x.shape[at]!) {
    throw new UserError(
      `narrow: elements ${start} … ${start + length} do not exist along axis ${at} of ${formatShape(x.shape)}.`,
    );
  }
  const none = x.shape.map(() => 0);
  return sliceAxes(
    x,
    withSize(none, at, start),
    withSize(x.shape, at, start + length),
    x.shape.map(() => 1),
  );
}

/** A part of one axis: everything (null), one element (the axis is dropped), or [start, stop, step] as in NumPy. */
export type Range =
  | null
  | number
  | readonly [start: number | null, stop?: number | null, step?: number | null];

/** How a range reads an axis, in positive steps; `reversed` says that the elements come out last first. */
type Bounds = { start: number; end: number; step: number; reversed: boolean };

function boundsOf(range: Range, size: number, axis: number, x: Tensor): Bounds {
  if (range === null) return { start: 0, end: size, step: 1, reversed: false };
  if (typeof range === "number") {
    const at = range < 0 ? range + size : range;
    if (!Number.isInteger(range) || at < 0 || at >= size) {
      throw new UserError(
        `slice: element ${range} does not exist along axis ${axis} of ${formatShape(x.shape)}; use ${-size} … ${size - 1}.`,
      );
    }
    return { start: at, end: at + 1, step: 1, reversed: false };
  }
  const step = range[2] ?? 1;
  if (step === 0 || [range[0], range[1], step].some((v) => v != null && !Number.isInteger(v))) {
    throw new UserError(
      `slice: got [${range.join(", ")}] for axis ${axis}, expected [start, stop, step] of whole numbers with a step other than 0.`,
    );
  }
  // NumPy's rule: count from the end where negative, then clamp to what exists; going down, −1 is "before the first".
  const [least, most] = step > 0 ? [0, size] : [-1, size - 1];
  const clamp = (v: number): number => Math.min(most, Math.max(least, v < 0 ? v + size : v));
  const first = range[0] == null ? (step > 0 ? 0 : most) : clamp(range[0]);
  const stop = range[1] == null ? (step > 0 ? size : -1) : clamp(range[1]);
  const count = Math.max(0, Math.ceil((stop - first) / step));
  if (count === 0) return { start: 0, end: 0, step: 1, reversed: false };
  const last = first + (count - 1) * step;
  return {
    start: Math.min(first, last),
    end: Math.max(first, last) + 1,
    step: Math.abs(step),
    reversed: step < 0,
  };
}

/**
 * Part of a tensor, one range per leading axis: `slice(x, [null, [1, -1], 0, [null, null, -2]])` is NumPy's
 * x[:, 1:-1, 0, ::-2]. Ranges that reach outside are cut; a single element must exist, and its axis is dropped.
 */
export function slice(x: Tensor, ranges: readonly Range[]): Tensor {
  if (ranges.length > x.rank) {
    throw new UserError(
      `slice: got ${ranges.length} ranges for ${formatShape(x.shape)}, expected at most ${x.rank}.`,
    );
  }
  const bounds = x.shape.map((size, i) => boundsOf(ranges[i] ?? null, size, i, x));
  const part = sliceAxes(
    x,
    bounds.map((b) => b.start),
    bounds.map((b) => b.end),
    bounds.map((b) => b.step),
  );
  const reversed = bounds.flatMap((b, i) => (b.reversed && part.shape[i]! > 1 ? [i] : []));
  const turned = reversed.length > 0 ? flip(part, reversed) : part;
  return reshape(
    turned,
    turned.shape.filter((_, i) => typeof ranges[i] !== "number"),
  );
}

const flipOp: Op<{ axes: Shape }> = {
  name: "flip",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  vjp: ({ g, attrs }) => [apply(flipOp, [g], attrs)],
  onnx: (w, [x], _, { axes }) =>
    w.node("Slice", [
      x!,
      w.constantInts(axes.map(() => -1)),
      w.constantInts(axes.map(() => -(2 ** 31))),
      w.constantInts(axes),
      w.constantInts(axes.map(() => -1)),
    ]),
};

/** The elements of `axes` (default: all) in reverse order. */
export function flip(x: Tensor, axes?: number | Shape): Tensor {
  const list = normalizeAxes(axes, x.rank, "flip").filter((axis) => x.shape[axis]! > 1);
  return list.length === 0 ? x : apply(flipOp, [x], { axes: list });
}
