/** Stacked autoencoders and what they are compared with, trained with few labels. */
import { balancedSubset } from "../data/subset.ts";
import { createProducts, fitLogistic } from "../metrics/index.ts";
import type { Examples } from "../train/latents.node.ts";
import type { OpenRun } from "../train/open-run.node.ts";
import type { Lab, TrainingPlan } from "./lab.node.ts";
import { applied, labelsOf, rowsOf } from "./latent-measures.ts";

export type Options = { readonly [name: string]: unknown };
/** Updates that fine-tune, pre-trained or not: 100 labels are one minibatch, so that these are 300 epochs of them. */
const tuning = (labels: number): number => 3 * labels;
/** Updates that each layer is pre-trained by: two epochs of all digits. */
const each = 1200;

export const pretrained = (labels: number, options: Options = {}, layers = 3): TrainingPlan => {
  const steps = layers * each + tuning(labels);
  const share = (layers * each) / steps;
  return { data: "mnist", batch: 100, steps, options: { labels, ...options, share } };
};
export const scratch = (labels: number, options: Options = {}): TrainingPlan => ({
  data: "mnist",
  batch: 100,
  steps: tuning(labels),
  options: { labels, pretrain: false, ...options },
});

/** Share of the 10,000 test digits (or of the labelled ones) whose class it finds, %. */
export async function accuracy(
  lab: Lab,
  plan: TrainingPlan,
  which: "test" | "labelled" = "test",
): Promise<number> {
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

/** Accuracy of a softmax on principal components of 100 labelled digits, %. */
export async function onComponents(lab: Lab, pca: OpenRun): Promise<number> {
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
