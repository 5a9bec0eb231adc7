/** What the discriminative counterpart must show: specification E27. */
import type { Dataset } from "../../data/dataset.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { type CalibrationBin, calibrationError, calibrationOf } from "../calibration.ts";
import type { Claim, ModelClaims } from "../claim.ts";
import { agreement, largest } from "../classical-measures.ts";
import { densityPng, figuresBeside, gridOf } from "../figures/density-figure.node.ts";
import { componentsOfDigits, generativeAndDiscriminative } from "../generative-discriminative.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { applied, labelsOf } from "../latent-measures.ts";

const plan = (options: TrainingPlan["options"], epochs: number): TrainingPlan => ({
  ...{ data: "mnist", examples: 20_000, epochs },
  ...(options && { options }),
});
const softmax = plan({ networks: "linear", head: "softmax" }, 5);
const svm = plan({ networks: "linear", head: "svm" }, 5);
const mlp: TrainingPlan = { ...plan({ networks: "mlp", hidden: [64] }, 3), batch: 64 };
const cnn: TrainingPlan = {
  ...{ data: "mnist", epochs: 2 },
  options: { networks: "conv", width: 16, hidden: [128] },
};

/** Scores of the classes for the first n examples. */
async function scoresOf(lab: Lab, run: OpenRun, data: Dataset, n: number) {
  const { classify } = run.model;
  return await applied(lab, run, "classify", (x) => classify!(x))(lab.examples(data, n));
}

/** Share of examples whose class the scores find, %. */
async function accuracy(lab: Lab, run: OpenRun, data: Dataset): Promise<number> {
  const scores = await scoresOf(lab, run, data, 10_000);
  return 100 * agreement(largest(scores), labelsOf(data, 10_000));
}

const accurate = (
  id: string,
  what: string,
  training: TrainingPlan,
  { atLeast, threshold, minutes }: Pick<Claim, "threshold" | "minutes"> & { readonly atLeast: number },
): Claim => ({
  ...{ id, atLeast, threshold, minutes, unit: "% of the test digits" },
  claim: `${what} finds at least ${atLeast} % of MNIST's test digits.`,
  async measure(lab) {
    const run = await lab.train("classifier", training);
    const { train, test } = await lab.data("mnist");
    const seen = await accuracy(lab, run, train);
    return {
      value: await accuracy(lab, run, test!),
      baseline: { name: "the most frequent digit", value: 11.35 },
      note: `Seed ${lab.seed}: ${seen.toFixed(1)} % of training digits.`,
    };
  },
});

/** How sure the classifier says it is of each test digit, and whether it is right. */
async function calibration(
  lab: Lab,
  training: TrainingPlan,
  probability: "softmax" | "sigmoid",
): Promise<CalibrationBin[]> {
  const run = await lab.train("classifier", training);
  const test = (await lab.data("mnist")).test!;
  const scores = await scoresOf(lab, run, test, 10_000);
  const found = largest(scores);
  const labels = labelsOf(test, 10_000);
  const confidences = Float64Array.from(found, (best, i) => {
    const row = scores.data.subarray(10 * i, 10 * i + 10);
    if (probability === "sigmoid") return 1 / (1 + Math.exp(-row[best]!));
    return 1 / row.reduce((sum, s) => sum + Math.exp(s - row[best]!), 0);
  });
  return calibrationOf(
    confidences,
    Array.from(found, (v, i) => v === labels[i]),
  );
}

export const claims: ModelClaims = {
  model: "classifier",
  claims: [
    accurate("softmax", "A linear softmax on 20,000 digits (5 epochs)", softmax, {
      ...{ atLeast: 88, threshold: "calibrated", minutes: 0.2 },
    }),
    accurate("svm", "A linear support vector machine on 20,000 digits (5 epochs)", svm, {
      ...{ atLeast: 87, threshold: "calibrated", minutes: 0.2 },
    }),
    accurate("mlp", "A perceptron with 64 hidden units on 20,000 digits (3 epochs)", mlp, {
      ...{ atLeast: 92, threshold: "calibrated", minutes: 0.2 },
    }),
    accurate("cnn", "A small convolutional network on 60,000 digits (2 epochs)", cnn, {
      ...{ atLeast: 97.5, threshold: "estimate", minutes: 2 },
    }),
    {
      id: "crossing",
      claim:
        "The generative classifier wins with few examples, the discriminative one with many (Ng & Jordan 2002): on 20 principal components of digits8 Gaussian naive Bayes (variances shared by the classes) is better than logistic regression by maximum likelihood with n = 100, and worse with n = 2,000.",
      unit: "smaller lead",
      atLeast: 0.001,
      threshold: "calibrated",
      minutes: 0.5,
      async measure(lab) {
        const digits = await componentsOfDigits(lab);
        const few = await generativeAndDiscriminative(digits, 100, { draws: 40, seed: lab.seed });
        const many = await generativeAndDiscriminative(digits, 2000, { draws: 5, seed: lab.seed });
        const said = ({ bayes, logistic }: typeof few): string =>
          `${bayes.toFixed(3)} against ${logistic.toFixed(3)}`;
        return {
          value: Math.min(few.bayes - few.logistic, many.logistic - many.bayes),
          note: `Seed ${lab.seed}: naive Bayes ${said(few)} with 100, ${said(many)} with 2,000 (calibrated: .625 against .611, .736 against .819). A penalty of one example lifts logistic regression to ${few.penalized.toFixed(3)} with 100: then nothing crosses.`,
        };
      },
    },
    {
      id: "calibration",
      claim:
        "A softmax knows how sure it is, margins do not: its expected calibration error (15 bins) is below that of the support vector machine's margins passed through a sigmoid.",
      unit: "calibration error",
      threshold: "estimate",
      need: "all",
      minutes: 0.3,
      async measure(lab) {
        const value = calibrationError(await calibration(lab, softmax, "softmax"));
        const margins = calibrationError(await calibration(lab, svm, "sigmoid"));
        return { value, atMost: margins, baseline: { name: "margins", value: margins } };
      },
    },
    {
      id: "bits",
      claim:
        "LeCun's cake: a label of MNIST holds 3.32 bits, its picture in black and white, coded by a masked autoencoder after a short training, more than 20 times as many.",
      unit: "bits of the picture for each of the label",
      atLeast: 20,
      threshold: "estimate",
      minutes: 2,
      async measure(lab) {
        const { train } = await lab.data("mnist");
        const counts = new Float64Array(10);
        for (const label of labelsOf(train, train.length)) counts[label]! += 1 / train.length;
        const label = counts.reduce((bits, p) => bits - p * Math.log2(p), 0);
        const run = await lab.train("made", { data: "binarized-mnist", steps: 1500 });
        const picture = (await lab.nll(run, { examples: 2000 })) / Math.LN2;
        return {
          value: picture / label,
          baseline: { name: "bits of the label", value: label },
          note: `Seed ${lab.seed}: ${picture.toFixed(0)} bits of the picture; models that train for long need about 115.`,
        };
      },
    },
  ],
  picture: {
    caption:
      "The same two classes, two questions. Left: where they part, p(y|x) of a perceptron. Middle and right: how each of them came about, p(x|y) of a Gaussian mixture for each class.",
    async draw(lab) {
      const frame = { left: -1.8, right: 2.8, bottom: -2.05, top: 2.55 };
      const grid = gridOf(frame, 110);
      const { train } = await lab.data("moons");
      const points = { data: lab.examples(train, 400).data, classes: labelsOf(train, 400) };
      const boundary = await lab.train("classifier", { data: "moons", steps: 1500 });
      const p = await applied(lab, boundary, "p(y|x)", (x) => boundary.model.classify!(x).softmax(-1))(grid);
      const logOfFirst = Float64Array.from({ length: 110 * 110 }, (_, i) => 2 * Math.log(p.data[2 * i]!));
      const classes = await lab.train("gmm", {
        data: "moons",
        examples: 5000,
        options: { byClass: true, components: 6 },
      });
      const panels = [
        await densityPng(
          { frame, logDensity: logOfFirst, shares: [], points, title: "p(y = 0 | x)" },
          { size: 280 },
        ),
      ];
      for (const y of [0, 1]) {
        const own = await applied(lab, classes, "p(x|y)", (x) =>
          classes.model.logProb!(x, x.narrow(1, 0, 1).reshape([-1]).mul(0).add(y).cast("int32")),
        )(grid);
        panels.push(
          await densityPng({ frame, logDensity: own.data, points, title: `p(x | y = ${y})` }, { size: 280 }),
        );
      }
      return await figuresBeside(panels);
    },
  },
};
