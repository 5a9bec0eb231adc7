/** What multi-scale PixelRNN must show: specification E8. */

import { UserError } from "../../tensor/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import { readMetrics } from "../../train/metrics-log.node.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { createSequential } from "../../train/sequential.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import { joined } from "../chains.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import { meanOf } from "../classical-measures.ts";
import { judgeOf } from "../judge.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { parameterCount, secondsPerPicture, withUntrained } from "../pixel-measures.ts";

const side = 14;
const two: TrainingPlan = {
  ...{ data: "binarized-mnist", size: side, steps: 2000, batch: 64 },
  options: { lr: 4e-3, decay: 2000 },
};
/** A step of one scale takes as long as 1.4 of two. */
const one: TrainingPlan = { ...two, steps: 1500, options: { lr: 4e-3, decay: 1500 } };
const classifier: TrainingPlan = {
  ...{ data: "binarized-mnist", size: side, epochs: 2 },
  options: { width: 16, hidden: [64] },
};

/** Seconds that a run has trained. */
const seconds = async (run: OpenRun): Promise<number> =>
  (await readMetrics(run.folder)).at(-1)?.seconds ?? Number.NaN;

async function coherence(lab: Lab): Promise<Finding> {
  const judge = await judgeOf(lab, classifier);
  const confidence = async (x: Examples): Promise<number> => meanOf((await judge.see(x)).confidences);
  const runs = [await lab.train("pixelrnn", one), await lab.train("multiscale-pixelrnn", two)] as const;
  const sizes = runs.map(parameterCount);
  if (sizes[1]! > 1.01 * sizes[0]!)
    throw new UserError(`Two scales have ${sizes[1]} parameters, one has ${sizes[0]}; give it as many.`);
  const [a, b] = [
    await confidence(await lab.samples(runs[0], 2000)),
    await confidence(await lab.samples(runs[1], 2000)),
  ];
  const { test } = await lab.data(classifier.data, { size: side });
  const real = await confidence(lab.examples(test!, 2000));
  const nll = [(await lab.nll(runs[0])).toFixed(2), (await lab.nll(runs[1])).toFixed(2)];
  const times = [(await seconds(runs[0])).toFixed(0), (await seconds(runs[1])).toFixed(0)];
  return {
    value: b - a,
    baseline: { name: "one scale", value: a },
    note: `Seed ${lab.seed}: ${sizes.join(" and ")} parameters, ${times.join(" and ")} s of training, NLL ${nll.join(" and ")} nats; the classifier is right about ${judge.accuracy.toFixed(1)} % of test digits, its confidence in them ${real.toFixed(3)}.`,
  };
}

/** Pictures completed from every second pixel of every second row of real ones, and the real ones. */
async function zoomed(
  lab: Lab,
  pictures: number,
  each: number,
): Promise<{ real: Examples; drawn: Examples; mask: Examples }> {
  const run = await lab.train("multiscale-pixelrnn", two);
  const { test } = await lab.data("binarized-mnist", { size: side });
  const known = lab.examples(test!, pictures);
  const size = side * side;
  const real = { data: new Float32Array(pictures * each * size), shape: [pictures * each, 1, side, side] };
  for (let k = 0; k < pictures * each; k++) {
    const from = Math.floor(k / each) * size;
    real.data.set(known.data.subarray(from, from + size), k * size);
  }
  const picked = (i: number): boolean => (i % side) % 2 === 0 && Math.floor((i % size) / side) % 2 === 0;
  const mask = { data: real.data.map((_, i) => (picked(i) ? 1 : 0)), shape: real.shape };
  const { runtime, withAverages } = run;
  const sampler = run.model.sequential!({ temperature: 1, cached: true });
  const sequential = createSequential(sampler, pictures * each, {
    runtime,
    name: `zoom ${each}`,
    withAverages,
  });
  const given = { x: real, mask };
  const { data, shape } = await sequential.draw({ seed: lab.seed, portion: 0, start: { given } });
  return { real, drawn: { data: data as Float32Array, shape: [...shape] }, mask };
}

async function zoom(lab: Lab): Promise<Finding> {
  const each = 10;
  const { real, drawn, mask } = await zoomed(lab, 20, each);
  const size = side * side;
  const equal = (k: number, l: number, only: (i: number) => boolean): boolean =>
    Array.from({ length: size }, (_, i) => i)
      .filter(only)
      .every(
        (i) => drawn.data[k * size + i] === (l < 0 ? real.data[k * size + i] : drawn.data[l * size + i]),
      );
  const count = drawn.shape[0]!;
  const kept = Array.from({ length: count }, (_, k) => equal(k, -1, (i) => mask.data[i] === 1));
  const others = Array.from({ length: count }, (_, k) => k % each > 0 && equal(k, k - 1, () => true));
  return {
    value: (100 * kept.filter((v) => v).length) / count,
    note: `${others.filter((v) => v).length} of ${count} pictures equal the one drawn before from the same small picture.`,
  };
}

async function groups(): Promise<Finding> {
  const time = (rest: string, cached = true): Promise<number> =>
    withUntrained({ model: "multiscale-pixelrnn", side, options: { rest } }, (model, runtime) =>
      secondsPerPicture(model, runtime, { n: 16, cached }),
    );
  const [single, parallel] = [await time("pixelrnn"), await time("parallel")];
  const ms = (seconds: number): string => (1000 * seconds).toPrecision(3);
  return {
    value: single / parallel,
    baseline: { name: "196 steps in the place of 49 + 3", value: 196 / 52 },
    note: `Milliseconds for one of 16 pictures: ${ms(single)} pixel by pixel, ${ms(parallel)} in groups.`,
  };
}

export const claims: ModelClaims = {
  model: "multiscale-pixelrnn",
  claims: [
    {
      id: "coherence",
      shortfall:
        "of two networks with as many parameters as the one, each is smaller: their likelihood is lower too (43.9 against 43.2 nats), and at 14×14 one scale already sees the whole picture.",
      claim:
        "A classifier of digits is surer of samples of two scales (7×7, then 14×14) than of one, by 0.03, at as many parameters and as much time.",
      unit: "in mean confidence",
      atLeast: 0.03,
      threshold: "estimate",
      minutes: 3.5,
      measure: coherence,
    },
    {
      id: "zoom",
      claim:
        "All 14×14 pictures drawn from a given 7×7 picture hold it exactly in every second pixel (10 for each of 20).",
      unit: "% of the pictures",
      atLeast: 100,
      threshold: "exact",
      need: "one seed",
      minutes: 1.5,
      measure: zoom,
    },
    {
      id: "groups-in-parallel",
      shortfall:
        "3.8 times fewer steps, but each computes a quarter of the picture; on a processor only the cost of starting a step is spared.",
      claim:
        "With the other pixels in three groups at once, a picture takes 52 steps in the place of 196, and half the time at most.",
      unit: "times faster",
      atLeast: 2,
      threshold: "estimate",
      need: "one seed",
      minutes: 0.3,
      measure: groups,
    },
  ],
  picture: {
    caption:
      "Samples (two rows); then for each real digit what is given, every second pixel of every second row, and six pictures drawn from it (binarized MNIST 14×14)",
    async draw(lab) {
      const run = await lab.train("multiscale-pixelrnn", two);
      const samples = await lab.samples(run, 16);
      const [pictures, each] = [4, 6];
      const { real, drawn, mask } = await zoomed(lab, pictures, each);
      const part = (x: Examples, first: number, count: number): Examples => ({
        data: x.data.slice(first * side * side, (first + count) * side * side),
        shape: [count, 1, side, side],
      });
      const given = { ...real, data: real.data.map((v, i) => v * mask.data[i]!) };
      const rows = Array.from({ length: pictures }, (_, k) => [
        ...[part(real, k * each, 1), part(given, k * each, 1)],
        part(drawn, k * each, each),
      ]);
      return await sheetPng(joined([samples, ...rows.flat()]), { columns: 8, scale: 4 });
    },
  },
};
