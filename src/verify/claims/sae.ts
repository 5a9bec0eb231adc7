/** What stacked autoencoders must show: with few labels, pre-training helps sigmoid networks much and rectified ones hardly. */

import { balancedSubset } from "../../data/subset.ts";
import { createProducts, fitLogistic } from "../../metrics/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import type { Claim, Finding, ModelClaims } from "../claim.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { applied, labelsOf, rowsOf } from "../latent-measures.ts";

type Options = { readonly [name: string]: unknown };
/** Updates that fine-tune, pre-trained or not: 100 labels are one minibatch, so that these are 300 epochs of them. */
const tuning = (labels: number): number => 3 * labels;
/** Updates that each layer is pre-trained by: two epochs of all digits. */
const each = 1200;

const pretrained = (labels: number, options: Options = {}, layers = 3): TrainingPlan => {
  const steps = layers * each + tuning(labels);
  const share = (layers * each) / steps;
  return { data: "mnist", batch: 100, steps, options: { labels, ...options, share } };
};
const scratch = (labels: number, options: Options = {}): TrainingPlan => ({
  data: "mnist",
  batch: 100,
  steps: tuning(labels),
  options: { labels, pretrain: false, ...options },
});

/** Share of the 10,000 test digits (or of the labelled ones) whose class it finds, %. */
async function accuracy(lab: Lab, plan: TrainingPlan, which: "test" | "labelled" = "test"): Promise<number> {
  const run = await lab.train("sae", plan);
  const { train, test } = await lab.data("mnist");
  const labels = plan.options!["labels"] as number;
  const data = which === "test" ? test! : balancedSubset(train, labels, lab.seed);
  const { classify } = run.model;
  const { data: scores } = await applied(lab, run, "classify", (x) => classify!(x))(
    lab.examples(data, data.length),
  );
  const y = labelsOf(data, data.length);
  let right = 0;
  for (let i = 0; i < y.length; i++) {
    const row = scores.subarray(10 * i, 10 * i + 10);
    if (row.indexOf(Math.max(...row)) === y[i]) right++;
  }
  return (100 * right) / y.length;
}

/** Points gained over the same network from scratch. */
const gain =
  (labels: number, options: Options = {}, layers = 3) =>
  async (lab: Lab): Promise<Finding> => {
    const [with_, without] = [
      await accuracy(lab, pretrained(labels, options, layers)),
      await accuracy(lab, scratch(labels, options)),
    ];
    return {
      value: with_ - without,
      baseline: { name: "from scratch, %", value: without },
      note: `Seed ${lab.seed}: ${with_.toFixed(1)} % pre-trained.`,
    };
  };

/** Pre-trained and fine-tuned, against the best of a softmax on pixels, on frozen layers, and on principal components. */
async function baselines(lab: Lab): Promise<Finding> {
  const value = await accuracy(lab, pretrained(100));
  const pixels = await accuracy(lab, scratch(100, { hidden: [] }));
  const frozen = await accuracy(lab, pretrained(100, { tune: "top" }));
  const components = await onComponents(
    lab,
    await lab.train("pca", { data: "mnist", options: { latent: 50 } }),
  );
  const best = Math.max(pixels, frozen, components);
  const all = `softmax on pixels ${pixels.toFixed(1)} %, on frozen layers ${frozen.toFixed(1)} %, on 50 principal components ${components.toFixed(1)} %`;
  return {
    value,
    atLeast: best,
    baseline: { name: "the best of them", value: best },
    note: `Seed ${lab.seed}: ${all}.`,
  };
}

async function onComponents(lab: Lab, pca: OpenRun): Promise<number> {
  const { train, test } = await lab.data("mnist");
  const few = balancedSubset(train, 100, lab.seed);
  const { encode } = pca.model;
  const codes = applied(lab, pca, "encode", (x) => encode!(x));
  const of = async (x: Examples) => rowsOf(await codes(x));
  const products = createProducts(lab.runtime);
  const softmax = await fitLogistic(await of(lab.examples(few, 100)), labelsOf(few, 100), 10, { products });
  const predicted = await softmax.predict(await of(lab.examples(test!, test!.length)));
  const y = labelsOf(test!, test!.length);
  return (100 * predicted.filter((k, i) => k === y[i]).length) / y.length;
}

/** Points that training accuracy is above test accuracy, from scratch less pre-trained. */
async function overfit(lab: Lab): Promise<Finding> {
  const gap = async (plan: TrainingPlan): Promise<readonly [number, number]> => [
    await accuracy(lab, plan, "labelled"),
    await accuracy(lab, plan),
  ];
  const [own, without] = [await gap(pretrained(100)), await gap(scratch(100))];
  const text = ([seen, unseen]: readonly [number, number]): string =>
    `${seen.toFixed(0)} % of the labelled and ${unseen.toFixed(1)} % of the test digits`;
  return {
    value: own[0] - own[1],
    atMost: without[0] - without[1],
    baseline: { name: "from scratch", value: without[0] - without[1] },
    note: `Seed ${lab.seed}: pre-trained ${text(own)}, from scratch ${text(without)}.`,
  };
}

/** First-layer weights as pictures, 12 of each network. */
async function draw(lab: Lab): Promise<Uint8Array> {
  const filters = async (plan: TrainingPlan): Promise<Float32Array> => {
    const run = await lab.train("sae", plan);
    const { data, shape } = await run.runtime.get("layer1/dense_1/weight");
    const [, units] = shape as [number, number];
    const out = new Float32Array(24 * 784);
    for (let unit = 0; unit < 24; unit++) {
      const column = Float32Array.from({ length: 784 }, (_, i) => Number(data[i * units + unit]));
      const most = column.reduce((a, v) => Math.max(a, Math.abs(v)), 0);
      out.set(
        column.map((v) => v / most),
        unit * 784,
      );
    }
    return out;
  };
  const rows = [await filters(pretrained(100)), await filters(scratch(100))];
  const data = Float32Array.from(rows.flatMap((row) => [...row]));
  return await sheetPng({ data, shape: [48, 1, 28, 28] }, { columns: 12, scale: 2 });
}

const rectified = { units: "relu", hidden: [256, 64] };
/** With 500 labels, beside the sigmoid network's gain. */
async function rectifiedGain(lab: Lab): Promise<Finding> {
  const [own, sigmoid] = [await gain(500, rectified, 2)(lab), await gain(500)(lab)];
  const note = `${own.note} The specification measured −1 point on less pre-training, and so a threshold of 2.`;
  return { ...own, note, below: sigmoid.value, baseline: { name: "sigmoid units", value: sigmoid.value } };
}

const claim = (about: Omit<Claim, "threshold" | "unit"> & Partial<Claim>): Claim => ({
  threshold: "calibrated",
  unit: "points",
  ...about,
});

export const claims: ModelClaims = {
  model: "sae",
  claims: [
    claim({
      id: "hundred-labels",
      claim:
        "With 100 labels, a pre-trained sigmoid network 784-300-200-100 beats the same from scratch by 5 points.",
      ...{ atLeast: 5, minutes: 1, measure: gain(100) },
    }),
    claim({
      id: "five-hundred-labels",
      claim: "With 500 labels it beats it by 3 points.",
      ...{ atLeast: 3, minutes: 1, measure: gain(500) },
    }),
    claim({
      id: "rectified-units",
      claim:
        "In all honesty: with rectified units, 784-256-64, pre-training gains next to nothing with 100 labels.",
      ...{ atMost: 2, minutes: 1, measure: gain(100, rectified, 2) },
    }),
    claim({
      id: "rectified-units-500",
      claim: "With 500 labels rectified units gain less by it than sigmoid units do.",
      ...{ threshold: "estimate", minutes: 1, measure: rectifiedGain },
    }),
    claim({
      id: "shallow-baselines",
      claim:
        "With 100 labels, fine-tuning beats a softmax on pixels, on the frozen layers, and on principal components.",
      ...{ unit: "%", threshold: "estimate", minutes: 2, measure: baselines },
    }),
    claim({
      id: "less-overfitting",
      claim: "Training accuracy is further above test accuracy from scratch than with pre-training.",
      ...{ threshold: "estimate", minutes: 0.5, measure: overfit },
    }),
  ],
  picture: {
    caption:
      "Weights of 24 first-layer units: above, pre-trained on all digits; below, from 100 labelled digits alone.",
    draw,
  },
};
