/** Linear regression with an L1 penalty. */

export interface LassoOptions {
  /** α: weight of ‖w‖₁. */
  readonly penalty: number;
  /** Most sweeps over the coordinates. Default 1000. */
  readonly sweeps?: number;
}

/**
 * The w that minimises ‖y − Xw‖²/2n + α‖w‖₁, by coordinate descent (Friedman, Hastie & Tibshirani 2010, eq. 5) on the Gram matrix. X [n, d]
 * and y [n] are to be centred: there is no intercept.
 */
export function lasso(
  x: Float64Array,
  y: Float64Array,
  { penalty, sweeps = 1000 }: LassoOptions,
): Float64Array {
  const n = y.length;
  const d = x.length / n;
  const gram = new Float64Array(d * d);
  const correlation = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < d; a++) {
      const v = x[i * d + a]! / n;
      correlation[a]! += v * y[i]!;
      if (v !== 0) for (let b = 0; b < d; b++) gram[a * d + b]! += v * x[i * d + b]!;
    }
  }
  const w = new Float64Array(d);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    let largest = 0;
    for (let a = 0; a < d; a++) {
      const own = gram[a * d + a]!;
      if (own === 0) continue;
      let rest = correlation[a]! + own * w[a]!;
      for (let b = 0; b < d; b++) rest -= gram[a * d + b]! * w[b]!;
      const next = (Math.sign(rest) * Math.max(0, Math.abs(rest) - penalty)) / own;
      largest = Math.max(largest, Math.abs(next - w[a]!));
      w[a] = next;
    }
    if (largest < 1e-12) break;
  }
  return w;
}
