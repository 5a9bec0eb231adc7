/** What a fully visible belief net must show: specification E1. */
import { sheetPng } from "../../train/sheet.node.ts";
import { outward } from "../animated.node.ts";
import { chainFrames, chainRows, joined } from "../chains.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { heatMaps, inColor, independentNll, trueNll } from "../pixel-measures.ts";
import { logProbs, sumOfProbabilities } from "../pixel-orders.ts";

const mesh: TrainingPlan = { data: "mesh", size: 8, steps: 3000, batch: 100 };
const xorMesh: TrainingPlan = { data: "xor-mesh", size: 8, steps: 2000, batch: 100 };
/** 60,000 pictures, each once. */
const digits: TrainingPlan = { data: "thresholded-mnist", steps: 600, batch: 100 };

/** What the picture shows was trained for longer. */
const drawnDigits: TrainingPlan = { ...digits, steps: 6000 };

/** The largest relative difference between −log p of a test picture and the sum over its pixels. */
async function sumOfPixels(lab: Lab): Promise<Finding> {
  const run = await lab.train("fvbn", digits);
  const examples = lab.examples((await lab.data("thresholded-mnist")).test!, 200);
  const { data, shape } = await lab.compile(run, "by pixel", (x) => run.model.logProbByElement!(x))(examples);
  const totals = await logProbs(lab, run, examples);
  const size = data.length / shape[0]!;
  const differences = Array.from(totals, (total, k) => {
    const sum = Array.from(data.slice(k * size, (k + 1) * size) as Float32Array).reduce((a, b) => a + b, 0);
    return Math.abs(sum / total - 1);
  });
  return {
    value: Math.max(...differences),
    note: "Single precision: pixels are added in float64 here and in float32 in the model.",
  };
}

export const claims: ModelClaims = {
  model: "fvbn",
  claims: [
    {
      id: "mesh-nll",
      claim:
        "On mesh 8×8, which one logistic regression for each pixel represents exactly, the test NLL is at most 27.65 nats (entropy 27.25).",
      unit: "nats",
      atMost: 27.65,
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        const run = await lab.train("fvbn", mesh);
        const { train, test } = await lab.data("mesh");
        const truth = trueNll(lab, test!, 10_000);
        return {
          value: await lab.nll(run, { examples: 10_000 }),
          baseline: { name: "independent pixels", value: independentNll(lab, train, test!) },
          note: `The distribution that they come from has ${truth.toFixed(2)} nats on the same pictures.`,
        };
      },
    },
    {
      id: "xormesh-limit",
      claim:
        "On the XOR mesh 8×8 (entropy 12.70 nats) the test NLL stays at 25 or above: no sum of pixels is an XOR.",
      unit: "nats",
      atLeast: 25,
      threshold: "calibrated",
      minutes: 0.2,
      async measure(lab) {
        const run = await lab.train("fvbn", xorMesh);
        const { test } = await lab.data("xor-mesh");
        const baseline = { name: "the true distribution", value: trueNll(lab, test!, 10_000) };
        return { value: await lab.nll(run, { examples: 10_000 }), baseline };
      },
    },
    {
      id: "digits-nll",
      claim: "On thresholded MNIST the test NLL is at most 128 nats after one epoch, 60,000 pictures.",
      unit: "nats",
      atMost: 128,
      threshold: "calibrated",
      minutes: 0.3,
      async measure(lab) {
        const run = await lab.train("fvbn", digits);
        const { train, test } = await lab.data("thresholded-mnist");
        const baseline = { name: "independent pixels", value: independentNll(lab, train, test!, 10_000) };
        return { value: await lab.nll(run), baseline };
      },
    },
    {
      id: "product-of-pixels",
      claim:
        "A picture's probability is the product of its pixels': their −log p add up to the whole's to 1e-6.",
      unit: "relative difference",
      atMost: 1e-6,
      threshold: "exact",
      need: "one seed",
      minutes: 0.1,
      measure: sumOfPixels,
    },
    {
      id: "sums-to-one",
      claim: "Trained on mesh 3×3, the probabilities of all 512 pictures add up to one to 1e-6.",
      unit: "|Σ p − 1|",
      atMost: 1e-6,
      threshold: "exact",
      minutes: 0.1,
      async measure(lab) {
        const run = await lab.train("fvbn", { data: "mesh", size: 3, steps: 300, batch: 100 });
        const { train } = await lab.data("mesh", { size: 3 });
        return { value: Math.abs((await sumOfProbabilities(lab, run, train)) - 1) };
      },
    },
  ],
  picture: {
    caption:
      "Thresholded MNIST. Rows 1–3: pixels generated outward from the corner. Then test digits, and −log p of each of their pixels: black 0, white 3 nats and more",
    async draw(lab) {
      const run = await lab.train("fvbn", drawnDigits);
      const frames = await chainFrames(lab, run, { name: "outward", chains: 3, steps: 784, every: 87 });
      const known = lab.examples((await lab.data("thresholded-mnist")).test!, 10);
      const nats = await lab.compile(run, "heat", (x) => run.model.logProbByElement!(x).neg())(known);
      const heat = { data: nats.data as Float32Array, shape: nats.shape };
      const rows = [inColor(chainRows(frames, 3)), inColor(known), heatMaps(heat, 3)];
      return await sheetPng(joined(rows), { columns: 10, scale: 2 });
    },
  },
  animation: {
    caption: "Pixels generated outward from the corner, row by row.",
    draw: async (lab) =>
      await outward(lab, await lab.train("fvbn", drawnDigits), { chains: 12, columns: 6, scale: 3 }),
  },
};
