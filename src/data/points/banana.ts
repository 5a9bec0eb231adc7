import { fillNormal } from "../../tensor/random/fill.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import type { LogDensity } from "./log-densities.ts";
import type { LabelledPoints } from "./mixture.ts";

/** x₂ ~ N(0, 2²), x₁ ~ N(x₂²/4, 1): Papamakarios et al. 2017, arXiv:1705.07057, figure 1. */
export function drawBanana(n: number, seed: number, stream: string): LabelledPoints {
  const values = fillNormal(new Float32Array(2 * n), deriveKey(seed, stream, "noise"));
  for (let i = 0; i < 2 * n; i += 2) {
    const y = 2 * values[i + 1]!;
    values[i + 1] = y;
    values[i]! += (y * y) / 4;
  }
  return { values };
}

export const bananaLogDensity: LogDensity = (x) => {
  const [a, b] = [x[0]! - x[1]! ** 2 / 4, x[1]! / 2];
  return -0.5 * (a * a + b * b) - Math.log(2 * Math.PI) - Math.LN2;
};

/** log 2πe + log 2: two normals of standard deviations 1 and 2. */
export const bananaEntropy = Math.log(2 * Math.PI * Math.E) + Math.LN2;
