/** How often a classifier is right on examples that it was not trained on. */
import { fillBatch, inOrder } from "../data/batches.ts";
import type { Dataset, Splits } from "../data/dataset.ts";
import type { Model } from "../models/model.ts";
import { type Ema, useAverages } from "../optim/index.ts";
import { type Compiled, compile, type Runtime } from "../runtime/index.ts";
import { type Tensor, UserError } from "../tensor/index.ts";
import { inPortions } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { runData } from "./run-data.node.ts";

export interface Accuracy {
  /** Share of the examples whose largest score is at their label. */
  readonly accuracy: number;
  readonly correct: number;
  readonly examples: number;
  /** The same for each class: NaN where it has no example. */
  readonly byClass: readonly number[];
}

/** Examples in one call. */
const portion = 256;

type Classify = Compiled<(x: Tensor) => Tensor>;

/** Accuracy of scores [N, classes] on all of a data set with labels. */
async function accuracyOn(classify: Classify, data: Dataset): Promise<Accuracy> {
  const right = new Float64Array(data.classes ?? 0);
  const all = new Float64Array(data.classes ?? 0);
  for (const indices of inOrder(data.length, portion)) {
    const { x, y } = fillBatch(data, indices);
    const scores = await inPortions(classify, x, portion);
    largestOfRows(scores.data, scores.shape[1]!).forEach((predicted, i) => {
      const label = y!.data[i]!;
      all[label] = (all[label] ?? 0) + 1;
      if (predicted === label) right[label] = (right[label] ?? 0) + 1;
    });
  }
  const correct = right.reduce((a, b) => a + b, 0);
  const byClass = Array.from(all, (n, k) => right[k]! / n);
  return { accuracy: correct / data.length, correct, examples: data.length, byClass };
}

/** The column of the largest number of each row: the predicted classes. */
export function largestOfRows(scores: Float32Array, columns: number): Int32Array {
  return Int32Array.from({ length: scores.length / columns }, (_, row) => {
    let best = 0;
    for (let k = 1; k < columns; k++)
      if (scores[row * columns + k]! > scores[row * columns + best]!) best = k;
    return best;
  });
}

/** Measures a model while it is trained. */
export interface Examination {
  /** Compiles it; always at the same place in the order, since compiling may decide how state is stored. */
  prepare(): Promise<void>;
  accuracy(): Promise<Accuracy>;
}

/** The examination of a model that classifies, where the test examples have labels. */
export function examination(
  { classify }: Model,
  runtime: Runtime,
  { test }: Splits,
  averages?: Ema,
): Examination | undefined {
  if (!classify || !test?.labels) return undefined;
  const scores = (x: Tensor): Tensor => (averages ? useAverages(averages, () => classify(x)) : classify(x));
  const f = compile(scores, { runtime, training: false, name: "test" });
  const shape = [portion, ...test.shape];
  const zeros = new Float32Array(shape.reduce((a, b) => a * b, 1));
  return {
    prepare: () => f.prepare({ data: zeros, shape }),
    accuracy: () => accuracyOn(f, test),
  };
}

/**
 * Accuracy of a run's classifier on the test split of its data (the training split where there is no other), or on other data
 * of the same classes. Throws (UserError) where the model does not classify or the examples have no labels.
 */
export async function testAccuracy(
  run: OpenRun,
  { data }: { readonly data?: string } = {},
): Promise<Accuracy> {
  const { classify } = run.model;
  if (!classify) {
    throw new UserError(
      `${run.definition.name} does not classify, so it has no accuracy; open a run of \`imago train classifier\`.`,
    );
  }
  const { train, test } = await runData(run, data);
  const examples = test ?? train;
  if (!examples.labels || examples.classes! > run.spec.classes!) {
    throw new UserError(
      `${examples.name} has ${examples.labels ? `${examples.classes} classes` : "no labels"}, but the accuracy of ${run.folder} needs labels of its ${run.spec.classes} classes; name such data.`,
    );
  }
  const f = compile((x: Tensor) => run.withAverages(() => classify(x)), {
    runtime: run.runtime,
    training: false,
    name: "test",
  });
  return await accuracyOn(f, examples);
}
