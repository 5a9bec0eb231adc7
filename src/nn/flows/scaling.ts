import { sum } from "../../tensor/index.ts";
import { zeros } from "../initializers.ts";
import { layer, parameter } from "../scope.ts";
import type { Bijection } from "./bijection.ts";

/** z = exp(s) ⊙ x with one learned s for each element of an example: Dinh et al. 2014, section 3.3. Parameter `log_scale`. */
export function diagonalScaling(): Bijection {
  const scale = (shape: readonly number[]) =>
    layer("diagonalScaling", () => parameter("log_scale", shape.slice(1), zeros));
  return {
    forward(x) {
      const s = scale(x.shape);
      return { z: x.mul(s.exp()), logDet: sum(s) };
    },
    inverse: (z) => z.mul(scale(z.shape).neg().exp()),
  };
}
