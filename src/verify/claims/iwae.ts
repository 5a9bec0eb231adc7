/** What importance weighting must show: a tighter bound, more active units – and a noisier gradient of the encoder. */
import { compile, createRuntime } from "../../runtime/index.ts";
import { logsumexp, sub, type Tensor } from "../../tensor/index.ts";
import { readMetrics } from "../../train/metrics-log.node.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import { histogramPng } from "../figures/histogram.node.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import { applied, boundOf, rowsOf } from "../latent-measures.ts";
import { linearGaussian } from "../linear-gaussian.ts";
import { signalToNoise } from "../signal-to-noise.ts";

const plan = (samples: number): TrainingPlan => ({
  data: "binarized-mnist",
  options: { samples, hidden: [200], latent: 40 },
  epochs: 8,
  batch: 100,
});
const test = async (lab: Lab) => (await lab.data("binarized-mnist")).test!;

/** The least step of the ladder L₁ ≤ L₅ ≤ L₅₀ of a trained VAE. */
async function ladder(lab: Lab): Promise<Finding> {
  const run = await lab.train("iwae", plan(1));
  const [five, fifty] = [
    await boundOf(run, await test(lab), { k: 5 }),
    await boundOf(run, await test(lab), { k: 50 }),
  ];
  const steps = [fifty.elbo, five.bound, fifty.bound].map((v) => v.toFixed(2)).join(" ≤ ");
  return {
    value: Math.min(five.bound - fifty.elbo, fifty.bound - five.bound),
    note: `Seed ${lab.seed}: ${steps} nats; of 50 draws ${fifty.effective.toFixed(1)} are effective.`,
  };
}

/** |L₁₀₀₀ − log p(x)|, mean over examples, with a q that is off the posterior. */
async function exact(lab: Lab): Promise<Finding> {
  const runtime = createRuntime({ device: "cpu", seed: lab.seed });
  const toy = await linearGaussian("iwae", runtime, { seed: lab.seed, shift: 0.7, stretch: 1.4 });
  const f = compile((x: Tensor) => sub(logsumexp(toy.model.logWeights!(x, 1000), 0), Math.log(1000)), {
    runtime,
    training: false,
  });
  const bounds = (await f(toy.x)).data as Float32Array;
  await runtime.dispose();
  const off = Array.from(bounds, (v, i) => Math.abs(v - toy.logProb[i]!));
  return {
    value: off.reduce((a, b) => a + b, 0) / off.length,
    baseline: { name: "the ELBO", value: toy.gap },
  };
}

/** Latent units whose posterior mean varies over 2,000 test digits by more than 0.01. */
async function activeUnits(lab: Lab, run: OpenRun): Promise<number> {
  const { encode } = run.model;
  const codes = await applied(lab, run, "codes", (x) => encode!(x))(lab.examples(await test(lab), 2000));
  const { data, count, dimensions } = rowsOf(codes);
  let active = 0;
  for (let j = 0; j < dimensions; j++) {
    const column = Float64Array.from({ length: count }, (_, i) => data[i * dimensions + j]!);
    const mean = column.reduce((a, b) => a + b, 0) / count;
    if (column.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count > 0.01) active++;
  }
  return active;
}

async function units(lab: Lab): Promise<Finding> {
  const value = await activeUnits(lab, await lab.train("iwae", plan(1)));
  return {
    value: await activeUnits(lab, await lab.train("iwae", plan(10))),
    atLeast: value + 1,
    baseline: { name: "trained with k = 1", value },
  };
}

/** Nats of L₅₀₀ that k = 10 gains over k = 1 after as many epochs. */
async function gain(lab: Lab): Promise<Finding> {
  const bound = async (k: number): Promise<number> =>
    (await boundOf(await lab.train("iwae", plan(k)), await test(lab), { k: 500, examples: 1000 })).bound;
  const [one, ten] = [await bound(1), await bound(10)];
  return {
    value: ten - one,
    baseline: { name: "L₅₀₀ with k = 1", value: one },
    note: `Seed ${lab.seed}: ${ten.toFixed(2)} nats with k = 10.`,
  };
}

/** Draws out of 50 that count, and how many seconds the k draws of training cost. */
async function effective(lab: Lab): Promise<Finding> {
  const run = await lab.train("iwae", plan(10));
  const { effective } = await boundOf(run, await test(lab), { k: 50 });
  const seconds = async (k: number): Promise<string> =>
    (await readMetrics((await lab.train("iwae", plan(k))).folder)).at(-1)!.seconds.toFixed(0);
  return {
    value: effective,
    baseline: { name: "q = posterior", value: 50 },
    note: `Seed ${lab.seed}: training took ${await seconds(1)} s with k = 1 and ${await seconds(10)} s with k = 10.`,
  };
}

async function noise(lab: Lab): Promise<Finding> {
  const [one, hundred] = [await signalToNoise(lab.seed, 1), await signalToNoise(lab.seed, 100)];
  const text = ([encoder, decoder]: readonly [number, number]): string =>
    `${encoder.toFixed(3)} for the encoder and ${decoder.toFixed(3)} for the decoder`;
  return {
    value: hundred[0] / one[0],
    baseline: { name: "the decoder's", value: hundred[1] / one[1] },
    note: `Seed ${lab.seed}: signal to noise ${text(one)} with k = 1, ${text(hundred)} with k = 100.`,
  };
}

/** Histogram of the effective sample size of 50 draws over 1,000 test digits, k = 1 orange and k = 10 blue. */
async function draw(lab: Lab): Promise<Uint8Array> {
  const bins = 25;
  const counts = async (k: number): Promise<number[]> => {
    const run = await lab.train("iwae", plan(k));
    const { logWeights } = run.model;
    const sizes = applied(lab, run, "effective", (x) => {
      const w = logWeights!(x, 50);
      return sub(logsumexp(w, 0).mul(2), logsumexp(w.mul(2), 0)).exp();
    });
    const { data } = await sizes(lab.examples(await test(lab), 1000));
    const out = Array<number>(bins).fill(0);
    for (const v of data) out[Math.min(bins - 1, Math.floor(v))]!++;
    return out;
  };
  const rows = [
    { colour: "#e8883a", bars: await counts(1) },
    { colour: "#2563c9", bars: await counts(10) },
  ];
  return await histogramPng(rows);
}

export const claims: ModelClaims = {
  model: "iwae",
  claims: [
    {
      id: "bounds-in-order",
      claim: "L₁ ≤ L₅ ≤ L₅₀ of a trained VAE on test digits: the least step is not negative.",
      ...{ unit: "nats", atLeast: 0, threshold: "exact", need: "all", minutes: 1, measure: ladder },
    },
    {
      id: "near-the-truth",
      claim: "On probabilistic PCA with a wrong q, L₁₀₀₀ comes near log p(x).",
      ...{ unit: "nats", atMost: 0.05, threshold: "estimate", need: "all", minutes: 0.1, measure: exact },
    },
    {
      id: "more-active-units",
      claim: "Trained with k = 10, more latent units are active than with k = 1.",
      ...{ unit: "units", threshold: "estimate", minutes: 2, measure: units },
    },
    {
      id: "better-likelihood",
      claim: "After as many epochs, L₅₀₀ of test digits is better by half a nat.",
      ...{ unit: "nats", atLeast: 0.5, threshold: "estimate", minutes: 0.5, measure: gain },
    },
    {
      id: "effective-draws",
      claim: "Of 50 draws from q more than two count, 1/Σ w̃².",
      ...{ unit: "draws", atLeast: 2, threshold: "estimate", minutes: 0.2, measure: effective },
    },
    {
      id: "encoder-noise",
      claim:
        "The encoder's gradient drowns in noise as k grows: signal to noise of k = 100 in that of k = 1.",
      ...{ unit: "ratio", atMost: 1, threshold: "estimate", minutes: 0.2, measure: noise },
    },
  ],
  picture: {
    caption:
      "Effective sample size of 50 draws from q over test digits, from 1 on the left to 25: orange trained with k = 1, blue with k = 10.",
    draw,
  },
};
