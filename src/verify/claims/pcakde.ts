/** What PCA with a kernel density must show, the lectures' basic operation: specification E28. */
import sharp from "sharp";
import { kernelLogDensity } from "../../math/index.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import type { ModelClaims } from "../claim.ts";
import { codesOf, fitted, meanOf, nearestDistances } from "../classical-measures.ts";
import { densityPng, figuresBeside, gridOf } from "../figures/density-figure.node.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { applied, labelsOf, neighborTest, rowsOf } from "../latent-measures.ts";

const plan = (latent: number, density = "kde"): TrainingPlan => ({
  data: "digits8",
  examples: 5000,
  options: { latent, density },
});

/** How much likelier held-out digits are under kernels than under one Gaussian on the same components, nats. */
async function beyondGaussian(lab: Lab, latent: number): Promise<number> {
  const kernels = await lab.nll(await lab.train("pcakde", plan(latent)));
  return (await lab.nll(await lab.train("pcakde", plan(latent, "gaussian")))) - kernels;
}

/** How well a nearest neighbour tells codes of samples from those of held-out digits: ½ where they are alike. */
async function told(lab: Lab, latent: number, density: string): Promise<number> {
  const run = await lab.train("pcakde", plan(latent, density));
  const real = await codesOf(lab, run, lab.examples((await lab.data("digits8")).test!, 1000));
  const { prior } = run.model;
  const fake = await lab.compile(run, "codes of samples", () => prior!(1000))();
  return await neighborTest(lab, { data: fake.data as Float32Array, shape: fake.shape }, real);
}

/** What a classifier of real 8×8 digits makes of pictures: its mean confidence. */
async function confidence(lab: Lab, run: OpenRun | undefined): Promise<number> {
  const oracle = await lab.train("classifier", {
    data: "digits8",
    options: { networks: "mlp", hidden: [128] },
    epochs: 5,
  });
  const x = run ? await lab.samples(run, 1000) : lab.examples((await lab.data("digits8")).test!, 1000);
  const { classify } = oracle.model;
  const { data } = await applied(lab, oracle, "confidence", (v) => classify!(v).softmax(-1).max(-1))(x);
  return meanOf(data);
}

export const claims: ModelClaims = {
  model: "pcakde",
  claims: [
    {
      id: "new",
      claim:
        "With 20 components samples are new: none of 1,000 lies within .001 of one of the 5,000 training digits (distances of grey values in [0, 1]), and none nearer than .1.",
      unit: "smallest distance",
      atLeast: 0.1,
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        const run = await lab.train("pcakde", plan(20));
        const { train, test } = await lab.data("digits8");
        const half = (features: ReturnType<typeof rowsOf>) => ({
          ...features,
          data: Float64Array.from(features.data, (v) => v / 2),
        });
        const known = half(rowsOf(lab.examples(train, 5000)));
        const made = nearestDistances(half(rowsOf(await lab.samples(run, 1000))), known);
        const held = nearestDistances(half(rowsOf(lab.examples(test!, 1000))), known);
        return {
          value: Math.min(...made),
          baseline: { name: "mean distance of held-out digits", value: meanOf(held) },
          note: `Seed ${lab.seed}: ${made.filter((v) => v < 1e-3).length} copies; mean distance ${meanOf(made).toFixed(3)}.`,
        };
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
        "A nearest neighbour tells codes of samples (20 components, kernels) from held-out ones no better than 70 % of the time.",
      unit: "accuracy",
      atMost: 0.7,
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        return {
          value: await told(lab, 20, "kde"),
          baseline: { name: "one Gaussian", value: await told(lab, 20, "gaussian") },
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
      measure: async (lab) => ({ value: await told(lab, 20, "gaussian") }),
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
        const real = await confidence(lab, undefined);
        return {
          value: twenty - two,
          baseline: { name: "with 2 components", value: two },
          note: `Seed ${lab.seed}: ${twenty.toFixed(2)} with 20; ${real.toFixed(2)} of real digits.`,
        };
      },
    },
  ],
  picture: {
    caption:
      "The basic operation: digits of 64 pixels on 2 principal components (coloured by digit) with their kernel density; new digits drawn from it and mapped back; new digits with 20 components; and real ones.",
    async draw(lab) {
      const two = await lab.train("pcakde", plan(2));
      const twenty = await lab.train("pcakde", plan(20));
      const test = (await lab.data("digits8")).test!;
      const frame = { left: -4, right: 4, bottom: -4, top: 4 };
      const codes = await codesOf(lab, two, lab.examples(test, 1000));
      const known = { data: await fitted(two, "pcakde/points"), count: 5000, dimensions: 2 };
      const places = { data: gridOf(frame, 90).data, count: 90 * 90, dimensions: 2 };
      const logDensity = kernelLogDensity(known, await fitted(two, "pcakde/scales"), places);
      const map = await densityPng(
        {
          frame,
          logDensity,
          points: { data: codes.data, classes: labelsOf(test, 1000) },
          title: "2 components",
        },
        { size: 265 },
      );
      const sheets = await Promise.all(
        [await lab.samples(two, 64), await lab.samples(twenty, 64), lab.examples(test, 64)].map(async (x) =>
          sharp(await sheetPng(x, { columns: 8, scale: 4 }))
            .extend({ top: 22, background: "#fff" })
            .png()
            .toBuffer(),
        ),
      );
      return await figuresBeside([map, ...sheets]);
    },
  },
};
