import type { Measured } from "../protocol.ts";

/** The share of labels that were predicted, with the standard error √(p(1 − p)/n) of n independent examples. */
export function accuracyOf(name: string, predicted: ArrayLike<number>, labels: ArrayLike<number>): Measured {
  const n = labels.length;
  let hits = 0;
  for (let i = 0; i < n; i++) if (predicted[i] === labels[i]) hits++;
  const value = hits / n;
  return { name, value, standardError: Math.sqrt((value * (1 - value)) / n), better: "higher" };
}
