/** Densities on the line, and their information by adaptive quadrature: nats, float64. */
import { UserError } from "../../tensor/errors.ts";
import type { FDivergenceName } from "../divergences/f-gan.ts";
import { divergenceTerm, leastDivergence } from "./divergence-terms.ts";
import { integrate } from "./quadrature.ts";

/** A density on the line. It is given by its logarithm: where p underflows, log(p/q) is still right. */
export interface Density {
  readonly logDensity: (x: number) => number;
  /** Where it is not 0. */
  readonly support: readonly [low: number, high: number];
  /** Where its mass, its kinks and its jumps lie: integration begins with the intervals between them. */
  readonly points: readonly number[];
}

/** N(mean, std²). */
export function normalDensity(mean = 0, std = 1): Density {
  checkPositive("normalDensity: std", std);
  const constant = -Math.log(std) - 0.5 * Math.log(2 * Math.PI);
  return {
    logDensity: (x) => constant - 0.5 * ((x - mean) / std) ** 2,
    support: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    points: [-8, -4, -2, -1, 0, 1, 2, 4, 8].map((k) => mean + k * std),
  };
}

/** exp(−|x − mean|/scale)/(2 scale). */
export function laplaceDensity(mean = 0, scale = 1): Density {
  checkPositive("laplaceDensity: scale", scale);
  return {
    logDensity: (x) => -Math.log(2 * scale) - Math.abs(x - mean) / scale,
    support: [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    points: [-32, -8, -2, 0, 2, 8, 32].map((k) => mean + k * scale),
  };
}

/** 1/(high − low) between low and high. */
export function uniformDensity(low = 0, high = 1): Density {
  checkPositive("uniformDensity: high − low", high - low);
  return {
    logDensity: (x) => (x < low || x > high ? Number.NEGATIVE_INFINITY : -Math.log(high - low)),
    support: [low, high],
    points: [low, high],
  };
}

/** Σ wₖ pₖ(x), weights in any scale. */
export function mixtureDensity(weights: readonly number[], components: readonly Density[]): Density {
  const total = weights.reduce((a, b) => a + b, 0);
  if (weights.length !== components.length || !(total > 0) || weights.some((w) => w < 0)) {
    throw new UserError(
      `mixtureDensity: got weights ${weights.join(", ")} for ${components.length} densities; expected one weight for each, none negative and not all 0.`,
    );
  }
  const logWeights = weights.map((w) => Math.log(w / total));
  return {
    logDensity: (x) => {
      const terms = components.map((c, k) => logWeights[k]! + c.logDensity(x));
      const top = Math.max(...terms);
      if (top === Number.NEGATIVE_INFINITY) return top;
      return top + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - top), 0));
    },
    support: hull(components),
    points: components.flatMap((c) => c.points),
  };
}

/** What helps to find an expectation. */
export interface ExpectationOptions {
  /** Densities that g depends on: their points matter too. */
  readonly with?: readonly Density[];
  /** As in integrate. */
  readonly tolerance?: number;
}

/** E_p[g(x)] = ∫ p(x) g(x) dx. */
export function expectation(
  p: Density,
  g: (x: number) => number,
  { with: others = [], tolerance = 1e-11 }: ExpectationOptions = {},
): number {
  const points = [p, ...others].flatMap((d) => d.points);
  const f = (x: number): number => {
    const weight = Math.exp(p.logDensity(x));
    return weight === 0 ? 0 : weight * g(x);
  };
  return integrate(f, ...p.support, { points, tolerance }).value;
}

/** H(p) = −∫ p log p: differential entropy, of either sign. */
export function entropyOfDensity(p: Density): number {
  return -expectation(p, p.logDensity);
}

/** H(p, q) = −∫ p log q = H(p) + KL(p ‖ q). */
export function crossEntropyOfDensities(p: Density, q: Density): number {
  return expectation(p, (x) => -q.logDensity(x), { with: [q] });
}

/** KL(p ‖ q) = ∫ p log(p/q); +∞ where p has mass outside the support of q. */
export function klOfDensities(p: Density, q: Density): number {
  return divergenceOfDensities(p, q, "kl");
}

/** ½KL(p ‖ m) + ½KL(q ‖ m), m = ½(p + q): between 0 and log 2. */
export function jensenShannonOfDensities(p: Density, q: Density): number {
  return divergenceOfDensities(p, q, "jensen-shannon") / 2;
}

/**
 * D_f(p ‖ q) = ∫ q f(p/q) for a generator of `fDivergences`; "jensen-shannon" is, as there, twice the divergence.
 * Throws (UserError) where the integral diverges slowly, as Pearson's χ² does between normals whose q is too narrow.
 */
export function divergenceOfDensities(p: Density, q: Density, name: FDivergenceName): number {
  const term = divergenceTerm(name);
  const f = (x: number): number => term(p.logDensity(x), q.logDensity(x));
  const { value } = integrate(f, ...hull([p, q]), { points: [...p.points, ...q.points] });
  return Math.max(value, leastDivergence(name));
}

/** The smallest interval around all supports. */
function hull(densities: readonly Density[]): [number, number] {
  return [Math.min(...densities.map((d) => d.support[0])), Math.max(...densities.map((d) => d.support[1]))];
}

function checkPositive(what: string, value: number): void {
  if (!(value > 0)) throw new UserError(`${what} is ${value}, expected a positive number.`);
}
