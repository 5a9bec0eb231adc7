/** What variational autoencoders must show: their bound, its order, the map of two latent variables, and the blur. */
import { evidenceLowerBound } from "../../metrics/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import { readMetrics } from "../../train/metrics-log.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import { exactBounds } from "../exact-bounds.ts";
import { digitOracle } from "../judge.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { boundOf, latentMap, tileDistances } from "../latent-measures.ts";
import { blur, decibels, sharpDcgan, sharpness } from "../sharpness.ts";

const binary: TrainingPlan = {
  data: "binarized-mnist",
  options: { hidden: [200], latent: 16 },
  epochs: 4,
  batch: 100,
};
const grey: TrainingPlan = { data: "mnist", options: { hidden: [400], latent: 20 }, epochs: 8, ema: 0.998 };
const map: TrainingPlan = {
  data: "mnist",
  options: { hidden: [256, 128], latent: 2 },
  epochs: 10,
  ema: 0.998,
};
const gan: TrainingPlan = { data: "mnist", steps: 10_000 };
const colour: TrainingPlan = {
  data: "cifar10",
  options: { networks: "conv", width: 16, latent: 64 },
  epochs: 4,
  batch: 64,
};
/** A third of the updates that the house's DCGAN gets on colour: minutes are scarce. */
const colourGan: TrainingPlan = { data: "cifar10", steps: 600, batch: 64, options: { width: 16 } };
/** The same trainings on drawn faces. */
const faces: TrainingPlan = { ...colour, data: "faces" };
const facesGan: TrainingPlan = { ...colourGan, data: "faces" };

async function elbo(lab: Lab): Promise<Finding> {
  const run = await lab.train("vae", binary);
  const { test } = await lab.data("binarized-mnist");
  const bound = (x: Tensor): Tensor => run.withAverages(() => run.model.bound!(x));
  const { scores } = await evidenceLowerBound(bound, test!, { runtime: run.runtime, split: "test" });
  return { value: scores[0]!.value, baseline: { name: "independent pixels, about", value: -206 } };
}

/** KL(q ‖ p) in training, nats: posterior collapse would make it 0. */
async function divergence(lab: Lab): Promise<Finding> {
  const run = await lab.train("vae", binary);
  const { losses } = (await readMetrics(run.folder)).at(-1)!;
  const [reconstruction, active] = [losses["vae.reconstruction"]!, losses["vae.active"]!];
  return {
    value: losses["vae.kl"]!,
    baseline: { name: "a collapsed posterior", value: 0 },
    note: `Seed ${lab.seed}: reconstruction ${reconstruction.toFixed(1)} nats, ${active} of 16 units active.`,
  };
}

/** The least step of the ladder L₁ ≤ L₅ ≤ L₅₀ on 1,000 test digits. */
async function ladder(lab: Lab): Promise<Finding> {
  const run = await lab.train("vae", binary);
  const test = (await lab.data("binarized-mnist")).test!;
  const [five, fifty] = [await boundOf(run, test, { k: 5 }), await boundOf(run, test, { k: 50 })];
  const steps = [fifty.elbo, five.bound, fifty.bound].map((v) => v.toFixed(2)).join(" ≤ ");
  return {
    value: Math.min(five.bound - fifty.elbo, fifty.bound - five.bound),
    note: `Seed ${lab.seed}: L₁ ≤ L₅ ≤ L₅₀ is ${steps} nats.`,
  };
}

const tiles = async (lab: Lab, side: number): Promise<Examples> =>
  await latentMap(lab, await lab.train("vae", map), side);

/** Mean distance of tiles beside or below each other, in that of tiles anywhere. */
async function smooth(lab: Lab): Promise<Finding> {
  const { near, far } = tileDistances(await tiles(lab, 20), 20);
  return { value: near / far, baseline: { name: "tiles anywhere, distance", value: far } };
}

async function classes(lab: Lab): Promise<Finding> {
  const oracle = await digitOracle(lab);
  const { classes } = await oracle.see(await tiles(lab, 20));
  const note = `Seed ${lab.seed}: the classifier is right about ${oracle.accuracy.toFixed(1)} % of test digits.`;
  return { value: new Set(classes).size, baseline: { name: "one tile", value: 1 }, note };
}

async function sharpGan(lab: Lab): Promise<Finding> {
  const value = await sharpness(lab, await lab.train("vae", grey), "mnist");
  return {
    value: await sharpness(lab, await lab.train("gan", gan), "mnist"),
    baseline: { name: "the VAE", value },
  };
}

export const claims: ModelClaims = {
  model: "vae",
  claims: [
    {
      id: "elbo",
      claim: "After 4 epochs of binarised MNIST the bound on test digits, 784-200-16-200-784, has come far.",
      ...{ unit: "nats", atLeast: -113, threshold: "calibrated", minutes: 0.5, measure: elbo },
    },
    {
      id: "no-collapse",
      claim: "Its posterior has not collapsed: q differs from the prior.",
      ...{ unit: "nats", atLeast: 15, threshold: "calibrated", minutes: 0.1, measure: divergence },
    },
    {
      id: "bounds-in-order",
      claim: "L₁ ≤ L₅ ≤ L₅₀ on test digits: the least step is not negative.",
      ...{ unit: "nats", atLeast: 0, threshold: "exact", need: "all", minutes: 0.3, measure: ladder },
    },
    {
      id: "probabilistic-pca",
      claim: "Set to probabilistic PCA, with the posterior as q, every estimate of the bound is log p(x).",
      ...{
        unit: "nats",
        atMost: 1e-4,
        threshold: "exact",
        need: "one seed",
        minutes: 0.1,
        measure: ({ seed }) => exactBounds(seed),
      },
    },
    {
      id: "smooth-map",
      claim:
        "With two latent variables, neighbouring tiles of the 20×20 map, beside and below, are much more alike than any two.",
      ...{ unit: "ratio", atMost: 0.35, threshold: "estimate", minutes: 1, measure: smooth },
    },
    {
      id: "classes-on-the-map",
      claim: "A classifier sees nearly all digits on that map.",
      ...{ unit: "digits", atLeast: 8, threshold: "estimate", minutes: 1, measure: classes },
    },
    {
      id: "blur",
      claim: "Samples are blurred: their Laplacian has much less energy than real digits'.",
      ...{ unit: "ratio", atMost: 0.6, threshold: "estimate", minutes: 0.5, measure: blur(grey) },
    },
    {
      id: "gan-is-sharp",
      shortfall:
        "the specification asks for 0.8 and more, which holds; the upper bound of 1.25 is ours, and the pictures of a GAN of dense layers are speckled.",
      claim: "A GAN's samples of the same digits are not, and they are not noise either.",
      ...{ unit: "ratio", atLeast: 0.8, atMost: 1.25, threshold: "estimate", minutes: 1, measure: sharpGan },
    },
    {
      id: "blur-in-colour",
      claim: "The same blur on CIFAR-10, with convolutions.",
      ...{ unit: "ratio", atMost: 0.6, threshold: "estimate", minutes: 2, measure: blur(colour) },
    },
    {
      id: "gan-is-sharp-in-colour",
      claim: "A DCGAN's samples of CIFAR-10, after a short training, are not.",
      ...{ unit: "ratio", atLeast: 0.8, atMost: 1.25, threshold: "estimate", minutes: 2 },
      measure: sharpDcgan(colour, colourGan),
    },
    {
      id: "reconstructs",
      claim: "But it reconstructs test digits better than inverting a GAN does.",
      ...{ unit: "dB", threshold: "estimate", minutes: 0.5 },
      measure: decibels(grey, { model: "gan", plan: gan }),
    },
    {
      id: "blur-on-faces",
      claim: "The same blur on drawn faces, with the convolutions and the training that CIFAR-10 gets.",
      ...{ unit: "ratio", atMost: 0.6, threshold: "estimate", minutes: 3, measure: blur(faces) },
    },
    {
      id: "gan-is-sharp-on-faces",
      claim: "The samples of a DCGAN trained on faces as briefly as on CIFAR-10 are not.",
      ...{ unit: "ratio", atLeast: 0.8, atMost: 1.25, threshold: "estimate", minutes: 2 },
      measure: sharpDcgan(faces, facesGan),
    },
    {
      id: "reconstructs-faces",
      claim: "But the VAE reconstructs test faces better than inverting that DCGAN does.",
      ...{ unit: "dB", threshold: "estimate", minutes: 1 },
      measure: decibels(faces, { model: "dcgan", plan: facesGan }),
    },
  ],
  picture: {
    caption: "The map of two latent variables: the unit square through the normal quantiles and the decoder.",
    draw: async (lab) => await sheetPng(await tiles(lab, 11), { columns: 11, scale: 1 }),
  },
};
