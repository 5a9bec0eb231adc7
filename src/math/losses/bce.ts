import { mul, neg, softplus, sub, type Tensor } from "../../tensor/index.ts";
import { type Reduction, reduceLoss } from "../per-example.ts";

export type LossOptions = {
  /** How the elements are joined. Default "mean". */
  reduction?: Reduction;
};

/**
 * Binary cross entropy from logits x and targets t ∈ [0, 1]: softplus(x) − t·x = −t log σ(x) − (1−t) log(1 − σ(x)).
 * The target is a tensor of the logits' shape or one number for all.
 */
export function bce(logits: Tensor, target: Tensor | number, { reduction }: LossOptions = {}): Tensor {
  return reduceLoss(elements(logits, target), reduction);
}

function elements(x: Tensor, target: Tensor | number): Tensor {
  // For labels 0 and 1 one softplus is the whole formula, without the cancellation for large x.
  if (target === 1) return softplus(neg(x));
  if (target === 0) return softplus(x);
  return sub(softplus(x), mul(x, target));
}
