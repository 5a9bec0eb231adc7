import { fillIntegers, fillNormal, fillUniform } from "../../tensor/random/fill.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import type { LabelledPoints } from "./mixture.ts";

/** A family of curves in the plane: `point(k, u)` is where curve k is at u ∈ (0, 1). */
export interface Curves {
  readonly count: number;
  /** Standard deviation of the Gaussian noise on each coordinate. */
  readonly noise: number;
  point(k: number, u: number): readonly [number, number];
}

/** n draws: a curve k with equal chance, u uniform on (0, 1), then the noise; labels are k. */
export function drawCurves(curves: Curves, n: number, seed: number, stream: string): LabelledPoints {
  const labels = new Int32Array(n);
  fillIntegers(labels, deriveKey(seed, stream, "curve"), { low: 0, high: curves.count });
  const u = fillUniform(new Float32Array(n), deriveKey(seed, stream, "place"));
  const values = fillNormal(new Float32Array(2 * n), deriveKey(seed, stream, "noise"));
  for (let i = 0; i < n; i++) {
    const [x, y] = curves.point(labels[i]!, u[i]!);
    values[2 * i] = x + curves.noise * values[2 * i]!;
    values[2 * i + 1] = y + curves.noise * values[2 * i + 1]!;
  }
  return { values, labels };
}

/** Two interleaved half circles of radius 1: (cos πu, sin πu) and (1 − cos πu, ½ − sin πu); noise 0.1. */
export const moons: Curves = {
  count: 2,
  noise: 0.1,
  point(k, u) {
    const [x, y] = [Math.cos(Math.PI * u), Math.sin(Math.PI * u)];
    return k === 0 ? [x, y] : [1 - x, 0.5 - y];
  },
};

/**
 * Two arms of a spiral, the second one the first turned by 180°: angle φ = 3π√u, radius φ/3, so that a point is
 * equally likely in every stretch of area between the turns; noise 0.1 (after Grathwohl et al. 2019, FFJORD).
 */
export const spiral: Curves = {
  count: 2,
  noise: 0.1,
  point(k, u) {
    const angle = 3 * Math.PI * Math.sqrt(u);
    const radius = (k === 0 ? 1 : -1) * (angle / 3);
    return [-radius * Math.cos(angle), radius * Math.sin(angle)];
  },
};

/** Four circles about the origin, radii 0.75, 1.5, 2.25, 3, equally likely; noise 0.08 (FFJORD). */
export const rings: Curves = {
  count: 4,
  noise: 0.08,
  point(k, u) {
    const radius = 0.75 * (k + 1);
    return [radius * Math.cos(2 * Math.PI * u), radius * Math.sin(2 * Math.PI * u)];
  },
};
