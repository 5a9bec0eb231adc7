import { add, relu, sub, sum, type Tensor } from "../../tensor/index.ts";
import { atLabels } from "../classes.ts";
import { reduceLoss } from "../per-example.ts";
import type { LossOptions } from "./bce.ts";

/**
 * Hinge loss of K support vector machines, each of one class against the rest: Σₖ max(0, 1 − tₖsₖ), tₖ = 1 at the label and
 * −1 elsewhere. Margins s [n, K], labels [n] of int32 (Vapnik 1995; its derivative at the kink is 0).
 */
export function hingeLoss(margins: Tensor, labels: Tensor, { reduction }: LossOptions = {}): Tensor {
  const rest = relu(add(margins, 1)); // as if every class were wrong
  const own = relu(sub(1, atLabels("hingeLoss", margins, labels, 1)));
  return reduceLoss(add(sub(sum(rest, 1), atLabels("hingeLoss", rest, labels, 1)), own), reduction);
}
