/** What PCA with a kernel density must show, the lectures' basic operation: specification E28. */
import sharp from "sharp";
import { kernelLogDensity } from "../../math/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import type { ModelClaims } from "../claim.ts";
import { codesOf, fitted, meanOf } from "../classical-measures.ts";
import { distancesFromTraining, toldFromHeldOut } from "../component-samples.ts";
import { densityPng, figuresBeside, gridOf } from "../figures/density-figure.node.ts";
import { type Judge, judgeOf } from "../judge.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { labelsOf } from "../latent-measures.ts";

const plan = (latent: number, density = "kde"): TrainingPlan => ({
  data: "digits8",
  examples: 5000,
  options: { latent, density },
});

/** Two latent variables, on all of the digits. */
const vaePlan: TrainingPlan = {
  data: "digits8",
  options: { latent: 2, hidden: [128] },
  epochs: 5,
  ema: 0.998,
};

/** How much likelier held-out digits are under kernels than under one Gaussian on the same components, nats. */
async function beyondGaussian(lab: Lab, latent: number): Promise<number> {
  const kernels = await lab.nll(await lab.train("pcakde", plan(latent)));
  return (await lab.nll(await lab.train("pcakde", plan(latent, "gaussian")))) - kernels;
}

const judge = (lab: Lab): Promise<Judge> =>
  judgeOf(lab, { data: "digits8", options: { networks: "mlp", hidden: [128] }, epochs: 5 });

/** Mean confidence of a classifier of real 8×8 digits in 1,000 samples. */
const confidence = async (lab: Lab, run: OpenRun): Promise<number> =>
  meanOf((await (await judge(lab)).see(await lab.samples(run, 1000))).confidences);

export const claims: ModelClaims = {
  model: "pcakde",
  claims: [
    {
      id: "new",
      claim:
        "With 20 components samples are new: of 1,000 none lies within .001 of one of the 5,000 training digits, and the nearest is as far as calibrated, .23 to .31 with a slack of .05 (distances of grey values in [0, 1]).",
      unit: "smallest distance",
      ...{ atLeast: 0.18, atMost: 0.36 },
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        const { made } = await distancesFromTraining(lab, await lab.train("pcakde", plan(20)));
        return {
          value: Math.min(...made),
          baseline: { name: "a copy", value: 0 },
          note: `Seed ${lab.seed}: ${made.filter((v) => v < 1e-3).length} copies.`,
        };
      },
    },
    {
      id: "new-on-average",
      claim:
        "On average they are as far from training digits as held-out digits are, or somewhat farther (calibrated: .59 against .49).",
      unit: "of the held-out digits' distance",
      ...{ atLeast: 1, atMost: 1.4 },
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        const { made, held } = await distancesFromTraining(lab, await lab.train("pcakde", plan(20)));
        const value = meanOf(made) / meanOf(held);
        const baseline = { name: "mean distance of held-out digits", value: meanOf(held) };
        return { value, baseline, note: `Seed ${lab.seed}: mean distance ${meanOf(made).toFixed(3)}.` };
      },
    },
    {
      id: "beyond-gaussian",
      claim:
        "Kernels on 20 components find held-out digits likelier than one Gaussian does, by at least 4 nats (calibrated: 8.37 against 3.28).",
      unit: "nats",
      atLeast: 4,
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        const [two, ten] = [await beyondGaussian(lab, 2), await beyondGaussian(lab, 10)];
        return {
          value: await beyondGaussian(lab, 20),
          note: `Seed ${lab.seed}: ${two.toFixed(2)} nats with 2 components, ${ten.toFixed(2)} with 10 (calibrated: .15 and 2.43).`,
        };
      },
    },
    {
      id: "told-kernels",
      claim:
        "A nearest neighbour tells codes of samples (20 components, kernels) from held-out ones no better than 70 % of the time (four times 1,000 of each).",
      unit: "accuracy",
      atMost: 0.7,
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        return {
          value: await toldFromHeldOut(lab, await lab.train("pcakde", plan(20))),
          baseline: {
            name: "one Gaussian",
            value: await toldFromHeldOut(lab, await lab.train("pcakde", plan(20, "gaussian"))),
          },
        };
      },
    },
    {
      id: "told-gaussian",
      claim: "It tells those of one Gaussian at least 75 % of the time.",
      unit: "accuracy",
      atLeast: 0.75,
      threshold: "calibrated",
      minutes: 0.1,
      measure: async (lab) => ({
        value: await toldFromHeldOut(lab, await lab.train("pcakde", plan(20, "gaussian"))),
      }),
    },
    {
      id: "two-is-few",
      claim:
        "Two components (30 % of the variance) are not enough: a classifier is surer of samples with 20 components, by at least .1 of confidence.",
      unit: "confidence gained",
      atLeast: 0.1,
      threshold: "estimate",
      minutes: 0.5,
      async measure(lab) {
        const two = await confidence(lab, await lab.train("pcakde", plan(2)));
        const twenty = await confidence(lab, await lab.train("pcakde", plan(20)));
        const { accuracy, see } = await judge(lab);
        const real = await see(lab.examples((await lab.data("digits8")).test!, 1000));
        return {
          value: twenty - two,
          baseline: { name: "with 2 components", value: two },
          note: `Seed ${lab.seed}: ${twenty.toFixed(2)} with 20; ${meanOf(real.confidences).toFixed(2)} in real digits, of which the classifier is right about ${accuracy.toFixed(1)} %.`,
        };
      },
    },
    {
      id: "two-of-a-vae",
      shortfall:
        "the threshold is an estimate of ours; two latent variables of a VAE make pictures of 8×8 that are hardly surer than two components.",
      claim:
        "Two numbers need not be few: the classifier is surer of samples of a VAE with two latent variables than of those with two components, by at least .1.",
      unit: "confidence gained",
      atLeast: 0.1,
      threshold: "estimate",
      minutes: 0.5,
      async measure(lab) {
        const two = await confidence(lab, await lab.train("pcakde", plan(2)));
        const vae = await confidence(lab, await lab.train("vae", vaePlan));
        const note = `Seed ${lab.seed}: ${vae.toFixed(2)} with the VAE's two.`;
        return { value: vae - two, baseline: { name: "with 2 components", value: two }, note };
      },
    },
  ],
  picture: {
    caption:
      "The basic operation: digits of 64 pixels on 2 principal components (coloured by digit) with their kernel density; new digits drawn from it and mapped back; new digits with 20 components; and real ones. Right: the same map by the two latent variables of a VAE, and digits drawn from it.",
    draw,
  },
};

async function draw(lab: Lab): Promise<Uint8Array> {
  const two = await lab.train("pcakde", plan(2));
  const twenty = await lab.train("pcakde", plan(20));
  const vae = await lab.train("vae", vaePlan);
  const test = (await lab.data("digits8")).test!;
  const frame = { left: -4, right: 4, bottom: -4, top: 4 };
  const codes = async (run: OpenRun) => ({
    data: (await codesOf(lab, run, lab.examples(test, 1000))).data,
    classes: labelsOf(test, 1000),
  });
  const known = { data: await fitted(two, "pcakde/points"), count: 5000, dimensions: 2 };
  const places = { data: gridOf(frame, 90).data, count: 90 * 90, dimensions: 2 };
  const logDensity = kernelLogDensity(known, await fitted(two, "pcakde/scales"), places);
  const size = { size: 265 };
  const map = await densityPng({ frame, logDensity, points: await codes(two), title: "2 components" }, size);
  const latents = await densityPng({ frame, points: await codes(vae), title: "2 of a VAE" }, size);
  const sheet = async (x: Examples): Promise<Buffer> =>
    await sharp(await sheetPng(x, { columns: 8, scale: 4 }))
      .extend({ top: 22, background: "#fff" })
      .png()
      .toBuffer();
  return await figuresBeside([
    map,
    await sheet(await lab.samples(two, 64)),
    await sheet(await lab.samples(twenty, 64)),
    await sheet(lab.examples(test, 64)),
    latents,
    await sheet(await lab.samples(vae, 64)),
  ]);
}
