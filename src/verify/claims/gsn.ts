/** What generative stochastic networks must show: their chain's stationary distribution is near that of the data. */
import { sheetPng } from "../../train/sheet.node.ts";
import { chainFrames, chainRows, joined } from "../chains.ts";
import type { ModelClaims } from "../claim.ts";
import { stateOf, supportOf } from "../enumerated.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

const bars = (walkback: number): TrainingPlan => ({
  data: "bars-and-stripes",
  options: { hidden: [100], noise: 0.02, walkback, lr: 0.003 },
  steps: 3000,
  batch: 100,
});
const size = 14;
const digits: TrainingPlan = {
  data: "mnist",
  size,
  options: { hidden: [300], noise: 0.3, walkback: 2 },
  steps: 1500,
  batch: 100,
};
/** So few steps of noise 0.3 leave a digit readable most of the time: one is taken as visited when the classifier is sure. */
const sure = 0.7;

/** 2,048 chains after 200 transitions from coin flips: how they differ from the data's distribution. */
async function stationary(lab: Lab, walkback: number, purpose: string) {
  const run = await lab.train("gsn", bars(walkback));
  const { x, count, dimensions, probabilities } = supportOf((await lab.data("bars-and-stripes")).train);
  const chains = 2048;
  const name = `stationary for ${purpose}`;
  const { data } = (await chainFrames(lab, run, { name, chains, steps: 200 }))[0]!;
  const shares = new Map<number, number>();
  for (let i = 0; i < chains; i++) {
    const state = stateOf(data, i * dimensions, dimensions);
    shares.set(state, (shares.get(state) ?? 0) + 1 / chains);
  }
  let [missed, valid, hit] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    const share = shares.get(stateOf(x, i * dimensions, dimensions)) ?? 0;
    missed += Math.abs(probabilities[i]! - share);
    valid += share;
    hit += share > 0 ? 1 : 0;
  }
  return { distance: (missed + 1 - valid) / 2, spurious: 1 - valid, hit };
}

/** The least number of classes that any of 8 chains visits in 500 transitions. */
async function classesVisited(lab: Lab) {
  const run = await lab.train("gsn", digits);
  const judge = await lab.train("classifier", {
    ...{ data: "mnist", size, steps: 1500, batch: 100 },
    options: { networks: "mlp", hidden: [200] },
  });
  const classify = lab.compile(judge, "classify", (x) => judge.model.classify!(x).softmax(1));
  const chains = 8;
  const frames = await chainFrames(lab, run, { name: "visits", chains, steps: 500, every: 5 });
  const visited = Array.from({ length: chains }, () => new Set<number>());
  for (const frame of frames) {
    const scores = Array.from((await classify(frame)).data as Float32Array);
    visited.forEach((seen, i) => {
      const row = scores.slice(10 * i, 10 * i + 10);
      const most = Math.max(...row);
      if (most >= sure) seen.add(row.indexOf(most));
    });
  }
  return Math.min(...visited.map((seen) => seen.size));
}

export const claims: ModelClaims = {
  model: "gsn",
  claims: [
    {
      id: "bars-distance",
      claim:
        "The chain's distribution after 200 transitions is near that of bars and stripes 4×4, in total variation.",
      ...{ unit: "distance", atMost: 0.25, threshold: "estimate", minutes: 1 },
      async measure(lab) {
        const { distance, hit, spurious } = await stationary(lab, 1, "distance");
        const note = `Seed ${lab.seed}: ${hit} of 30 patterns are there, ${(100 * spurious).toFixed(1)} % are none.`;
        return { value: distance, baseline: { name: "coin flips", value: 1 - 30 / 2 ** 16 }, note };
      },
    },
    {
      id: "bars-all",
      claim: "All 30 patterns are among 2,048 chains.",
      ...{ unit: "patterns", atLeast: 30, threshold: "estimate", minutes: 0.2 },
      measure: async (lab) => ({ value: (await stationary(lab, 1, "all")).hit }),
    },
    {
      id: "bars-walkback",
      claim: "Walks of five steps in training leave fewer false pictures than walks of one.",
      ...{ unit: "%", threshold: "estimate", minutes: 1.5 },
      async measure(lab) {
        const [one, five] = [await stationary(lab, 1, "walkback"), await stationary(lab, 5, "walkback")];
        const before = 100 * one.spurious;
        return {
          ...{ value: 100 * five.spurious, atMost: before, baseline: { name: "walkback 1", value: before } },
          note: `Seed ${lab.seed}: the total variation is ${five.distance.toFixed(2)}, with walkback 1 ${one.distance.toFixed(2)}.`,
        };
      },
    },
    {
      id: "mnist-classes",
      claim: `On MNIST ${size}×${size} every one of 8 chains visits at least 5 classes in 500 transitions, by a classifier that is sure to ${100 * sure} %.`,
      ...{ unit: "classes", atLeast: 5, threshold: "estimate", minutes: 2 },
      measure: async (lab) => ({
        value: await classesVisited(lab),
        baseline: { name: "a chain that stays where it is", value: 1 },
      }),
    },
  ],
  picture: {
    caption: `Six chains on MNIST ${size}×${size}, each from coin flips: the first 16 transitions in the first three rows, every 20th in the last three.`,
    draw: async (lab) => {
      const run = await lab.train("gsn", digits);
      const early = await chainFrames(lab, run, { name: "early", chains: 3, steps: 16, every: 1 });
      const late = await chainFrames(lab, run, { name: "late", chains: 3, steps: 320, every: 20 });
      return await sheetPng(joined([chainRows(early, 3), chainRows(late, 3)]), { columns: 16, scale: 4 });
    },
  },
};
