/** Why the generator's minimax loss saturates (Goodfellow et al. 2014, section 3; Arjovsky & Bottou 2017). */
import { type Density, expectation } from "./densities.ts";
import { optimalDiscriminator } from "./discriminator.ts";

/** The generator minimises log(1 − D), or −log D. */
export type GeneratorLoss = "minimax" | "non-saturating";

/** Slope of the loss in the logit of D: −D for log(1 − D), −(1 − D) for −log D. */
export function slopeInLogit(loss: GeneratorLoss, d: number): number {
  return loss === "minimax" ? -d : d - 1;
}

/**
 * E_q|∂loss(D*(x))/∂x| = E_q[|slope(D*(x))| · |∂(log p − log q)/∂x|] at samples of q: how strongly the best discriminator pulls
 * samples, by central differences of step 1e-5. For p = N(0, 1), q = N(θ, 1) the factor is θ, so it is |θ| E_q[D*] against
 * |θ| E_q[1 − D*].
 */
export function meanGradientOnSamples(p: Density, q: Density, loss: GeneratorLoss): number {
  const step = 1e-5;
  const exact = optimalDiscriminator(p, q);
  const logit = (x: number): number => p.logDensity(x) - q.logDensity(x);
  const steepness = (x: number): number => Math.abs(logit(x + step) - logit(x - step)) / (2 * step);
  return expectation(q, (x) => Math.abs(slopeInLogit(loss, exact(x))) * steepness(x), {
    with: [p],
    tolerance: 1e-8,
  });
}
