import {
  arange,
  cast,
  equal,
  formatShape,
  normalizeAxis,
  reshape,
  sameShape,
  sum,
  type Tensor,
  UserError,
  unsqueeze,
  where,
} from "../tensor/index.ts";

/**
 * Where class k of axis `axis` is the label: bool, of the shape of `labels` with an axis of `count` classes inserted.
 * Comparing floats instead of gathering keeps the derivative on the GPU, where a scatter would leave it; class numbers
 * are exact in float32 up to 2²⁴.
 */
function classMask(labels: Tensor, count: number, axis: number): Tensor {
  const column = unsqueeze(cast(labels, "float32"), axis);
  const shape = column.shape.map((_, i) => (i === normalizeAxis(axis, column.rank, "classMask") ? count : 1));
  return equal(column, reshape(arange(count), shape));
}

/** x[…, label, …] along `axis`, which is dropped. `labels` are integers of the remaining shape. */
export function atLabels(what: string, x: Tensor, labels: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank, what);
  const rest = x.shape.filter((_, i) => i !== at);
  if (labels.dtype === "float32" || labels.dtype === "bool" || !sameShape(labels.shape, rest)) {
    throw new UserError(
      `${what}: got labels ${labels.dtype}${formatShape(labels.shape)} for logits ${formatShape(x.shape)} with classes on axis ${at}, expected int32 or int64${formatShape(rest)}; give class numbers without a class axis.`,
    );
  }
  return sum(where(classMask(labels, x.shape[at]!, at), x, 0), at);
}
