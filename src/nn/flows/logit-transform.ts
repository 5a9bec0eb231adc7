import { softplus, type Tensor } from "../../tensor/index.ts";
import type { Bijection } from "./bijection.ts";
import { sumPerExample } from "./per-example.ts";

export interface LogitTransformOptions {
  /** α: keeps 0 and 1 away from the infinities of the logit. Default 0.05, as Dinh et al. 2016, section 4.1. */
  readonly alpha?: number;
  /** Grey levels L of the pixels. Default 256. */
  readonly levels?: number;
}

/**
 * z = logit(α + (1 − 2α)v), where v = ((x + 1)(L − 1)/2 + ½)/L puts dequantised pixels x ∈ [−1, 1] ± half a level into [0, 1].
 * The inverse ends at −1 and 1. After Dinh et al. 2016, section 4.1; symmetric about ½, as in their code.
 */
export function logitTransform({ alpha = 0.05, levels = 256 }: LogitTransformOptions = {}): Bijection {
  const slope = ((1 - 2 * alpha) * (levels - 1)) / (2 * levels); // of α + (1 − 2α)v in x
  const toShare = (x: Tensor): Tensor => x.mul(slope).add(0.5);
  return {
    forward(x) {
      const p = toShare(x);
      const z = p.log().sub(p.neg().add(1).log());
      const logSlope = softplus(z).add(softplus(z.neg())).add(Math.log(slope)); // 1/p(1−p) = (1 + eᶻ)(1 + e⁻ᶻ)
      return { z, logDet: sumPerExample(logSlope) };
    },
    inverse: (z) => z.sigmoid().sub(0.5).div(slope).clip(-1, 1),
  };
}
