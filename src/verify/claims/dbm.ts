/** What deep Boltzmann machines must show: as likely as a restricted one, and a mean-field bound that is one. */
import { rbmLogPartition } from "../../metrics/index.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { chainFrames, chainRows, completedBelow, joined } from "../chains.ts";
import type { ModelClaims } from "../claim.ts";
import {
  crossEntropyOf,
  deepLogUnnormalized,
  exactNll,
  logUnnormalizedOf,
  rbmOf,
  supportOf,
} from "../enumerated.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

/** Hundreds of persistent chains for both machines: of 100, the deep one's model distribution is too noisy to reach the bound. */
const learning = { k: 10, lr: 0.1, decay: 3000, chains: 500 };
const common = { data: "bars-and-stripes", steps: 8000, batch: 100 };
/** Layers of 16 and 8 units learn together from the beginning: so small a machine needs no pre-training. */
const deep: TrainingPlan = { ...common, options: { hidden: [16, 8], pretrain: 0, ...learning } };
const restricted: TrainingPlan = { ...common, options: { hidden: 16, algorithm: "pcd", ...learning } };

/** Over all pictures that can occur: log p̃ with both hidden layers summed out, the bound on it, and log Z. */
async function enumerated(lab: Lab) {
  const run = await lab.train("dbm", deep);
  const support = supportOf((await lab.data("bars-and-stripes")).train);
  const rbm = await rbmOf(lab, run);
  const exact = deepLogUnnormalized(rbm, support);
  const bound = await logUnnormalizedOf(lab, run, support);
  return { support, exact, bound, logZ: rbmLogPartition(rbm) };
}

export const claims: ModelClaims = {
  model: "dbm",
  claims: [
    {
      id: "bars-nll",
      claim:
        "On bars and stripes 4×4 the exact NLL with layers of 16 and 8 units is that of a PCD-10 RBM with 16, to 0.1 nats.",
      unit: "nats",
      threshold: "estimate",
      minutes: 1.5,
      async measure(lab) {
        const { support, exact, logZ } = await enumerated(lab);
        const rbm = await exactNll(lab, await lab.train("rbm", restricted), support);
        const baseline = { name: "RBM, PCD-10, 16 hidden units", value: rbm };
        return { value: logZ + crossEntropyOf(support, exact), atMost: rbm + 0.1, baseline };
      },
    },
    {
      id: "bars-bound",
      claim: "The mean-field bound is below log p of every picture, once both are exact: the largest excess.",
      unit: "nats",
      atMost: 1e-3,
      threshold: "exact",
      need: "one seed",
      minutes: 1,
      async measure(lab) {
        const { support, exact, bound } = await enumerated(lab);
        const gap = crossEntropyOf(support, bound) - crossEntropyOf(support, exact);
        const excess = Math.max(...bound.map((v, i) => v - exact[i]!));
        return { value: excess, note: `On average the bound is ${gap.toFixed(3)} nats below log p.` };
      },
    },
  ],
  picture: {
    caption:
      "Digits 8×8 learned by layers of 64 and 32 units. Rows 1–4: fantasies, four chains seen every 50 steps. Rows 5 and 6: test digits with the lower half removed, and completed by the chain.",
    draw: async (lab) => {
      const run = await lab.train("dbm", {
        data: "digits8",
        steps: 6000,
        batch: 100,
        options: { hidden: [64, 32] },
      });
      const frames = await chainFrames(lab, run, { name: "fantasies", chains: 4, steps: 800, every: 50 });
      const x = lab.examples((await lab.data("digits8", { levels: 2 })).test!, 16);
      const upper = { ...x, data: Float32Array.from(x.data, (v, i) => (i % 64 < 32 ? v : -1)) };
      const completed = await completedBelow(lab, run, x, { name: "digits completed", from: 4, steps: 300 });
      return await sheetPng(joined([chainRows(frames, 4), upper, completed]), { columns: 16, scale: 4 });
    },
  },
};
