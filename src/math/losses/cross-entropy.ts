import {
  add,
  formatShape,
  logSoftmax,
  logsumexp,
  mean,
  mul,
  neg,
  sameShape,
  sub,
  sum,
  type Tensor,
  UserError,
} from "../../tensor/index.ts";
import { atLabels } from "../classes.ts";
import { reduceLoss } from "../per-example.ts";
import type { LossOptions } from "./bce.ts";

export type CrossEntropyOptions = LossOptions & {
  /** The axis of the classes. Default 1: logits [n, K, …], as in PyTorch. */
  axis?: number;
  /** ε of targets (1−ε)·one-hot + ε/K (Szegedy et al. 2016). Default 0. */
  labelSmoothing?: number;
};

/**
 * Cross entropy from logits: log Σⱼ exp xⱼ − x_label. `target` is class numbers (int32 or int64) of the shape of the
 * logits without the class axis, or probabilities (float32) of their full shape: −Σₖ tₖ log softmax(x)ₖ.
 */
export function crossEntropy(
  logits: Tensor,
  target: Tensor,
  { reduction, axis = 1, labelSmoothing = 0 }: CrossEntropyOptions = {},
): Tensor {
  if (target.dtype === "float32") {
    return reduceLoss(
      smooth(logits, withProbabilities(logits, target, axis), axis, labelSmoothing),
      reduction,
    );
  }
  const loss = sub(logsumexp(logits, axis), atLabels("crossEntropy", logits, target, axis));
  return reduceLoss(smooth(logits, loss, axis, labelSmoothing), reduction);
}

function withProbabilities(logits: Tensor, target: Tensor, axis: number): Tensor {
  if (!sameShape(logits.shape, target.shape)) {
    throw new UserError(
      `crossEntropy: got float32 targets ${formatShape(target.shape)} for logits ${formatShape(logits.shape)}, expected one probability for each logit; give class numbers as int32.`,
    );
  }
  return neg(sum(mul(target, logSoftmax(logits, axis)), axis));
}

/** (1−ε)·loss + ε·(cross entropy with the uniform distribution). */
function smooth(logits: Tensor, loss: Tensor, axis: number, epsilon: number): Tensor {
  if (epsilon === 0) return loss;
  const uniform = sub(logsumexp(logits, axis), mean(logits, axis));
  return add(mul(loss, 1 - epsilon), mul(uniform, epsilon));
}
