/**
 * What one outcome adds to an f-divergence D_f(P ‖ Q) = Σ q f(p/q): the generators of `fDivergences` (f-gan.ts) on
 * numbers, taken from a = log p and b = log q so that neither a small p nor a small q loses its digits.
 */
import { UserError } from "../../tensor/errors.ts";
import type { FDivergenceName } from "../divergences/f-gan.ts";

/** Adds up to D_f: `term(log p, log q)` = q f(p/q), with the limits where p or q is 0. */
export type DivergenceTerm = (logP: number, logQ: number) => number;

/** log(1 + eˣ), exact for large |x|. */
export const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

const none = Number.NEGATIVE_INFINITY;
/** Past this ratio, (u − 1)² is taken as u² − 2u + 1, which cannot overflow before the result does. */
const largeLogRatio = 30;

const kl: DivergenceTerm = (a, b) => (a === none ? 0 : Math.exp(a) * (a - b));

const pearson: DivergenceTerm = (a, b) => {
  if (b === none) return a === none ? 0 : Number.POSITIVE_INFINITY;
  if (a - b > largeLogRatio) return Math.exp(2 * a - b) - 2 * Math.exp(a) + Math.exp(b);
  return Math.exp(b) * Math.expm1(a - b) ** 2;
};

/** p log(p/(p + q)), where p > 0. */
const share: DivergenceTerm = (a, b) => (a === none ? 0 : -Math.exp(a) * softplusOf(b - a));

const gan: DivergenceTerm = (a, b) => share(a, b) + share(b, a);

const terms: { readonly [name in FDivergenceName]: DivergenceTerm } = {
  kl,
  "reverse-kl": (a, b) => kl(b, a),
  "pearson-chi2": pearson,
  "neyman-chi2": (a, b) => pearson(b, a),
  "squared-hellinger": (a, b) => (Math.exp(a / 2) - Math.exp(b / 2)) ** 2,
  "total-variation": (a, b) => Math.abs(Math.exp(a) - Math.exp(b)) / 2,
  "jensen-shannon": (a, b) => gan(a, b) + Math.LN2 * (Math.exp(a) + Math.exp(b)),
  gan,
};

/** The term of the f-divergence of that name. Throws (UserError) where there is none. */
export function divergenceTerm(name: FDivergenceName): DivergenceTerm {
  const term = terms[name] as DivergenceTerm | undefined;
  if (!term) {
    throw new UserError(
      `f-divergence: there is none named ${JSON.stringify(name)}; use one of ${Object.keys(terms).join(", ")}.`,
    );
  }
  return term;
}

/** The least value of a divergence: where P = Q. It is 0 but for "gan", whose generator has f(1) = −log 4. */
export const leastDivergence = (name: FDivergenceName): number => (name === "gan" ? -Math.log(4) : 0);

/** Nats as bits: x / log 2. */
export const inBits = (nats: number): number => nats / Math.LN2;
