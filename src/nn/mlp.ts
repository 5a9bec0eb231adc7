import { flatten, relu, type Tensor } from "../tensor/index.ts";
import { dense } from "./dense.ts";

/** Dense layers of the given widths, each followed by the activation: x [n, …] → [n, last width]. */
export function mlp(x: Tensor, widths: readonly number[], activation: (x: Tensor) => Tensor = relu): Tensor {
  return widths.reduce((h, units) => activation(dense(h, units)), flatten(x));
}
