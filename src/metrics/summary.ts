/** Sums and spreads of lists of numbers. */

export function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum;
}

/** Σ(v − mean)²/(n − 1); 0 for fewer than two. */
export function varianceOf(values: ArrayLike<number>): number {
  if (values.length < 2) return 0;
  const mean = total(values) / values.length;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) ** 2;
  return sum / (values.length - 1);
}

/** Standard error of the mean: √(Σ(v − mean)²/(n − 1)/n); 0 for fewer than two. */
export function errorOfMean(values: ArrayLike<number>): number {
  return Math.sqrt(varianceOf(values) / Math.max(1, values.length));
}

/** √(Σ(v − mean)²/n): the deviation of exactly these numbers, NumPy's std. */
export function deviationOf(values: ArrayLike<number>): number {
  return Math.sqrt((varianceOf(values) * Math.max(0, values.length - 1)) / Math.max(1, values.length));
}
