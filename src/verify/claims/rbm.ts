/** What restricted Boltzmann machines must show: PCD learns, and CD-1 goes wrong in the way of the textbooks. */
import { rbmAis, rbmLogPartition } from "../../metrics/index.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { chainsInTime } from "../animated.node.ts";
import { chainFrames, chainRows, completedBelow, joined } from "../chains.ts";
import type { Claim, Finding, ModelClaims } from "../claim.ts";
import { exactNll, rbmOf, stateOf, supportOf } from "../enumerated.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { crossEntropy, digits, filtersOf, probe } from "../rbm-digits.ts";

/** Bars and stripes 4×4. */
const bars = (algorithm: "pcd" | "cd", k: number, { steps = 8000, decay = 3000 } = {}): TrainingPlan => ({
  data: "bars-and-stripes",
  options: { hidden: 16, algorithm, k, lr: 0.1, decay },
  steps,
  batch: 100,
});
/** CD-1 at a constant rate: what it drifts to is not the noise of a decaying one. */
const cd1 = (steps: number): TrainingPlan => bars("cd", 1, { steps, decay: 1e9 });
/** What the pictures show. */
const drawnDigits: TrainingPlan = {
  ...digits,
  options: { hidden: 128, algorithm: "pcd", k: 5, lr: 0.05 },
};
const nllOf = async (lab: Lab, plan: TrainingPlan): Promise<number> =>
  await exactNll(lab, await lab.train("rbm", plan), supportOf((await lab.data("bars-and-stripes")).train));

const uniform = { name: "all 2¹⁶ pictures equally likely", value: 16 * Math.LN2 };
const nll =
  (plan: TrainingPlan) =>
  async (lab: Lab): Promise<Finding> => ({
    value: await nllOf(lab, plan),
    baseline: uniform,
    note: "The entropy of bars and stripes is 3.379 nats.",
  });

/** log Z by annealing, beside the sum over all states. */
async function annealed(lab: Lab): Promise<Finding> {
  const rbm = await rbmOf(lab, await lab.train("rbm", bars("pcd", 10)));
  const exact = rbmLogPartition(rbm);
  const { logZ } = await rbmAis(rbm, { runtime: lab.runtime, temperatures: 1000, chains: 100 });
  return {
    value: Math.abs(logZ - exact),
    note: `Seed ${lab.seed}: ${logZ.toFixed(3)} for ${exact.toFixed(3)}.`,
  };
}

/** Of the pictures whose lower half a chain completes, those that are bars or stripes. */
async function completedBars(lab: Lab): Promise<Finding> {
  const run = await lab.train("rbm", bars("pcd", 10));
  const { train, test } = await lab.data("bars-and-stripes");
  const { x, count, dimensions } = supportOf(train);
  const known = new Set(Array.from({ length: count }, (_, i) => stateOf(x, i * dimensions, dimensions)));
  const given = lab.examples(test!, 1000);
  const completed = await completedBelow(lab, run, given, { name: "bars completed", from: 2, steps: 500 });
  const right = Array.from({ length: 1000 }, (_, i) =>
    known.has(stateOf(completed.data, i * dimensions, dimensions)),
  );
  return {
    value: (100 * right.filter((one) => one).length) / 1000,
    baseline: { name: "coin flips below the given half, at most", value: (100 * 2 ** 4) / 2 ** 8 },
  };
}

const claim = (about: Omit<Claim, "threshold" | "minutes"> & Partial<Claim>): Claim => ({
  threshold: "calibrated",
  minutes: 0.5,
  ...about,
});

export const claims: ModelClaims = {
  model: "rbm",
  claims: [
    claim({
      id: "bars-pcd10",
      claim: "The exact NLL of PCD-10 with 16 hidden units on bars and stripes 4×4 comes near the entropy.",
      ...{ unit: "nats", atMost: 3.8, measure: nll(bars("pcd", 10)) },
    }),
    claim({
      id: "bars-cd10",
      claim: "CD-10 comes nearly as near.",
      ...{ unit: "nats", atMost: 3.95, measure: nll(bars("cd", 10)) },
    }),
    claim({
      id: "bars-cd1",
      claim:
        "CD-1, at a constant rate (the others' falls), stays far away: it leaves probability where its short chains never come.",
      ...{ unit: "nats", atLeast: 4.5, measure: nll(cd1(8000)) },
    }),
    claim({
      id: "bars-cd1-worsens",
      claim:
        "CD-1 at a constant rate gets worse the longer it learns: its exact NLL after 8,000 updates is above that after 4,000.",
      unit: "nats",
      async measure(lab) {
        const before = await nllOf(lab, cd1(4000));
        const baseline = { name: "after 4,000 updates", value: before };
        return { value: await nllOf(lab, cd1(8000)), above: before, baseline };
      },
    }),
    claim({
      id: "bars-ais",
      claim: "Annealed importance sampling with 1,000 temperatures gives log Z to 0.1 nats.",
      ...{ unit: "nats", atMost: 0.1, measure: annealed },
    }),
    claim({
      id: "bars-completed",
      claim: "Of pictures whose lower half is sampled with the upper one clamped, most are bars or stripes.",
      ...{ unit: "%", atLeast: 70, threshold: "estimate", measure: completedBars },
    }),
    claim({
      id: "mnist-reconstruction",
      claim: "After 5 epochs on 20,000 binarised MNIST digits, 128 hidden units reconstruct test digits.",
      ...{ unit: "nats", atMost: 98, minutes: 1, measure: crossEntropy },
    }),
    claim({
      id: "mnist-features",
      claim:
        "A linear classifier of 2,000 digits is as good on the hidden units as on pixels, to half a point.",
      ...{ unit: "%", minutes: 1, measure: probe },
    }),
  ],
  picture: {
    caption:
      "Rows 1–3: what 48 of 128 hidden units look for (weights, each scaled by itself). Rows 4–6: fantasies, three Gibbs chains seen every 50 steps. Rows 7 and 8: test digits with the lower half removed, and completed by the chain.",
    draw: async (lab) => {
      const run = await lab.train("rbm", drawnDigits);
      const filters = filtersOf(await rbmOf(lab, run), 48);
      const frames = await chainFrames(lab, run, { name: "fantasies", chains: 3, steps: 800, every: 50 });
      const x = lab.examples((await lab.data("mnist", { levels: 2 })).test!, 16);
      const upper = { ...x, data: Float32Array.from(x.data, (v, i) => (i % 784 < 392 ? v : -1)) };
      const completed = await completedBelow(lab, run, x, { name: "digits completed", from: 14, steps: 300 });
      const rows = joined([filters, chainRows(frames, 3), upper, completed]);
      return await sheetPng(rows, { columns: 16, scale: 2 });
    },
  },
  animation: {
    caption: "Fantasies: twelve Gibbs chains, seen every 5 steps.",
    draw: async (lab) =>
      await chainsInTime(lab, await lab.train("rbm", drawnDigits), {
        ...{ chains: 12, columns: 6, scale: 3 },
        every: 5,
      }),
  },
};
