import { UserError } from "../errors.ts";
import { formatShape, normalizeAxis } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./binary.ts";
import { tri } from "./create.ts";
import { permute } from "./permute.ts";
import { sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { sliceAxes } from "./slice.ts";
import { where } from "./where.ts";

export type DiagonalOptions = {
  /** The two axes that are matrices; default the last two. */
  axes?: readonly [number, number];
};

/** The elements x[…, i, i + offset] of matrices, as the last axis. */
export function diagonal(x: Tensor, offset = 0, options: DiagonalOptions = {}): Tensor {
  const [a, b] = (options.axes ?? [-2, -1]).map((axis) => normalizeAxis(axis, x.rank, "diagonal")) as [
    number,
    number,
  ];
  if (a === b) throw new UserError(`diagonal: got the axis ${a} twice, expected two axes.`);
  const lead = x.shape.flatMap((_, i) => (i === a || i === b ? [] : [i]));
  const [rows, columns] = [x.shape[a]!, x.shape[b]!];
  const count = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  const batch = lead.map((i) => x.shape[i]!);
  const flat = reshape(permute(x, [...lead, a, b]), [...batch, rows * columns]);
  const zero = batch.map(() => 0);
  // Along the rows laid end to end, the diagonal is every (columns + 1)-th element.
  const start = count === 0 ? 0 : offset >= 0 ? offset : -offset * columns;
  const end = count === 0 ? 0 : start + (count - 1) * (columns + 1) + 1;
  return sliceAxes(flat, [...zero, start], [...batch, end], [...batch.map(() => 1), columns + 1]);
}

/** Σᵢ x[…, i, i] of matrices. */
export function trace(x: Tensor): Tensor {
  return sum(diagonal(x), -1);
}

/** Matrices with zeros above the k-th diagonal. */
export function tril(x: Tensor, k = 0): Tensor {
  return where(tri(...sides("tril", x), k, "bool"), x, 0);
}

/** Matrices with zeros below the k-th diagonal. */
export function triu(x: Tensor, k = 0): Tensor {
  return where(tri(...sides("triu", x), k - 1, "bool"), 0, x);
}

function sides(name: string, x: Tensor): [number, number] {
  if (x.rank < 2) {
    throw new UserError(`${name}: got ${formatShape(x.shape)}, expected matrices [..., n, m].`);
  }
  return [x.shape[x.rank - 2]!, x.shape[x.rank - 1]!];
}

/** aᵢ bⱼ of two tensors laid flat: [a.size, b.size]. */
export function outer(a: Tensor, b: Tensor): Tensor {
  return mul(reshape(a, [a.size, 1]), reshape(b, [1, b.size]));
}

/** Σᵢ aᵢ bᵢ of two vectors. */
export function dot(a: Tensor, b: Tensor): Tensor {
  if (a.rank !== 1 || b.rank !== 1 || a.size !== b.size) {
    throw new UserError(
      `dot: got ${formatShape(a.shape)} and ${formatShape(b.shape)}, expected two vectors of one length; matrices multiply with matmul().`,
    );
  }
  return sum(mul(a, b));
}
