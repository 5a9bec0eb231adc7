import { fillIntegers, fillNormal } from "../../tensor/random/fill.ts";
import { deriveKey } from "../../tensor/random/key.ts";
import type { Modes } from "../dataset.ts";

/** Points of the plane, and for each the number of the part of the set that it was drawn from. */
export interface LabelledPoints {
  readonly values: Float32Array; // [n, 2]
  readonly labels?: Int32Array; // [n]
}

/** n draws from the mixture (1/K) Σₖ N(centersₖ, std² I); labels are k. */
export function drawMixture(
  { centers, std }: Modes,
  n: number,
  seed: number,
  stream: string,
): LabelledPoints {
  const labels = new Int32Array(n);
  fillIntegers(labels, deriveKey(seed, stream, "mode"), { low: 0, high: centers.length });
  const values = fillNormal(new Float32Array(2 * n), deriveKey(seed, stream, "noise"));
  for (let i = 0; i < n; i++) {
    const center = centers[labels[i]!]!;
    values[2 * i] = center[0]! + std * values[2 * i]!;
    values[2 * i + 1] = center[1]! + std * values[2 * i + 1]!;
  }
  return { values, labels };
}
