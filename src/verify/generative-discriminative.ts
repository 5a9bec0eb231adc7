/** Ng & Jordan 2002, "On discriminative vs. generative classifiers": naive Bayes against logistic regression. */
import { chooseRows, columnScales, kernelLogDensity, type Rows, rowsByClass } from "../math/index.ts";
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

/** Held-out accuracies. */
export interface Accuracies {
  readonly bayes: number;
  /** Logistic regression by maximum likelihood, as in the paper: its weights are all but free. */
  readonly logistic: number;
  /** With the penalty of one example, λ = 1/n, which the paper does not consider. */
  readonly penalized: number;
}

/** Gaussian naive Bayes and logistic regression with n examples, each averaged over `draws` of them. */
export async function generativeAndDiscriminative(
  { codes, labels, held, heldLabels }: LabelledRows,
  n: number,
  { draws, seed }: { readonly draws: number; readonly seed: number },
): Promise<Accuracies> {
  const numbers = Float64Array.from({ length: codes.count }, (_, i) => i);
  const d = codes.dimensions;
  const tries = Array.from({ length: draws }, async (_, part) => {
    const drawn = chooseRows(
      { data: numbers, count: codes.count, dimensions: 1 },
      n,
      1000 * seed + part,
    ).data;
    const data = new Float64Array(n * d);
    drawn.forEach((row, i) => {
      data.set(codes.data.subarray(row * d, (row + 1) * d), i * d);
    });
    const rows = { data, count: n, dimensions: d };
    const own = Int32Array.from(drawn, (row) => labels[row]!);
    const logistic = async (penalty: number): Promise<number> => {
      const fit = await fitLogistic(rows, own, 10, { penalty, maxIterations: 1000 });
      return agreement(await fit.predict(held), heldLabels);
    };
    return {
      bayes: agreement(naiveBayes(rows, own, held), heldLabels),
      logistic: await logistic(1e-6),
      penalized: await logistic(1 / n),
    };
  });
  const found = await Promise.all(tries);
  const mean = (of: keyof Accuracies): number => meanOf(found.map((one) => one[of]));
  return { bayes: mean("bayes"), logistic: mean("logistic"), penalized: mean("penalized") };
}

/**
 * argmax p(y) p(x|y) with Gaussians of diagonal covariance that the classes share, as in the paper: the generative twin of logistic
 * regression, whose borders are as straight.
 */
function naiveBayes(rows: Rows, labels: Int32Array, x: Rows): number[] {
  const d = rows.dimensions;
  const classes = rowsByClass(rows, labels, 10).map((own) => ({ own, mean: columnScales(own).means }));
  const residuals = classes.flatMap(({ own, mean }) => Array.from(own.data, (v, at) => v - mean[at % d]!));
  const { stds } = columnScales(
    { data: Float64Array.from(residuals), count: rows.count, dimensions: d },
    1e-3,
  );
  const logs = classes.map(({ own, mean }) => {
    // One Gaussian is a kernel on one point.
    const density = kernelLogDensity({ data: mean, count: 1, dimensions: d }, stds, x);
    return density.map((v) => v + Math.log(own.count / rows.count));
  });
  return Array.from({ length: x.count }, (_, i) => {
    const row = logs.map((of) => of[i]!);
    return row.indexOf(Math.max(...row));
  });
}
