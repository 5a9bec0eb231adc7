/** What a Boltzmann machine of few units must show: its moments are those of the data, and which data that is not enough for. */
import { sheetPng } from "../../train/sheet.node.ts";
import { chainFrames } from "../chains.ts";
import type { ModelClaims } from "../claim.ts";
import { supportOf } from "../enumerated.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

const plan = (hidden: number, size: number): TrainingPlan => ({
  data: "xor-mesh",
  size,
  options: { hidden, lr: 0.02 },
  steps: 8000,
  batch: 100,
});

async function measured(lab: Lab, hidden: number, size: number) {
  const run = await lab.train("boltzmann", plan(hidden, size));
  const { train } = await lab.data("xor-mesh", { size });
  const support = supportOf(train);
  const logProb = lab.compile(run, "log p", run.model.logProb!);
  const { data } = await logProb({ data: support.x, shape: [support.count, ...support.shape] });
  const nll = -support.probabilities.reduce((sum, p, i) => sum + p * Number(data[i]), 0);
  return { run, nll, entropy: train.entropy! };
}

export const claims: ModelClaims = {
  model: "boltzmann",
  claims: [
    {
      id: "xor-hidden",
      claim:
        "On the XOR mesh 3×3 five hidden units bring the exact NLL near the entropy; without any, only pairwise moments are learned, and XOR has none.",
      unit: "nats above the entropy",
      threshold: "estimate",
      atMost: 0.1,
      minutes: 1,
      async measure(lab) {
        const [none, five] = [await measured(lab, 0, 3), await measured(lab, 5, 3)];
        const baseline = { name: "no hidden units", value: none.nll - none.entropy };
        return { value: five.nll - five.entropy, baseline };
      },
    },
  ],
  picture: {
    caption: "The XOR mesh 3×3 by a Boltzmann machine with 5 hidden units: 128 Gibbs samples.",
    draw: async (lab) => {
      const { run } = await measured(lab, 5, 3);
      const [pictures] = await chainFrames(lab, run, { name: "samples", chains: 128, steps: 14 * 200 });
      return await sheetPng(pictures!, { columns: 32, scale: 4 });
    },
  },
};
