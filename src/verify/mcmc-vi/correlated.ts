/** A Gaussian whose coordinates depend on each other: what a mean field makes of it, and what chains do. */
import {
  autocorrelation,
  effectiveSampleSize,
  klOfGaussians,
  meanFieldOfGaussian,
  metropolisTransition,
} from "../../math/index.ts";
import type { Finding } from "../claim.ts";
import type { Lab } from "../lab.node.ts";
import { coordinate, correlatedGibbs, fitGaussian, momentsOf, origin, runChain, worst } from "./inference.ts";
import { correlated } from "./posteriors.ts";

export const rho = 0.9;

/** Gradients and the closed form, for three correlations: largest deviation of a variance from 1 − ρ². */
export async function meanField(lab: Lab): Promise<Finding> {
  const errors = [0.5, rho, 0.99].map((r) => {
    const { q } = meanFieldOfGaussian(correlated(r).gaussian);
    return worst([q.covariance[0]!, q.covariance[3]!], 1 - r ** 2);
  });
  const plan = { dimensions: 2, family: "mean-field", steps: 1500, draws: 1000, lr: 0.03 } as const;
  const { std } = await fitGaussian(lab, correlated(rho), { name: "mean-field", ...plan });
  const byGradient = worst(
    std.map((s) => s * s),
    1 - rho ** 2,
  );
  return {
    value: Math.max(byGradient, ...errors),
    baseline: { name: "deviation of the true variance, 1", value: worst([1], 1 - rho ** 2) },
    note: `By coordinate ascent ${Math.max(...errors).toExponential(1)} %, by reparametrised gradients ${byGradient.toFixed(2)} %.`,
  };
}

/** A Gaussian with all its covariances, by gradients: largest deviation of variances and covariance from the truth. */
export async function fullRank(lab: Lab): Promise<Finding> {
  const plan = { dimensions: 2, family: "full-rank", steps: 1500, draws: 1000, lr: 0.03 } as const;
  const { covariance: c } = await fitGaussian(lab, correlated(rho), { name: "full-rank", ...plan });
  return {
    value: Math.max(worst([c[0]!, c[3]!], 1), worst([c[1]!], rho)),
    baseline: { name: "mean field", value: 100 * rho ** 2 },
    note: `Seed ${lab.seed}: variances ${c[0]!.toFixed(3)} and ${c[3]!.toFixed(3)}, covariance ${c[1]!.toFixed(3)}.`,
  };
}

/** KL(q ‖ p) of the closed form against −½ log(1 − ρ²). */
export async function divergence(): Promise<Finding> {
  const { gaussian } = correlated(rho);
  const kl = klOfGaussians(meanFieldOfGaussian(gaussian).q, gaussian);
  return { value: Math.abs(kl + 0.5 * Math.log(1 - rho ** 2)), note: `KL(q ‖ p) is ${kl.toFixed(4)} nats.` };
}

export async function metropolis(lab: Lab): Promise<Finding> {
  const chain = await runChain(lab, (z) => metropolisTransition(correlated(rho), z, { stepSize: 0.8 }), {
    name: "metropolis",
    steps: 20_000,
    start: origin(1, 2),
  });
  const { covariance: c } = momentsOf(chain, 500);
  const ess = effectiveSampleSize(coordinate(chain, 0));
  return {
    value: Math.max(worst([c[0]!, c[3]!], 1), worst([c[1]!], rho)),
    baseline: { name: "mean field", value: 100 * rho ** 2 },
    note: `Seed ${lab.seed}: variances ${c[0]!.toFixed(3)} and ${c[3]!.toFixed(3)}, covariance ${c[1]!.toFixed(3)}, acceptance ${chain.acceptance.toFixed(2)}, effective sample size ${ess.toFixed(0)} of 20,000.`,
  };
}

export async function gibbs(lab: Lab): Promise<Finding> {
  const plan = { name: "gibbs", steps: 20_000, start: origin(1, 2) };
  const chain = await runChain(lab, correlatedGibbs(rho), plan);
  const found = autocorrelation(coordinate(chain, 0), 1)[1]!;
  return {
    value: Math.abs(found - rho ** 2),
    note: `Seed ${lab.seed}: ${found.toFixed(4)} for ρ² = ${rho ** 2}.`,
  };
}
