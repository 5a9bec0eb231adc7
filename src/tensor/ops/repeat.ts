import { UserError } from "../errors.ts";
import { formatShape, normalizeAxes, normalizeAxis, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { expand } from "./broadcast.ts";
import { withSize } from "./check.ts";
import { concat } from "./concat.ts";
import { reshape } from "./reshape.ts";
import { narrow } from "./slice.ts";

/** The whole tensor again and again: `counts[i]` times along axis i (NumPy's tile, PyTorch's repeat). */
export function tile(x: Tensor, counts: Shape): Tensor {
  requireCounts("tile", counts);
  const rank = Math.max(x.rank, counts.length);
  const shape = [...Array<number>(rank - x.rank).fill(1), ...x.shape];
  const times = [...Array<number>(rank - counts.length).fill(1), ...counts];
  const split = shape.flatMap((d, i) => (times[i] === 1 ? [d] : [1, d]));
  const wide = shape.flatMap((d, i) => (times[i] === 1 ? [d] : [times[i]!, d]));
  return reshape(
    expand(reshape(x, split), wide),
    shape.map((d, i) => d * times[i]!),
  );
}

/** Each element of an axis `count` times in a row (NumPy's repeat, PyTorch's repeat_interleave). */
export function repeat(x: Tensor, count: number, axis: number): Tensor {
  requireCounts("repeat", [count]);
  const at = normalizeAxis(axis, x.rank, "repeat");
  if (count === 1) return x;
  const column = reshape(x, [...x.shape.slice(0, at + 1), 1, ...x.shape.slice(at + 1)]);
  return reshape(
    expand(column, withSize(column.shape, at + 1, count)),
    withSize(x.shape, at, x.shape[at]! * count),
  );
}

function requireCounts(name: string, counts: Shape): void {
  if (counts.some((c) => !Number.isInteger(c) || c < 0)) {
    throw new UserError(
      `${name}: got the counts ${formatShape(counts)}, expected whole numbers of at least 0.`,
    );
  }
}

/**
 * Moves elements along axes, those pushed over the end coming in at the start: y[i] = x[i − shift].
 * Without axes the tensor is rolled as one flat list, as in NumPy.
 */
export function roll(x: Tensor, shift: number | Shape, axes?: number | Shape): Tensor {
  if (axes === undefined) {
    if (typeof shift !== "number") {
      throw new UserError("roll: got several shifts without axes, expected one axis for each shift.");
    }
    return reshape(rollAxis(reshape(x, [x.size]), shift, 0), x.shape);
  }
  const list = typeof axes === "number" ? [axes] : axes;
  normalizeAxes(list, x.rank, "roll");
  const shifts = typeof shift === "number" ? list.map(() => shift) : shift;
  if (shifts.length !== list.length || shifts.some((s) => !Number.isInteger(s))) {
    throw new UserError(
      `roll: got the shifts ${formatShape(shifts)} for the axes ${formatShape(list)}, expected one whole number for each axis.`,
    );
  }
  return list.reduce((y, axis, i) => rollAxis(y, shifts[i]!, normalizeAxis(axis, x.rank, "roll")), x);
}

function rollAxis(x: Tensor, shift: number, axis: number): Tensor {
  const size = x.shape[axis]!;
  const by = size === 0 ? 0 : ((shift % size) + size) % size;
  if (by === 0) return x;
  return concat([narrow(x, axis, size - by, by), narrow(x, axis, 0, size - by)], axis);
}
