/** What generative stochastic networks must show: their chain's stationary distribution is near that of the data. */

import type { Dataset } from "../../data/dataset.ts";
import { constant } from "../../tensor/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { chainFrames, chainRows, joined } from "../chains.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import { stateOf, supportOf } from "../enumerated.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { labelsOf, rowsOf } from "../latent-measures.ts";

/**
 * 5 % of salt and pepper: P(X|X̃) draws each of the 16 pixels by itself, so that with the 30 % that are right for digits 72 % of the
 * chain's states would be no pattern. That so little noise still mixes is shown by where the chains begin.
 */
const bars = (walkback: number): TrainingPlan => ({
  data: "bars-and-stripes",
  options: { hidden: [200], noise: 0.05, walkback, lr: 0.002 },
  steps: 6000,
  batch: 100,
  ema: 0.998,
});
const size = 28;
const data = "binarized-mnist";
const digits: TrainingPlan = {
  ...{ data, steps: 1500, batch: 100 },
  options: { hidden: [400], noise: 0.4, walkback: 2 },
};

/** 2,048 chains after 1,000 transitions from one pattern, all dark: how they differ from the data's distribution. */
async function stationary(lab: Lab, walkback: number, purpose: string) {
  const run = await lab.train("gsn", bars(walkback));
  const { x, count, dimensions, probabilities } = supportOf((await lab.data("bars-and-stripes")).train);
  const chains = 2048;
  const frames = await chainFrames(lab, run, {
    ...{ name: `stationary for ${purpose}`, chains, steps: 1000, every: 500 },
    init: ({ n }) => ({ v: constant(new Float32Array(n * dimensions), [n, dimensions]) }),
  });
  return { ...distanceOf(frames.at(-1)!.data), earlier: distanceOf(frames.at(-2)!.data).distance };

  function distanceOf(pixels: Float32Array) {
    const shares = new Map<number, number>();
    for (let i = 0; i < chains; i++) {
      const state = stateOf(pixels, i * dimensions, dimensions);
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
}

/** How many of 784 pixels each picture differs in from the nearest of 5,000 training digits, and that one's class. */
function nearestDigits(lab: Lab, train: Dataset): (x: Examples) => { off: number; label: number }[] {
  const known = rowsOf(lab.examples(train, 5000));
  const labels = labelsOf(train, known.count);
  return (x) => {
    const { data: pixels, count, dimensions: d } = rowsOf(x);
    return Array.from({ length: count }, (_, i) => {
      let [off, label] = [d, -1];
      for (let j = 0; j < known.count; j++) {
        let differ = 0;
        for (let p = 0; p < d && differ < off; p++) if (pixels[i * d + p] !== known.data[j * d + p]) differ++;
        if (differ < off) [off, label] = [differ, labels[j]!];
      }
      return { off, label };
    });
  };
}

/** The least number of classes that any of 8 chains visits in 500 transitions, the first 100 from coin flips aside. */
async function classesVisited(lab: Lab): Promise<Finding> {
  const run = await lab.train("gsn", digits);
  const { train, test } = await lab.data(data);
  const nearest = nearestDigits(lab, train);
  const held = nearest(lab.examples(test!, 500));
  const labels = labelsOf(test!, 500);
  const right = held.filter(({ label }, i) => label === labels[i]).length / 5;
  /** A place is a digit when it is as near to a training digit as 95 % of the test digits are. */
  const reach = held.map(({ off }) => off).sort((a, b) => a - b)[475]!;
  const [chains, every] = [8, 5];
  const frames = await chainFrames(lab, run, { name: "visits", chains, steps: 600, every });
  const coins = createStream(deriveKey(lab.seed, "coin flips"));
  const flipped = frames.map(({ data: pixels, shape }) => ({
    data: coins.uniform(new Float32Array(pixels.length)).map((u) => (u < 0.5 ? -1 : 1)),
    shape,
  }));
  const visits = (pictures: readonly Examples[]): number[] => {
    const seen = pictures.slice(100 / every).map(nearest);
    return Array.from(
      { length: chains },
      (_, i) => new Set(seen.flatMap((at) => (at[i]!.off <= reach ? [at[i]!.label] : []))).size,
    );
  };
  const [own, control] = [visits(frames), Math.max(...visits(flipped))];
  return {
    value: Math.min(...own),
    above: control,
    baseline: { name: "coin flips in place of a chain, at most", value: control },
    note: `Seed ${lab.seed}: the chains visit ${own.join(", ")} classes; digits are within ${reach} of 784 pixels, and the nearest one has the class of ${right.toFixed(1)} % of test digits. (A classifier is no judge here: it was sure of coin flips too.)`,
  };
}

export const claims: ModelClaims = {
  model: "gsn",
  claims: [
    {
      id: "bars-distance",
      claim:
        "The distribution of chains 1,000 transitions after they all began at one pattern is near that of bars and stripes 4×4, in total variation.",
      ...{ unit: "distance", atMost: 0.25, threshold: "estimate", minutes: 1 },
      async measure(lab) {
        const { distance, earlier, hit, spurious } = await stationary(lab, 2, "distance");
        const note = `Seed ${lab.seed}: ${hit} of 30 patterns are there, ${(100 * spurious).toFixed(1)} % of the chains show none; after 500 transitions the distance was ${earlier.toFixed(3)}. C has 5 % of salt and pepper: with the specification's 30 % P(X|X̃), which draws pixel by pixel, made no pattern in 72 % of the states, and the distance was 0.72.`;
        return { value: distance, baseline: { name: "coin flips", value: 1 - 30 / 2 ** 16 }, note };
      },
    },
    {
      id: "bars-all",
      claim: "All 30 patterns are among 2,048 chains that began at one of them.",
      ...{ unit: "patterns", atLeast: 30, threshold: "estimate", minutes: 0.2 },
      measure: async (lab) => ({ value: (await stationary(lab, 2, "all")).hit }),
    },
    {
      id: "bars-walkback",
      shortfall:
        "P(X|X̃) draws pixel by pixel, and at 5 % of noise that alone makes the false pictures; five steps of walk teach it from inputs that are further away and so less certain.",
      claim: "Walks of five steps in training leave fewer false pictures than walks of one.",
      ...{ unit: "%", threshold: "estimate", minutes: 1.5 },
      async measure(lab) {
        const [one, five] = [await stationary(lab, 1, "walkback"), await stationary(lab, 5, "walkback")];
        const before = 100 * one.spurious;
        return {
          ...{ value: 100 * five.spurious, below: before, baseline: { name: "walkback 1", value: before } },
          note: `Seed ${lab.seed}: the total variation is ${five.distance.toFixed(2)}, with walkback 1 ${one.distance.toFixed(2)}.`,
        };
      },
    },
    {
      id: "mnist-classes",
      claim: `On binarised MNIST ${size}×${size} every one of 8 chains visits at least 5 classes in 500 transitions, after 100 that do not count: it comes as near to a training digit of the class as test digits do.`,
      ...{ unit: "classes", atLeast: 5, threshold: "estimate", minutes: 2 },
      measure: classesVisited,
    },
  ],
  picture: {
    caption: `Six chains on binarised MNIST ${size}×${size}, each from coin flips: the first 16 transitions in the first three rows, every 20th in the last three.`,
    draw: async (lab) => {
      const run = await lab.train("gsn", digits);
      const early = await chainFrames(lab, run, { name: "early", chains: 3, steps: 16, every: 1 });
      const late = await chainFrames(lab, run, { name: "late", chains: 3, steps: 320, every: 20 });
      return await sheetPng(joined([chainRows(early, 3), chainRows(late, 3)]), { columns: 16, scale: 2 });
    },
  },
};
