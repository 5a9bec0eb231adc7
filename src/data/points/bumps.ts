import { fillNormal, fillUniform } from "../../tensor/random/fill.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import type { LogDensity } from "./log-densities.ts";
import type { LabelledPoints } from "./mixture.ts";

/** Gaussians of the line with weights that add up to 1. */
export interface Bumps {
  readonly weights: readonly number[];
  readonly means: readonly number[];
  readonly stds: readonly number[];
}

/** A narrow and a wide one: 0.4 N(−1.5, 0.5²) + 0.6 N(1.5, 1). */
export const twoBumps: Bumps = { weights: [0.4, 0.6], means: [-1.5, 1.5], stds: [0.5, 1] };

/** n draws; labels tell which Gaussian. */
export function drawBumps(
  { weights, means, stds }: Bumps,
  n: number,
  seed: number,
  stream: string,
): LabelledPoints {
  const chance = fillUniform(new Float32Array(n), deriveKey(seed, stream, "bump"));
  const values = fillNormal(new Float32Array(n), deriveKey(seed, stream, "noise"));
  const labels = Int32Array.from(chance, (u) => {
    let [k, rest] = [0, u - weights[0]!];
    while (rest >= 0 && k + 1 < weights.length) rest -= weights[++k]!;
    return k;
  });
  for (let i = 0; i < n; i++) values[i] = means[labels[i]!]! + stds[labels[i]!]! * values[i]!;
  return { values, labels };
}

/** log Σₖ wₖ N(x; meanₖ, stdₖ²), nats. */
export function bumpsLogDensity({ weights, means, stds }: Bumps): LogDensity {
  const heights = weights.map((w, k) => w / (stds[k]! * Math.sqrt(2 * Math.PI)));
  return (x) => {
    const exponents = means.map((mean, k) => -0.5 * ((x[0]! - mean) / stds[k]!) ** 2);
    const top = Math.max(...exponents);
    return top + Math.log(exponents.reduce((sum, e, k) => sum + heights[k]! * Math.exp(e - top), 0));
  };
}
