import { UserError } from "../../tensor/index.ts";
import { checkPair, type Features } from "../features.ts";
import type { Measured } from "../protocol.ts";
import { accuracyOf } from "./accuracy.ts";
import { checkLabels, fitLogistic, type LogisticOptions } from "./logistic-regression.ts";

/** Features of examples with their classes, to learn from and to judge by. */
export interface LabelledSplit {
  readonly train: Features;
  readonly trainLabels: ArrayLike<number>;
  readonly test: Features;
  readonly testLabels: ArrayLike<number>;
  readonly classes: number;
}

/**
 * Linear-probe accuracy (Alain & Bengio 2017): how well a linear classifier reads the classes off frozen features. Multinomial logistic
 * regression on features standardised by the training set, penalty λ/2·‖W‖² with λ = 1/n unless another is given. The problem
 * is convex and starts at 0: there is no seed. Chance is the share of the most frequent class, in `details`.
 */
export async function linearProbe(split: LabelledSplit, options: LogisticOptions = {}): Promise<Measured> {
  checkSplit("linear probe", split);
  const { train, trainLabels, test, testLabels, classes } = split;
  const classifier = await fitLogistic(train, trainLabels, classes, options);
  return {
    ...accuracyOf("linear-probe accuracy", await classifier.predict(test), testLabels),
    ...(!classifier.converged && { note: "The classifier had not converged: allow more iterations." }),
    details: {
      chance: largestShare(testLabels, classes),
      trainAccuracy: accuracyOf("", await classifier.predict(train), trainLabels).value,
    },
  };
}

/** Throws (UserError) unless both parts are full, alike in dimensions, and labelled. */
export function checkSplit(
  what: string,
  { train, trainLabels, test, testLabels, classes }: LabelledSplit,
): void {
  checkPair(what, train, test);
  checkLabels(what, train, trainLabels, classes);
  checkLabels(what, test, testLabels, classes);
  const seen = new Set(Array.from(trainLabels));
  const missing = Array.from({ length: classes }, (_, k) => k).filter((k) => !seen.has(k));
  if (missing.length > 0) {
    throw new UserError(
      `${what}: no training example has class ${missing.join(", ")}; give examples of all ${classes} classes.`,
    );
  }
}

function largestShare(labels: ArrayLike<number>, classes: number): number {
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]! += 1 / labels.length;
  return Math.max(...counts);
}
