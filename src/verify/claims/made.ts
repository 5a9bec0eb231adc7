/** What a masked autoencoder for distribution estimation must show: specification E3. */
import { sheetPng } from "../../train/sheet.node.ts";
import { joined } from "../chains.ts";
import type { ModelClaims } from "../claim.ts";
import type { TrainingPlan } from "../lab.node.ts";
import { heatMaps, inColor, independentNll, trueNll } from "../pixel-measures.ts";
import { sumOfProbabilities } from "../pixel-orders.ts";

const mesh: TrainingPlan = { data: "mesh", size: 8, steps: 3000, batch: 100 };
/** 240,000 pictures. */
const xorMesh: TrainingPlan = {
  data: "xor-mesh",
  size: 8,
  steps: 2400,
  batch: 100,
  options: { hidden: [512] },
};
/** 90,000 pictures. */
const digits: TrainingPlan = { data: "thresholded-mnist", steps: 900, batch: 100 };

export const claims: ModelClaims = {
  model: "made",
  claims: [
    {
      id: "digits-nll",
      claim: "On thresholded MNIST the test NLL is at most 92 nats after 90,000 pictures, and below FVBN's.",
      unit: "nats",
      atMost: 92,
      threshold: "calibrated",
      minutes: 0.7,
      async measure(lab) {
        const run = await lab.train("made", digits);
        const baseline = await lab.nll(await lab.train("fvbn", digits));
        const { train, test } = await lab.data("thresholded-mnist");
        const independent = independentNll(lab, train, test!, 10_000);
        return {
          value: await lab.nll(run),
          atMost: Math.min(92, baseline),
          baseline: { name: "FVBN after as many pictures", value: baseline },
          note: `Independent pixels have ${independent.toFixed(1)} nats.`,
        };
      },
    },
    {
      id: "xormesh-nll",
      claim:
        "On the XOR mesh 8×8 (entropy 12.70 nats) 512 units reach a test NLL of at most 14.0 after 240,000 pictures, where FVBN stays at 25 or above.",
      unit: "nats",
      atMost: 14,
      threshold: "calibrated",
      minutes: 0.3,
      async measure(lab) {
        const run = await lab.train("made", xorMesh);
        const { data, steps, batch } = xorMesh;
        const fvbn = await lab.train("fvbn", { data, size: 8, steps: steps!, batch: batch! });
        const baseline = { name: "FVBN", value: await lab.nll(fvbn, { examples: 10_000 }) };
        return { value: await lab.nll(run, { examples: 10_000 }), baseline };
      },
    },
    {
      id: "mesh-nll",
      claim: "On mesh 8×8 (entropy 27.25 nats) the test NLL is at most 27.75.",
      unit: "nats",
      atMost: 27.75,
      threshold: "calibrated",
      minutes: 0.3,
      async measure(lab) {
        const run = await lab.train("made", mesh);
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
      id: "sums-to-one",
      claim:
        "Trained on mesh 3×3 with four sets of masks of different orders, the probabilities of all 512 pictures add up to one to 1e-6.",
      unit: "|Σ p − 1|",
      atMost: 1e-6,
      threshold: "exact",
      minutes: 0.1,
      async measure(lab) {
        const options = { hidden: [64], masks: 4, agnostic: "order" };
        const run = await lab.train("made", { data: "mesh", size: 3, steps: 300, batch: 100, options });
        const { train } = await lab.data("mesh", { size: 3 });
        return { value: Math.abs((await sumOfProbabilities(lab, run, train)) - 1) };
      },
    },
  ],
  picture: {
    caption:
      "Thresholded MNIST: samples of FVBN (two rows) and of MADE with 500 units (two rows) after 5 epochs; test digits, and −log p of their pixels under MADE: black 0, white 3 nats and more",
    async draw(lab) {
      const plan: TrainingPlan = { data: "thresholded-mnist", epochs: 5 };
      const [fvbn, made] = [await lab.train("fvbn", plan), await lab.train("made", plan)];
      const known = lab.examples((await lab.data("thresholded-mnist")).test!, 10);
      const nats = await lab.compile(made, "heat", (x) => made.model.logProbByElement!(x).neg())(known);
      const heat = { data: nats.data as Float32Array, shape: nats.shape };
      const drawn = [await lab.samples(fvbn, 20), await lab.samples(made, 20)];
      return await sheetPng(joined([...drawn, known].map(inColor).concat(heatMaps(heat, 3))), {
        columns: 10,
        scale: 2,
      });
    },
  },
};
