/** What PixelRNN must show: specification E4. */
import { sheetPng } from "../../train/sheet.node.ts";
import { chainFrames, joined } from "../chains.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import {
  dependence,
  heatMaps,
  inColor,
  independentNll,
  parameterCount,
  receptiveShare,
  secondsPerPicture,
  trueNll,
  type Untrained,
  withUntrained,
} from "../pixel-measures.ts";
import { natsWhere } from "../pixel-models.ts";

type Cell = "row-lstm" | "diagonal-bilstm";

const mesh: TrainingPlan = {
  ...{ data: "mesh", size: 14, steps: 600, batch: 32 },
  options: { layers: 1, kernel: 3, lr: 5e-3, decay: 600 },
};
const blind = (cell: Cell): TrainingPlan => ({
  ...{ data: "blind-spot", size: 8, batch: 64, steps: cell === "row-lstm" ? 400 : 700 },
  options: { cell, layers: 2, kernel: 3, lr: 5e-3, decay: 700 },
});
const digits: TrainingPlan = {
  ...{ data: "binarized-mnist", size: 14, steps: 1500, batch: 64, ema: 0.99 },
  options: { lr: 4e-3, decay: 1500 },
};

/** A PixelCNN of as many parameters (21,346 for 20,801), with the same rate and decay. */
const convolutions = { width: 16, blocks: 5, lr: 4e-3, decay: 1500 };

/** Mean −log p, nats, of the pixels of blind-spot pictures whose source two columns to the right and one row up exists. */
async function blindPixels(lab: Lab, cell: Cell): Promise<number> {
  const run = await lab.train("pixelrnn", blind(cell));
  const { test } = await lab.data("blind-spot", { size: 8 });
  return await natsWhere(lab, run, lab.examples(test!, 2000), (i) => i >= 8 && i % 8 < 6);
}

const field = (cell: Cell): Untrained => ({ model: "pixelrnn", side: 9, options: { cell, kernel: 3 } });

async function againstPixelCnn(lab: Lab): Promise<Finding> {
  const cnn = await lab.train("pixelcnn", { ...digits, options: convolutions });
  const rnn = await lab.train("pixelrnn", digits);
  const [a, b] = [await lab.nll(cnn), await lab.nll(rnn)];
  return {
    value: a - b,
    baseline: { name: "NLL of PixelCNN", value: a },
    note: `PixelRNN with ${parameterCount(rnn)} parameters, PixelCNN with ${parameterCount(cnn)}, the same ${digits.steps} minibatches; seed ${lab.seed}: ${b.toFixed(2)} nats for ${a.toFixed(2)}.`,
  };
}

/** Times of untrained models: they are those of trained ones. */
async function times(): Promise<Finding> {
  const time = (untrained: Untrained, cached = true): Promise<number> =>
    withUntrained(untrained, (model, runtime) => secondsPerPicture(model, runtime, { n: 16, cached }));
  const gan = await time({ model: "dcgan", side: 28 });
  const rnn = await time({ model: "pixelrnn", side: 14 });
  const plain = await time({ model: "pixelrnn", side: 14 }, false);
  const cnn = await time({ model: "pixelcnn", side: 14 });
  const ms = (seconds: number): string => (1000 * seconds).toPrecision(3);
  return {
    value: rnn / gan,
    baseline: { name: "PixelCNN, cached", value: cnn / gan },
    note: `Milliseconds for one of 16 pictures: PixelRNN 14×14 ${ms(rnn)} (by whole pictures ${ms(plain)}), PixelCNN 14×14 ${ms(cnn)}, DCGAN 28×28 ${ms(gan)}.`,
  };
}

export const claims: ModelClaims = {
  model: "pixelrnn",
  claims: [
    {
      id: "mesh-gap",
      claim:
        "On mesh 14×14 the test NLL of a one-layer Diagonal BiLSTM is within 1.5 nats of the true distribution's on the same pictures.",
      unit: "nats above the truth",
      atMost: 1.5,
      threshold: "estimate",
      minutes: 0.6,
      async measure(lab) {
        const run = await lab.train("pixelrnn", mesh);
        const { train, test } = await lab.data("mesh", { size: 14 });
        const truth = trueNll(lab, test!, 5000);
        const value = (await lab.nll(run, { examples: 5000 })) - truth;
        return {
          value,
          baseline: { name: "independent pixels", value: independentNll(lab, train, test!) - truth },
        };
      },
    },
    {
      id: "blind-row-lstm",
      claim:
        "Row LSTM sees a triangle: on blind-spot 8×8 it does not find a pixel's source one row up and two columns to the right, and stays at a fair coin (log 2 = 0.693 nats).",
      unit: "nats per pixel",
      atLeast: 0.66,
      threshold: "exact",
      minutes: 0.3,
      async measure(lab) {
        return {
          value: await blindPixels(lab, "row-lstm"),
          baseline: { name: "a fair coin", value: Math.LN2 },
        };
      },
    },
    {
      id: "blind-diagonal-bilstm",
      claim: "Diagonal BiLSTM finds it: at most 0.25 nats for the same pixels (their entropy is 0.1985).",
      unit: "nats per pixel",
      atMost: 0.25,
      threshold: "estimate",
      minutes: 0.7,
      async measure(lab) {
        const value = await blindPixels(lab, "diagonal-bilstm");
        const note =
          "The maps have a column behind the last pixel. Without one, as in the paper, the last pixel of a row is hidden from most of the next row, and these pixels stayed at 0.28 nats.";
        return { value, baseline: { name: "Row LSTM", value: await blindPixels(lab, "row-lstm") }, note };
      },
    },
    {
      id: "receptive-field",
      claim:
        "Before any training, a pixel depends on all pixels before it and on none after it through Diagonal BiLSTMs, by derivative (9×9, row 6, column 3).",
      unit: "% of the pixels before it",
      ...{ atLeast: 100, atMost: 100 },
      threshold: "exact",
      need: "one seed",
      minutes: 0.1,
      async measure() {
        const value = await receptiveShare(field("diagonal-bilstm"), 6, 3);
        return {
          value,
          baseline: { name: "Row LSTM", value: await receptiveShare(field("row-lstm"), 6, 3) },
        };
      },
    },
    {
      id: "digits-against-pixelcnn",
      claim:
        "On binarized MNIST 14×14 the NLL is not above that of a PixelCNN with as many parameters and minibatches.",
      unit: "nats below",
      atLeast: 0,
      threshold: "paper",
      minutes: 3,
      measure: againstPixelCnn,
    },
    {
      id: "sampling-time",
      claim:
        "Sampling is very slow: a 14×14 picture takes at least 50 times as long as a 28×28 picture of a DCGAN.",
      unit: "times a DCGAN's",
      atLeast: 50,
      threshold: "estimate",
      need: "one seed",
      minutes: 0.5,
      measure: times,
    },
  ],
  picture: {
    caption:
      "What a pixel depends on before training, Row LSTM (left) and Diagonal BiLSTM; a digit generated outward from the corner; test digits and −log p of their pixels; samples (binarized MNIST 14×14)",
    async draw(lab) {
      const run = await lab.train("pixelrnn", digits);
      const side = 14;
      const places = [
        [5, 3],
        [9, 7],
        [12, 11],
        [12, 2],
      ] as const;
      const cells = ["row-lstm", "diagonal-bilstm"] as const;
      const fields = await Promise.all(
        cells.flatMap((cell) =>
          places.map(([row, column]) => dependence({ ...field(cell), side }, row, column)),
        ),
      );
      const maps = fields.map((values, k) => {
        const [row, column] = places[k % places.length]!;
        const seen = values.map((v) => (v > 0 ? 1 / 3 : 0));
        seen[row * side + column] = 1;
        return { data: seen, shape: [1, 1, side, side] };
      });
      const frames = await chainFrames(lab, run, {
        name: "outward",
        chains: 1,
        steps: side * side,
        every: 28,
      });
      const { test } = await lab.data("binarized-mnist", { size: side });
      const known = lab.examples(test!, 8);
      const nats = await lab.compile(run, "heat", (x) => run.model.logProbByElement!(x).neg())(known);
      const heat = { data: nats.data as Float32Array, shape: nats.shape };
      const [first] = frames;
      const empty = { data: new Float32Array(side * side), shape: first!.shape };
      return await sheetPng(
        joined([
          heatMaps(joined(maps), 1),
          ...[empty, ...frames].map(inColor),
          inColor(known),
          heatMaps(heat, 3),
          inColor(await lab.samples(run, 32)),
        ]),
        { columns: 8, scale: 4 },
      );
    },
  },
};
