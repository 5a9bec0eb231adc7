/** Ng & Jordan 2002, "On discriminative vs. generative classifiers": naive Bayes against logistic regression. */
import { chooseRows, gaussianMixture, mixtureLogDensity, type Rows, rowsByClass } from "../math/index.ts";
import { fitLogistic } from "../metrics/index.ts";
import { agreement, codesOf, meanOf } from "./classical-measures.ts";
import type { Lab } from "./lab.node.ts";
import { labelsOf } from "./latent-measures.ts";

/** Examples to learn from and others to judge by. */
export interface LabelledRows {
  readonly codes: Rows;
  readonly labels: Int32Array;
  readonly held: Rows;
  readonly heldLabels: Int32Array;
}

/** Digits of 8×8 on 20 principal components: 10,000 to draw training examples from, 5,000 held out. */
export async function componentsOfDigits(lab: Lab): Promise<LabelledRows> {
  const run = await lab.train("pca", { data: "digits8", options: { latent: 20, whiten: false } });
  const { train, test } = await lab.data("digits8");
  const rows = async (data: typeof train, count: number): Promise<Rows> => ({
    ...{ count, dimensions: 20 },
    data: (await codesOf(lab, run, lab.examples(data, count))).data,
  });
  return {
    codes: await rows(train, 10_000),
    labels: labelsOf(train, 10_000),
    held: await rows(test!, 5000),
    heldLabels: labelsOf(test!, 5000),
  };
}

/** Held-out accuracy of Gaussian naive Bayes and of logistic regression with n examples, averaged over five draws of them. */
export async function generativeAndDiscriminative(
  { codes, labels, held, heldLabels }: LabelledRows,
  n: number,
  seed: number,
): Promise<{ readonly bayes: number; readonly logistic: number }> {
  const numbers = Float64Array.from({ length: codes.count }, (_, i) => i);
  const d = codes.dimensions;
  const tries = [0, 1, 2, 3, 4].map(async (part) => {
    const drawn = chooseRows({ data: numbers, count: codes.count, dimensions: 1 }, n, 100 * seed + part).data;
    const data = new Float64Array(n * d);
    drawn.forEach((row, i) => {
      data.set(codes.data.subarray(row * d, (row + 1) * d), i * d);
    });
    const rows = { data, count: n, dimensions: d };
    const own = Int32Array.from(drawn, (row) => labels[row]!);
    const logistic = await (await fitLogistic(rows, own, 10)).predict(held);
    return [agreement(naiveBayes(rows, own, held), heldLabels), agreement(logistic, heldLabels)] as const;
  });
  const found = await Promise.all(tries);
  return { bayes: meanOf(found.map(([a]) => a)), logistic: meanOf(found.map(([, b]) => b)) };
}

/** argmax p(y) p(x|y) with a Gaussian of diagonal covariance for each class. */
function naiveBayes(rows: Rows, labels: Int32Array, x: Rows): number[] {
  const logs = rowsByClass(rows, labels, 10).map((own) => {
    const gaussian = gaussianMixture(own, { components: 1, covariance: "diagonal", smallest: 0.05 });
    return mixtureLogDensity(x, gaussian).map((v) => v + Math.log(own.count / rows.count));
  });
  return Array.from({ length: x.count }, (_, i) => {
    const row = logs.map((of) => of[i]!);
    return row.indexOf(Math.max(...row));
  });
}
