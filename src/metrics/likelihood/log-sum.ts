/** Sums of numbers that are known by their logarithms, in float64. */

/** log(eᵃ + eᵇ). */
export function logAddExp(a: number, b: number): number {
  const [high, low] = a > b ? [a, b] : [b, a];
  return low === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(low - high));
}

/** log Σ eᵛ; −∞ of nothing. */
export function logSumExp(values: ArrayLike<number>): number {
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! > high) high = values[i]!;
  if (!Number.isFinite(high)) return high;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += Math.exp(values[i]! - high);
  return high + Math.log(sum);
}

/** log of the mean of eᵛ. */
export function logMeanExp(values: ArrayLike<number>): number {
  return logSumExp(values) - Math.log(values.length);
}
