/** Null distributions of the two-sample Kolmogorov–Smirnov statistic, for data without ties. */

/**
 * P(D ≥ d) for samples of n and m, exactly, by counting lattice paths (Hodges 1958; the recursion of R's psmirnov). `strict`
 * gives P(D > d). Time n·m. The value is good to about 1e-15 absolute.
 */
export function kolmogorovExact(d: number, n: number, m: number, strict = false): number {
  // D is a multiple of 1/(nm); half a step further or less far, rounding cannot matter.
  const steps = Math.round(d * n * m);
  const bound = (strict ? steps + 0.5 : steps - 0.5) / (n * m);
  if (bound < 0) return 1;
  const inside = new Float64Array(m + 1);
  for (let j = 0; j <= m; j++) inside[j] = j / m > bound ? 0 : 1;
  for (let i = 1; i <= n; i++) {
    const weight = i / (i + m);
    inside[0] = i / n > bound ? 0 : weight * inside[0]!;
    for (let j = 1; j <= m; j++) {
      inside[j] = Math.abs(i / n - j / m) > bound ? 0 : weight * inside[j]! + inside[j - 1]!;
    }
  }
  return Math.min(1, Math.max(0, 1 - inside[m]!));
}

/** P(√(nm/(n + m))·D ≥ λ) → 2 Σₖ (−1)^(k−1) exp(−2k²λ²): Kolmogorov's limit. */
export function kolmogorovLimit(lambda: number): number {
  if (lambda < 0.2) return 1; // 1 − 5e-13 at 0.2
  let total = 0;
  for (let k = 1; k <= 100; k++) total += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * (k * lambda) ** 2);
  return Math.min(1, Math.max(0, total));
}
