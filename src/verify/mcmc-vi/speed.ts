/** How long samplers and variational inference take to the mean, and what the faster one gives up. */
import {
  effectiveSampleSize,
  hmcTransition,
  langevinTransition,
  metropolisTransition,
} from "../../math/index.ts";
import { uniform } from "../../tensor/index.ts";
import type { Finding } from "../claim.ts";
import type { Lab } from "../lab.node.ts";
import { coordinate, fitGaussian, momentsOf, origin, runChain, worst } from "./inference.ts";
import { banana, logisticRegression, regressors } from "./posteriors.ts";

/** The first time from which an estimate of the mean stays within 5 % of the truth; Infinity if it ends outside. */
function settled(
  estimate: (t: number) => ArrayLike<number>,
  count: number,
  truth: ArrayLike<number>,
): number {
  const norm = (f: (i: number) => number): number =>
    Math.hypot(...Array.from({ length: truth.length }, (_, i) => f(i)));
  const size = norm((i) => truth[i]!);
  let first = Number.POSITIVE_INFINITY;
  for (let t = count - 1; t >= 0; t--) {
    const now = estimate(t);
    if (norm((i) => now[i]! - truth[i]!) > 0.05 * size) break;
    first = t + 1;
  }
  return first;
}

/** Evaluations of log π̃ or its gradient until the mean of a Bayesian logistic regression is right to 5 %. */
export async function speed(lab: Lab): Promise<Finding> {
  const target = logisticRegression(lab.seed);
  const d = regressors;
  const hmc = await runChain(
    lab,
    (z) =>
      hmcTransition(target, z, {
        stepSize: uniform([z.shape[0]!], { low: 0.08, high: 0.14 }),
        leapfrogSteps: 8,
      }),
    { name: "reference", steps: 1500, start: origin(16, d) },
  );
  const { mean: truth } = momentsOf(hmc, 200);
  const draws = 2;
  const plan = { dimensions: d, family: "mean-field", steps: 400, draws, lr: 0.1 } as const;
  const { path } = await fitGaussian(lab, target, { name: "logistic", ...plan });
  const byVi = draws * settled((t) => path.subarray(d * t, d * t + d), 400, truth);
  const walk = await runChain(lab, (z) => metropolisTransition(target, z, { stepSize: 0.12 }), {
    name: "walk",
    steps: 20_000,
    start: origin(1, d),
  });
  const sums = new Float64Array(d * walk.steps);
  walk.z.forEach((v, i) => {
    sums[i] = v + (i >= d ? sums[i - d]! : 0);
  });
  const mean = (t: number): Float64Array => sums.slice(d * t, d * t + d).map((v) => v / (t + 1));
  const byWalk = settled(mean, walk.steps, truth);
  return {
    value: byVi,
    atMost: byWalk,
    baseline: { name: "evaluations of Metropolis", value: byWalk },
    note: `Seed ${lab.seed}: effective sample size of 20,000 steps ${effectiveSampleSize(coordinate(walk, 0)).toFixed(0)}, acceptance ${walk.acceptance.toFixed(2)}.`,
  };
}

/** E and Var of the bent coordinate by each sampler with a gradient: largest deviation of a variance, in percent. */
export async function bent(lab: Lab): Promise<Finding> {
  const [steps, truth] = [3000, 0.75];
  const hmc = await runChain(
    lab,
    (z) =>
      hmcTransition(banana, z, {
        stepSize: uniform([z.shape[0]!], { low: 0.2, high: 0.4 }),
        leapfrogSteps: 10,
      }),
    { name: "banana hmc", steps, start: origin(16, 2) },
  );
  const mala = await runChain(lab, (z) => langevinTransition(banana, z, { stepSize: 0.5 }), {
    name: "banana mala",
    steps: 10_000,
    start: origin(16, 2),
  });
  const variances = [hmc, mala].map((chain) => momentsOf(chain, 500).covariance[3]!);
  const plan = { dimensions: 2, family: "mean-field", steps: 1500, draws: 32, lr: 0.05 } as const;
  const { std } = await fitGaussian(lab, banana, { name: "banana", ...plan });
  const rates = [hmc, mala].map((chain) => effectiveSampleSize(coordinate(chain, 1)) / chain.steps);
  return {
    value: worst(variances, truth),
    baseline: { name: "mean field", value: worst([std[1]! ** 2], truth) },
    note: `Seed ${lab.seed}: HMC ${variances[0]!.toFixed(2)}, Langevin ${variances[1]!.toFixed(2)}; effective samples per transition ${rates.map((r) => r.toFixed(3)).join(" and ")}, acceptance ${hmc.acceptance.toFixed(2)} and ${mala.acceptance.toFixed(2)}.`,
  };
}
