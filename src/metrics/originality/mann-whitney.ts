/** Mann–Whitney's U of two samples. Mann & Whitney 1947; normal approximation with the correction for ties. */

export interface MannWhitney {
  /** Pairs with a > b, ties counted half. */
  readonly u: number;
  /** (U − mn/2)/√Var U: standard normal where both samples have one distribution; below 0 where a tends to be smaller. */
  readonly z: number;
}

/** Ranks 1 … N in ascending order, equal numbers sharing their mean rank; Σ (t³ − t) over groups of t equal numbers. */
export function midRanks(values: ArrayLike<number>): { ranks: Float64Array; ties: number } {
  const order = Array.from(values, (_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Float64Array(values.length);
  let ties = 0;
  for (let first = 0; first < order.length; ) {
    let next = first + 1;
    while (next < order.length && values[order[next]!] === values[order[first]!]) next++;
    for (let i = first; i < next; i++) ranks[order[i]!] = (first + 1 + next) / 2;
    ties += (next - first) ** 3 - (next - first);
    first = next;
  }
  return { ranks, ties };
}

/** U and z of m numbers a whose ranks among all m + n numbers sum to `rankSum`. z is 0 where all are equal. */
export function mannWhitneyOfRanks(rankSum: number, m: number, n: number, ties: number): MannWhitney {
  const u = rankSum - (m * (m + 1)) / 2;
  const total = m + n;
  const variance = ((m * n) / 12) * (total + 1 - ties / (total * (total - 1)));
  return { u, z: variance > 0 ? (u - (m * n) / 2) / Math.sqrt(variance) : 0 };
}

/** U of a against b. */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): MannWhitney {
  const { ranks, ties } = midRanks([...Array.from(a), ...Array.from(b)]);
  const rankSum = ranks.subarray(0, a.length).reduce((sum, r) => sum + r, 0);
  return mannWhitneyOfRanks(rankSum, a.length, b.length, ties);
}
