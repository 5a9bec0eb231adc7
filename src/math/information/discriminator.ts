/** The game of Goodfellow et al. 2014 (arXiv:1406.2661) on known densities: D*, C(G), and how far a discriminator is from them. */
import { type Density, divergenceOfDensities, expectation, jensenShannonOfDensities } from "./densities.ts";
import { softplusOf } from "./divergence-terms.ts";

/** D*(x) = p(x)/(p(x) + q(x)): the best discriminator of data p against generated q (proposition 1). NaN where both are 0. */
export function optimalDiscriminator(p: Density, q: Density): (x: number) => number {
  const logit = optimalLogit(p, q);
  return (x) => 1 / (1 + Math.exp(-logit(x)));
}

/** The logit of D*: log p(x) − log q(x). */
export function optimalLogit(p: Density, q: Density): (x: number) => number {
  return (x) => p.logDensity(x) - q.logDensity(x);
}

/** C(G) = max_D V(D, G) = E_p[log D*] + E_q[log(1 − D*)] = −log 4 + 2 JS(p, q) (theorem 1), in nats. */
export function generatorCriterion(p: Density, q: Density): number {
  return divergenceOfDensities(p, q, "gan");
}

/** V(D) = E_p[log D(x)] + E_q[log(1 − D(x))] of a discriminator given by its logit. */
export function discriminatorValue(p: Density, q: Density, logit: (x: number) => number): number {
  const onReal = expectation(p, (x) => -softplusOf(-logit(x)), { with: [q] });
  const onFake = expectation(q, (x) => -softplusOf(logit(x)), { with: [p] });
  return onReal + onFake;
}

/** What a discriminator misses of the best value, and how far it is from D* on the mixture ½(p + q). */
export interface DiscriminatorGap {
  readonly value: number;
  readonly best: number;
  /** best − value, never negative but for rounding. */
  readonly gap: number;
  /** (value + log 4)/2: a lower bound of JS(p, q). */
  readonly jensenShannonBound: number;
  readonly jensenShannon: number;
  /** E_m|D − D*|, m = ½(p + q): errors where neither has mass do not count. */
  readonly meanError: number;
}

/** Compares a discriminator, given by its logit, with the best one. */
export function discriminatorGap(p: Density, q: Density, logit: (x: number) => number): DiscriminatorGap {
  const best = generatorCriterion(p, q);
  const value = discriminatorValue(p, q, logit);
  const exact = optimalDiscriminator(p, q);
  const error = (x: number): number => Math.abs(1 / (1 + Math.exp(-logit(x))) - exact(x));
  return {
    value,
    best,
    gap: best - value,
    jensenShannonBound: jensenShannonFromValue(value),
    jensenShannon: jensenShannonOfDensities(p, q),
    meanError: 0.5 * (expectation(p, error, { with: [q] }) + expectation(q, error, { with: [p] })),
  };
}

/** (V + log 4)/2: the lower bound of JS(p, q) that the value V of any discriminator gives. */
export const jensenShannonFromValue = (value: number): number => (value + Math.log(4)) / 2;
