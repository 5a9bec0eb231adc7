import { abs, minimum, mul, relu, square, sub, type Tensor, UserError } from "../../tensor/index.ts";
import { reduceLoss } from "../per-example.ts";
import type { LossOptions } from "./bce.ts";

/** Squared error (x − t)². */
export function mse(x: Tensor, target: Tensor | number, { reduction }: LossOptions = {}): Tensor {
  return reduceLoss(square(sub(x, target)), reduction);
}

/** Absolute error |x − t|. */
export function l1(x: Tensor, target: Tensor | number, { reduction }: LossOptions = {}): Tensor {
  return reduceLoss(abs(sub(x, target)), reduction);
}

/** Huber loss of d = x − t: ½d² where |d| < δ, else δ(|d| − ½δ) (Huber 1964; `torch.nn.HuberLoss`). */
export function huber(
  x: Tensor,
  target: Tensor | number,
  { delta = 1, reduction }: LossOptions & { delta?: number } = {},
): Tensor {
  if (!(delta > 0)) throw new UserError(`huber: delta is ${delta}, expected a positive number.`);
  const size = abs(sub(x, target));
  // With c = min(|d|, δ) both branches are c(|d| − ½c).
  const c = minimum(size, delta);
  return reduceLoss(mul(c, sub(size, mul(c, 0.5))), reduction);
}

/** Huber loss divided by δ = β: ½d²/β where |d| < β, else |d| − ½β (`torch.nn.SmoothL1Loss`). */
export function smoothL1(
  x: Tensor,
  target: Tensor | number,
  { beta = 1, reduction }: LossOptions & { beta?: number } = {},
): Tensor {
  return mul(huber(x, target, { delta: beta, ...(reduction && { reduction }) }), 1 / beta);
}

/** Hinge loss max(0, 1 − t·x) of scores x for labels t ∈ {−1, 1}. */
export function hinge(scores: Tensor, label: Tensor | number, { reduction }: LossOptions = {}): Tensor {
  return reduceLoss(relu(sub(1, mul(scores, label))), reduction);
}
