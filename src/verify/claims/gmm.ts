/** What Gaussian mixtures must show: specification E26. */
import { gaussianMixtureSteps, mixtureLogDensity } from "../../math/index.ts";
import type { ModelClaims } from "../claim.ts";
import { fitted, logged } from "../classical-measures.ts";
import { densityPng, figuresBeside, gridOf } from "../figures/density-figure.node.ts";
import type { TrainingPlan } from "../lab.node.ts";

const twelve: TrainingPlan = { data: "moons", examples: 20_000 };
const one: TrainingPlan = { data: "moons", options: { components: 1 }, examples: 20_000 };

export const claims: ModelClaims = {
  model: "gmm",
  claims: [
    {
      id: "moons-nll",
      claim: "On moons (entropy 1.008 nats) twelve Gaussians reach a held-out NLL of at most 1.20.",
      unit: "nats",
      atMost: 1.2,
      threshold: "estimate",
      minutes: 0.2,
      async measure(lab) {
        const value = await lab.nll(await lab.train("gmm", twelve));
        return {
          value,
          baseline: { name: "one Gaussian", value: await lab.nll(await lab.train("gmm", one)) },
        };
      },
    },
    {
      id: "one-gaussian",
      claim: "One Gaussian reaches 1.910 nats on moons, to ±0.02.",
      unit: "nats from 1.910",
      atMost: 0.02,
      threshold: "calibrated",
      minutes: 0.1,
      async measure(lab) {
        const nll = await lab.nll(await lab.train("gmm", one));
        return { value: Math.abs(nll - 1.91), note: `Seed ${lab.seed}: ${nll.toFixed(3)} nats.` };
      },
    },
    {
      id: "monotone",
      claim: "No iteration of EM lowers the log-likelihood of the data.",
      unit: "iterations that lower it",
      atMost: 0,
      threshold: "exact",
      minutes: 0.1,
      async measure(lab) {
        const nats = await logged(await lab.train("gmm", twelve), "log-likelihood");
        return {
          value: nats.filter((v, i) => i > 0 && v < nats[i - 1]! - 1e-12).length,
          note: `Seed ${lab.seed}: ${nats.length} iterations, from ${nats[0]!.toFixed(3)} to ${nats.at(-1)!.toFixed(3)}.`,
        };
      },
    },
    {
      id: "bic",
      claim: "BIC finds that ring has 8 components, trying 1 to 12.",
      unit: "components",
      atLeast: 8,
      atMost: 8,
      threshold: "estimate",
      need: "two of three",
      minutes: 0.3,
      async measure(lab) {
        const run = await lab.train("gmm", { data: "ring", options: { choose: true }, examples: 5000 });
        const weights = await fitted(run, "gmm/log-weights");
        return { value: weights.filter((w) => w > -1e6).length };
      },
    },
  ],
  picture: {
    caption:
      "EM on moons with twelve Gaussians: the density that the clusters of k-means give, after 5 iterations, and at the end, with contours around 50, 90 and 99 % of its mass over 500 of the points; right, 1,000 samples of the model.",
    async draw(lab) {
      const frame = { left: -1.8, right: 2.8, bottom: -2.05, top: 2.55 };
      const { train } = await lab.data("moons");
      const { data } = lab.examples(train, 3000);
      const places = { data: gridOf(frame, 110).data, count: 110 * 110, dimensions: 2 };
      const panels: Buffer[] = [];
      const steps = [
        ...gaussianMixtureSteps(
          { data, count: 3000, dimensions: 2 },
          { components: 12, covariance: "full", seed: lab.seed, iterations: 100 },
        ),
      ];
      for (const i of [0, 5, steps.length - 1]) {
        const mixture = steps[i]!;
        const title = `iteration ${i}: ${mixture.logLikelihood.toFixed(3)} nats`;
        const logDensity = mixtureLogDensity(places, mixture);
        panels.push(
          await densityPng(
            { frame, logDensity, points: { data: data.subarray(0, 1000) }, title },
            { size: 260 },
          ),
        );
      }
      const samples = await lab.samples(await lab.train("gmm", twelve), 1000);
      panels.push(
        await densityPng({ frame, points: { data: samples.data }, title: "samples" }, { size: 260 }),
      );
      return await figuresBeside(panels);
    },
  },
};
