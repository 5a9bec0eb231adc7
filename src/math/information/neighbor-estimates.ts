/** KL(p ‖ q) and entropy from distances to nearest neighbours: no bins, any dimension. Nats, float64. */
import { UserError } from "../../tensor/errors.ts";
import { checkSamples, type Samples } from "./sample-estimates.ts";

/**
 * KL(p ‖ q) ≈ (d/n) Σ log(sₖ(xᵢ)/rₖ(xᵢ)) + log(m/(n − 1)): rₖ the distance of xᵢ to its k-th neighbour among the other
 * samples of p, sₖ among those of q (Wang, Kulkarni & Verdú 2009, eq. 5; Pérez-Cruz 2008). Consistent; may be negative.
 * Time n(n + m)d. Throws (UserError) where a sample of p has k copies, as in quantised data: then log r is infinite.
 */
export function klFromNeighbors(p: Samples, q: Samples, { k = 1 }: { readonly k?: number } = {}): number {
  checkSamples("klFromNeighbors", p, q);
  checkK("klFromNeighbors", k, Math.min(p.count - 1, q.count));
  let total = 0;
  for (let i = 0; i < p.count; i++) {
    const own = distanceOf("klFromNeighbors", kthDistance(p, i, p, k, true), k);
    total += Math.log(distanceOf("klFromNeighbors", kthDistance(p, i, q, k, false), k) / own);
  }
  return (p.dimensions / p.count) * total + Math.log(q.count / (p.count - 1));
}

/**
 * H(p) ≈ ψ(n) − ψ(k) + log V_d + (d/n) Σ log rₖ(xᵢ), V_d the volume of the unit ball (Kozachenko & Leonenko 1987;
 * Kraskov et al. 2004, eq. 20).
 */
export function entropyFromNeighbors(p: Samples, { k = 1 }: { readonly k?: number } = {}): number {
  checkSamples("entropyFromNeighbors", p, p);
  checkK("entropyFromNeighbors", k, p.count - 1);
  let total = 0;
  for (let i = 0; i < p.count; i++)
    total += Math.log(distanceOf("entropyFromNeighbors", kthDistance(p, i, p, k, true), k));
  return digammaDifference(p.count, k) + logUnitBall(p.dimensions) + (p.dimensions / p.count) * total;
}

/** Distance of row i of p to its k-th nearest row of `among`, itself left out where `among` is p. */
function kthDistance(p: Samples, i: number, among: Samples, k: number, itself: boolean): number {
  const d = p.dimensions;
  const nearest = new Float64Array(k).fill(Number.POSITIVE_INFINITY);
  for (let j = 0; j < among.count; j++) {
    if (itself && i === j) continue;
    let square = 0;
    for (let a = 0; a < d; a++) square += (p.data[i * d + a]! - among.data[j * d + a]!) ** 2;
    if (square < nearest[k - 1]!) insert(nearest, square);
  }
  return Math.sqrt(nearest[k - 1]!);
}

function insert(sorted: Float64Array, value: number): void {
  let at = sorted.length - 1;
  for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
  sorted[at] = value;
}

function distanceOf(what: string, distance: number, k: number): number {
  if (distance > 0) return distance;
  throw new UserError(
    `${what}: a sample has ${k} or more exact copies, so its distance is 0; take a larger k, or add a little noise to quantised data.`,
  );
}

function checkK(what: string, k: number, most: number): void {
  if (!Number.isInteger(k) || k < 1 || k > most) {
    throw new UserError(
      `${what}: k is ${k}, expected a whole number from 1 to ${most} for samples of this size.`,
    );
  }
}

/** ψ(n) − ψ(k) = Σ 1/j over j = k … n − 1 for whole numbers n ≥ k. */
function digammaDifference(n: number, k: number): number {
  let total = 0;
  for (let j = n - 1; j >= k; j--) total += 1 / j;
  return total;
}

/** log of the volume of the unit ball in d dimensions: V_d = 2π/d · V_(d−2), V_1 = 2, V_2 = π. */
function logUnitBall(d: number): number {
  let log = d % 2 === 0 ? Math.log(Math.PI) : Math.LN2;
  for (let n = d % 2 === 0 ? 4 : 3; n <= d; n += 2) log += Math.log((2 * Math.PI) / n);
  return log;
}
