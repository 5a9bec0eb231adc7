import {
  formatShape,
  normalizeAxis,
  reshape,
  sameShape,
  type Tensor,
  takeAlongAxis,
  UserError,
  unsqueeze,
} from "../tensor/index.ts";

/**
 * x[…, label, …] along `axis`, which is dropped. `labels` are integers of the remaining shape, 0 to the number of classes − 1; others
 * are an error when the graph runs.
 */
export function atLabels(what: string, x: Tensor, labels: Tensor, axis: number): Tensor {
  const at = normalizeAxis(axis, x.rank, what);
  const rest = x.shape.filter((_, i) => i !== at);
  if (labels.dtype === "float32" || labels.dtype === "bool" || !sameShape(labels.shape, rest)) {
    throw new UserError(
      `${what}: got labels ${labels.dtype}${formatShape(labels.shape)} for logits ${formatShape(x.shape)} with classes on axis ${at}, expected int32 or int64${formatShape(rest)}; give class numbers without a class axis.`,
    );
  }
  return reshape(takeAlongAxis(x, unsqueeze(labels, at), at), rest);
}
