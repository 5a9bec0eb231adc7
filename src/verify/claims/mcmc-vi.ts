/** Samplers and variational inference on the same posteriors: what each gets wrong, and how fast. */
import { metropolisTransition } from "../../math/index.ts";
import { compile } from "../../runtime/index.ts";
import type { ModelClaims } from "../claim.ts";
import { densityPng, figuresBeside, gridOf } from "../figures/density-figure.node.ts";
import type { Lab } from "../lab.node.ts";
import { divergence, fullRank, gibbs, meanField, metropolis, rho } from "../mcmc-vi/correlated.ts";
import { fitGaussian, origin, runChain } from "../mcmc-vi/inference.ts";
import { posterior } from "../mcmc-vi/latent-posterior.ts";
import { banana, correlated, type LogDensity, twoModes } from "../mcmc-vi/posteriors.ts";
import { bent, racePanel, speed, time } from "../mcmc-vi/speed.ts";
import { locked, visited } from "../mcmc-vi/two-modes.ts";

export const claims: ModelClaims = {
  model: "mcmc-vi",
  title: "Markov chains and variational inference",
  paper: "Metropolis et al. 1953; Jordan et al. 1999",
  claims: [
    {
      id: "gaussian-mean-field",
      claim:
        "The mean field of a Gaussian with correlation ρ has variances 1 − ρ² instead of 1, by closed form (ρ = 0.5, 0.9, 0.99) and by gradients (0.9).",
      ...{ unit: "%", atMost: 1, threshold: "calibrated", minutes: 0.2, measure: meanField },
    },
    {
      id: "gaussian-full-rank",
      claim: "A Gaussian q with all its covariances finds variances and covariance at ρ = 0.9.",
      ...{ unit: "%", atMost: 1, threshold: "estimate", minutes: 0.2, measure: fullRank },
    },
    {
      id: "gaussian-divergence",
      claim: "KL(q ‖ p) of the mean field at ρ = 0.9 is −½ log(1 − ρ²) = 0.8304 nats.",
      ...{
        unit: "nats",
        atMost: 1e-4,
        threshold: "exact",
        need: "one seed",
        minutes: 0.1,
        measure: divergence,
      },
    },
    {
      id: "gaussian-metropolis",
      claim:
        "One Metropolis chain of 20,000 steps of 0.8 finds both variances of the same Gaussian, and the covariance.",
      ...{ unit: "%", atMost: 10, threshold: "calibrated", minutes: 0.2, measure: metropolis },
    },
    {
      id: "gaussian-gibbs",
      claim: "The autocorrelation of Gibbs sampling is ρ² after one sweep.",
      ...{ unit: "deviation", atMost: 0.02, threshold: "exact", minutes: 0.2, measure: gibbs },
    },
    {
      id: "mixture-locked",
      claim: "Of two modes, q takes one: its mass on the other's side.",
      ...{ unit: "%", atMost: 1, threshold: "calibrated", minutes: 0.2, measure: locked },
    },
    {
      id: "mixture-visited",
      claim: "Metropolis spends 40–60 % of 20,000 steps in each mode: how far it is from half.",
      ...{ unit: "points", atMost: 10, threshold: "calibrated", minutes: 0.2, measure: visited },
    },
    {
      id: "logistic-speed",
      claim:
        "Variational inference has the mean of a Bayesian logistic regression to 5 % after fewer evaluations than Metropolis.",
      ...{ unit: "evaluations", threshold: "estimate", minutes: 0.5, measure: speed },
    },
    {
      id: "logistic-time",
      claim: "And after less time.",
      ...{ unit: "ms", threshold: "estimate", minutes: 0.5, measure: time },
    },
    {
      id: "banana-variance",
      claim:
        "Hamiltonian and Langevin Monte Carlo find the variance of a banana's bent coordinate, ¾, which a mean field does not.",
      ...{ unit: "%", atMost: 10, threshold: "estimate", minutes: 1, measure: bent },
    },
    {
      id: "vae-posterior",
      claim:
        "For a VAE with two latent variables, log p(x) − ELBO is KL(q ‖ p(z|x)) for its encoder's q, all on a grid.",
      ...{ unit: "nats", atMost: 1e-3, threshold: "calibrated", minutes: 0.5, measure: posterior },
    },
  ],
  picture: {
    caption:
      "A correlated Gaussian, a banana and two modes: contours of the density, 500 places of a Metropolis chain (points), and the mean field's 90 % ellipse (line). Right: how far the mean of a Bayesian logistic regression is from the truth, relative, after 1 to 20,000 evaluations of the density (ticks at 10, 100, 1,000, 10,000): variational inference blue, Metropolis orange, 5 % grey.",
    async draw(lab) {
      const panels: Buffer[] = [];
      for (const [title, target] of [
        ["correlated Gaussian", correlated(rho)],
        ["banana", banana],
        ["two modes", twoModes],
      ] as const)
        panels.push(await panel(lab, title, target));
      panels.push(await racePanel(lab, 320));
      return await figuresBeside(panels);
    },
  },
};

async function panel(lab: Lab, title: string, target: LogDensity): Promise<Buffer> {
  const frame = { left: -4, right: 4, bottom: -4, top: 4 };
  const density = compile(target, { runtime: lab.runtime, name: title, training: false });
  const { data: logDensity } = await density(gridOf(frame, 160));
  const chain = await runChain(lab, (z) => metropolisTransition(target, z, { stepSize: 1 }), {
    ...{ name: title, steps: 10_000, start: origin(1, 2) },
  });
  const points = new Float32Array(1000);
  for (let i = 0; i < 500; i++) points.set(chain.z.subarray(40 * i, 40 * i + 2), 2 * i);
  const plan = {
    dimensions: 2,
    family: "mean-field",
    steps: 1500,
    draws: 32,
    lr: 0.05,
    startStd: 0.3,
  } as const;
  const q = await fitGaussian(lab, target, {
    name: `picture ${title}`.replaceAll(" ", "-"),
    ...plan,
    start: [0.5, 0],
  });
  const radius = Math.sqrt(2 * Math.log(10));
  const ellipse = Array.from({ length: 65 }, (_, k) => (2 * Math.PI * k) / 64).flatMap((angle) => [
    q.mean[0]! + radius * q.std[0]! * Math.cos(angle),
    q.mean[1]! + radius * q.std[1]! * Math.sin(angle),
  ]);
  return await densityPng({
    frame,
    logDensity: logDensity as Float32Array,
    points: { data: points },
    lines: [ellipse],
    title,
  });
}
