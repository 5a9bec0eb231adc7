/** What deep belief nets must show: a second layer loses nothing at its beginning, and then gains. */
import { type RbmParameters, rbmLogPartition } from "../../metrics/index.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { chainFrames, chainRows } from "../chains.ts";
import type { ModelClaims } from "../claim.ts";
import {
  beliefNetLogProb,
  crossEntropyOf,
  logUnnormalizedOf,
  rbmOf,
  supportOf,
  transposedRbm,
  visibleLogUnnormalized,
} from "../enumerated.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

/** The layers learn by CD-1, as in the paper: the first is left with much for the second to repair. */
const plan: TrainingPlan = {
  data: "bars-and-stripes",
  options: { hidden: [16, 16], algorithm: "cd", k: 1, lr: 0.1, decay: 1e9 },
  steps: 8000,
  batch: 100,
};

const trained = async (lab: Lab) => ({
  run: await lab.train("dbn", plan),
  support: supportOf((await lab.data("bars-and-stripes")).train),
});

/** The first layer, which is a restricted machine of its own before the second is laid on it. */
async function firstLayer(run: OpenRun): Promise<RbmParameters> {
  const numbers = async (name: string): Promise<Float64Array> =>
    Float64Array.from((await run.runtime.get(`rbm1/${name}`)).data, Number);
  return { weights: await numbers("W"), visibleBias: await numbers("b"), hiddenBias: await numbers("c") };
}

export const claims: ModelClaims = {
  model: "dbn",
  claims: [
    {
      id: "bars-turned-around",
      claim:
        "A second layer that begins as the first turned around is the same model: the exact NLLs differ by nothing.",
      unit: "nats",
      atMost: 1e-3,
      threshold: "exact",
      need: "one seed",
      minutes: 0.5,
      async measure(lab) {
        const { run, support } = await trained(lab);
        const first = await firstLayer(run);
        const alone =
          rbmLogPartition(first) + crossEntropyOf(support, visibleLogUnnormalized(first, support));
        const both = crossEntropyOf(support, beliefNetLogProb(first, transposedRbm(first), support));
        return {
          value: Math.abs(both - alone),
          baseline: { name: "NLL of the first layer alone", value: alone },
        };
      },
    },
    {
      id: "bars-second-layer",
      claim:
        "Learning the second layer raises the bound above the log-likelihood of the first one alone: −bound is lower.",
      unit: "nats",
      threshold: "exact",
      minutes: 0.5,
      async measure(lab) {
        const { run, support } = await trained(lab);
        const first = await firstLayer(run);
        const alone =
          rbmLogPartition(first) + crossEntropyOf(support, visibleLogUnnormalized(first, support));
        const top = await rbmOf(lab, run);
        const draws = 200;
        let bound = rbmLogPartition(top);
        for (let i = 0; i < draws; i++)
          bound += crossEntropyOf(support, await logUnnormalizedOf(lab, run, support)) / draws;
        const nll = crossEntropyOf(support, beliefNetLogProb(first, top, support));
        const baseline = { name: "NLL of the first layer alone", value: alone };
        return {
          value: bound,
          atMost: alone,
          baseline,
          note: `Seed ${lab.seed}: the exact NLL is ${nll.toFixed(3)}.`,
        };
      },
    },
  ],
  picture: {
    caption:
      "Digits 8×8 by layers of 64, 64 and 32 units. Each row is one chain of the top machine, seen every 50 Gibbs steps through the layers below it.",
    draw: async (lab) => {
      const options = { hidden: [64, 64, 32], k: 5 };
      const run = await lab.train("dbn", { data: "digits8", steps: 9000, batch: 100, options });
      const frames = await chainFrames(lab, run, { name: "fantasies", chains: 6, steps: 800, every: 50 });
      return await sheetPng(chainRows(frames, 6), { columns: 16, scale: 4 });
    },
  },
};
