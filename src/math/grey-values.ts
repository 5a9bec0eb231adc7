import { add, mul, sub, type Tensor } from "../tensor/index.ts";

/** Two functions that undo each other, of tensors of any shape. */
export interface GreyValues {
  toUnit(x: Tensor): Tensor;
  fromUnit(x: Tensor): Tensor;
}

/** Pixels in [−1, 1] as grey values in [0, 1], (x + 1)/2, and back; points stay as they are. */
export function greyValues(kind: "image" | "points"): GreyValues {
  if (kind === "points") return { toUnit: (x) => x, fromUnit: (x) => x };
  return { toUnit: (x) => mul(add(x, 1), 0.5), fromUnit: (x) => sub(mul(x, 2), 1) };
}
