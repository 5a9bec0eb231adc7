/** How much a Markov chain's numbers are worth: autocorrelation and effective sample size, float64 on the host. */
import { UserError } from "../../tensor/index.ts";

/**
 * ρ_k = Σ_t (x_t − x̄)(x_{t+k} − x̄) / Σ_t (x_t − x̄)², k = 0 … lags. Throws (UserError) where there are not more numbers than
 * lags.
 */
export function autocorrelation(x: ArrayLike<number>, lags: number): Float64Array {
  const n = x.length;
  if (!Number.isInteger(lags) || lags < 0 || lags >= n) {
    throw new UserError(
      `autocorrelation: got ${n} numbers and ${lags} lags, expected more numbers than lags.`,
    );
  }
  let mean = 0;
  for (let t = 0; t < n; t++) mean += x[t]! / n;
  const product = (k: number): number => {
    let total = 0;
    for (let t = 0; t + k < n; t++) total += (x[t]! - mean) * (x[t + k]! - mean);
    return total;
  };
  const variance = product(0);
  return Float64Array.from({ length: lags + 1 }, (_, k) => (variance > 0 ? product(k) / variance : 1));
}

/**
 * n / (1 + 2 Σ_k ρ_k) of one chain, the sum cut by Geyer's initial positive sequence (Geyer 1992, "Practical Markov chain Monte
 * Carlo", section 3.3): as long as ρ_{2m} + ρ_{2m+1} stays positive. A mean over the chain is as exact as one of so many
 * independent draws.
 */
export function effectiveSampleSize(x: ArrayLike<number>): number {
  const n = x.length;
  const rho = autocorrelation(x, Math.min(n - 1, 2000));
  let time = -1;
  for (let m = 0; 2 * m + 1 < rho.length; m++) {
    const pair = rho[2 * m]! + rho[2 * m + 1]!;
    if (pair <= 0) break;
    time += 2 * pair;
  }
  return Math.min(n, n / Math.max(time, 1 / n));
}
