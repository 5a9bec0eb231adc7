/** What Gated PixelCNN must show: specification E6. */
import { hasSource } from "../../data/binary/blind-spot.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { joined } from "../chains.ts";
import type { ModelClaims } from "../claim.ts";
import { judgeOf } from "../judge.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { dependence, heatMaps, inColor, receptiveShare, type Untrained } from "../pixel-measures.ts";
import { inColumns, natsWhere } from "../pixel-models.ts";

const side = 8;
/** 3×3 everywhere: with a first kernel of 7×7 the source would not lie in the blind spot. */
const kernels = { kernel: 3, first: 3, width: 8, head: 16 };
const blind: TrainingPlan = {
  ...{ data: "blind-spot", size: side, steps: 800, batch: 64 },
  options: { ...kernels, lr: 8e-3, decay: 800 },
};
const plans = {
  "gated-pixelcnn": { ...blind, options: { ...blind.options, layers: 3 } },
  pixelcnn: { ...blind, options: { ...blind.options, blocks: 2 } },
} as const;
/** Thresholded: of 14×14 pixels drawn by chance even a classifier recognizes only 85 % of real digits. */
const digits: TrainingPlan = {
  ...{ data: "thresholded-mnist", size: 14, steps: 2000, batch: 64 },
  options: { width: 24, layers: 4, first: 5, head: 32, lr: 4e-3, decay: 2000 },
};

/** Nats of the pixels that are copies of one in the blind spot. */
async function copies(lab: Lab, model: keyof typeof plans): Promise<number> {
  const run = await lab.train(model, plans[model]);
  const { test } = await lab.data("blind-spot", { size: side });
  return await natsWhere(lab, run, lab.examples(test!, 2000), (at) => hasSource(at, side));
}

const fields: { readonly [model: string]: Untrained } = {
  gated: { model: "gated-pixelcnn", side: 9, options: { ...kernels, layers: 9 } },
  plain: { model: "pixelcnn", side: 9, options: { ...kernels, blocks: 9 } },
};

const classes = 10;
const ofEach = 20;

/** How many of the samples of each class a classifier trained on real digits takes for that class; %. */
async function samplesRecognized(lab: Lab): Promise<{ value: number; real: number }> {
  const { data, size } = digits;
  const judge = await judgeOf(lab, { data, size: size!, epochs: 3, options: { width: 16 } });
  const run = await lab.train("gated-pixelcnn", digits);
  let right = 0;
  for (let label = 0; label < classes; label++) {
    const seen = await judge.see(await lab.samples(run, ofEach, { label }));
    right += seen.classes.filter((k) => k === label).length;
  }
  return { value: (100 * right) / (classes * ofEach), real: judge.accuracy };
}

/** Test digits whose class is argmax p(x | class), all classes equally likely before; %. */
async function classifiedByBayes(lab: Lab, n: number): Promise<number> {
  const run = await lab.train("gated-pixelcnn", digits);
  const { test } = await lab.data(digits.data, { size: digits.size! });
  const logProb = lab.compile(run, "log p(x|y)", (x, y) => run.model.logProb!(x, y));
  const labels = new Int32Array(n);
  test!.labels!(
    Array.from(labels, (_, i) => i),
    labels,
  );
  const x = lab.examples(test!, n);
  const best = { score: new Float64Array(n).fill(Number.NEGATIVE_INFINITY), label: new Int32Array(n) };
  for (let label = 0; label < classes; label++) {
    const { data } = await logProb(x, { data: new Int32Array(n).fill(label), shape: [n] });
    for (let i = 0; i < n; i++) {
      if (Number(data[i]) <= best.score[i]!) continue;
      best.score[i] = Number(data[i]);
      best.label[i] = label;
    }
  }
  return (100 * labels.filter((label, i) => label === best.label[i]).length) / n;
}

export const claims: ModelClaims = {
  model: "gated-pixelcnn",
  claims: [
    {
      id: "blind-spot-closed",
      claim:
        "On blind-spot 8×8, pixels that copy one in the blind spot of 3×3 kernels cost at most 0.23 nats; their entropy is 0.1985.",
      unit: "nats per pixel",
      atMost: 0.23,
      threshold: "exact",
      minutes: 1,
      measure: async (lab) => ({
        value: await copies(lab, "gated-pixelcnn"),
        baseline: { name: "PixelCNN", value: await copies(lab, "pixelcnn") },
      }),
    },
    {
      id: "blind-spot-pixelcnn",
      claim:
        "PixelCNN of 3×3 kernels cannot see their source: they cost it at least 0.66 nats, nearly log 2.",
      unit: "nats per pixel",
      atLeast: 0.66,
      threshold: "exact",
      minutes: 0.5,
      measure: async (lab) => ({
        value: await copies(lab, "pixelcnn"),
        baseline: { name: "a fair coin", value: Math.LN2 },
      }),
    },
    {
      id: "receptive-field",
      claim:
        "Before any training, a pixel depends on all pixels before it and on none after it, by derivative (9×9, row 6, column 3).",
      unit: "% of the pixels before it",
      ...{ atLeast: 100, atMost: 100 },
      threshold: "exact",
      need: "one seed",
      minutes: 0.1,
      measure: async () => ({
        value: await receptiveShare(fields["gated"]!, 6, 3),
        baseline: { name: "PixelCNN", value: await receptiveShare(fields["plain"]!, 6, 3) },
      }),
    },
    {
      id: "samples-of-a-class",
      shortfall:
        "two epochs of four layers of 24 channels are too few: many samples are well-drawn strokes, but no digit.",
      claim:
        "Of samples of each class of thresholded MNIST 14×14, a classifier trained on real digits recognizes at least 85 %.",
      unit: "%",
      atLeast: 85,
      threshold: "estimate",
      minutes: 3,
      async measure(lab) {
        const { value, real } = await samplesRecognized(lab);
        return {
          value,
          baseline: { name: "samples without class", value: 100 / classes },
          note: `It recognizes ${real.toFixed(1)} % of real test digits.`,
        };
      },
    },
    {
      id: "classifies-by-bayes",
      shortfall: "the same network, trained for two epochs.",
      claim:
        "What can draw the classes separately can tell them apart: the class with the largest p(x | class) is right for at least 93 % of 2,000 test digits.",
      unit: "%",
      atLeast: 93,
      threshold: "estimate",
      minutes: 3,
      measure: async (lab) => ({
        value: await classifiedByBayes(lab, 2000),
        baseline: { name: "chance", value: 100 / classes },
      }),
    },
  ],
  picture: {
    caption:
      "What a pixel depends on before training, PixelCNN (left five, with its blind spot) and Gated PixelCNN; samples of each class of thresholded MNIST 14×14, one class a column.",
    async draw(lab) {
      const places = [
        [5, 6],
        [8, 4],
        [11, 8],
        [13, 2],
        [10, 11],
      ] as const;
      const maps = await Promise.all(
        [fields["plain"]!, fields["gated"]!].flatMap((field) =>
          places.map(async ([row, column]) => {
            const values = await dependence({ ...field, side: 14 }, row, column);
            const seen = values.map((v) => (v > 0 ? 1 / 3 : 0));
            seen[row * 14 + column] = 1;
            return { data: seen, shape: [1, 1, 14, 14] };
          }),
        ),
      );
      const run = await lab.train("gated-pixelcnn", digits);
      const rows = 6;
      const drawn = Array.from({ length: classes }, (_, label) => lab.samples(run, rows, { label }));
      const samples = inColumns(await Promise.all(drawn));
      const all = joined([heatMaps(joined(maps), 1), inColor(samples)]);
      return await sheetPng(all, { columns: classes, scale: 3 });
    },
  },
};
