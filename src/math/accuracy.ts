import { argmax, cast, equal, formatShape, mean, type Tensor, UserError } from "../tensor/index.ts";

/**
 * Share of rows whose largest score is at the label, a scalar: scores [n, K], labels [n] of int32. No gradient flows
 * through it.
 */
export function accuracy(scores: Tensor, labels: Tensor): Tensor {
  if (scores.rank !== 2 || labels.rank !== 1 || labels.shape[0] !== scores.shape[0]) {
    throw new UserError(
      `accuracy: got scores ${formatShape(scores.shape)} and labels ${formatShape(labels.shape)}, expected [n, classes] and [n].`,
    );
  }
  // Compared as floats, which are exact up to 2²⁴ classes: argmax and labels may be of different integer types.
  return mean(cast(equal(cast(argmax(scores, 1), "float32"), cast(labels, "float32")), "float32"));
}
