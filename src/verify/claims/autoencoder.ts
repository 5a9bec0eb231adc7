/** What autoencoders must show: better than PCA where they bend, PCA where they are linear, and no generative model. */
import { singularValues } from "../../math/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import type { Examples } from "../../train/latents.node.ts";
import type { OpenRun } from "../../train/open-run.node.ts";
import { sheetPng } from "../../train/sheet.node.ts";
import type { Finding, ModelClaims } from "../claim.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";
import {
  applied,
  codeAccuracy,
  neighborTest,
  reconstructionError,
  reconstructions,
  stacked,
} from "../latent-measures.ts";

const deep = (latent: number): TrainingPlan => ({
  data: "mnist",
  options: { latent, hidden: [256, 128], error: "squared" },
  epochs: 12,
  ema: 0.998,
});
/** Six: between the sixth and the seventh eigenvalue of MNIST is a gap, so that the space is well defined. */
const linear: TrainingPlan = {
  data: "mnist",
  options: { latent: 6, networks: "linear", error: "squared", lr: 2e-3 },
  epochs: 8,
  ema: 0.999,
};
const denoising: TrainingPlan = {
  data: "mnist",
  options: { latent: 32, hidden: [256], noise: 0.5 },
  epochs: 4,
};
const pca = (lab: Lab, latent: number): Promise<OpenRun> =>
  lab.train("pca", { data: "mnist", options: { latent } });
const test = async (lab: Lab) => (await lab.data("mnist")).test!;

/** Test error with k numbers, beside PCA's. */
const error =
  (latent: number) =>
  async (lab: Lab): Promise<Finding> => ({
    value: await reconstructionError(lab, await lab.train("autoencoder", deep(latent)), await test(lab)),
    baseline: {
      name: `PCA with ${latent}`,
      value: await reconstructionError(lab, await pca(lab, latent), await test(lab)),
    },
  });

async function linearError(lab: Lab): Promise<Finding> {
  const own = await reconstructionError(lab, await lab.train("autoencoder", linear), await test(lab));
  const value = await reconstructionError(lab, await pca(lab, 6), await test(lab));
  return { value: own / value, baseline: { name: "PCA with 6 (error)", value } };
}

/** Largest principal angle between the decoder's column space and that of the first six components, degrees. */
async function angle(lab: Lab): Promise<Finding> {
  const [own, components] = await Promise.all([
    (await lab.train("autoencoder", linear)).runtime.get("ema/g/dense_1/weight"),
    (await pca(lab, 6)).runtime.get("pca/components"),
  ]);
  const [k, d] = [6, 784];
  const a = orthonormal(Float64Array.from(own.data as Float32Array), k, d);
  const b = components.data as Float32Array;
  const cosines = Float64Array.from({ length: k * k }, (_, at) => {
    const [i, j] = [Math.floor(at / k) * d, (at % k) * d];
    let sum = 0;
    for (let p = 0; p < d; p++) sum += a[i + p]! * b[j + p]!;
    return sum;
  });
  const least = Math.min(...singularValues(cosines, k, k));
  return {
    value: (Math.acos(Math.min(1, least)) * 180) / Math.PI,
    baseline: { name: "random spaces, about", value: 90 },
  };
}

/** Gram–Schmidt on rows, twice, which is enough in float64. */
function orthonormal(rows: Float64Array, k: number, d: number): Float64Array {
  for (let pass = 0; pass < 2; pass++)
    for (let i = 0; i < k; i++) {
      const row = rows.subarray(i * d, (i + 1) * d);
      for (let j = 0; j < i; j++) {
        const other = rows.subarray(j * d, (j + 1) * d);
        const along = row.reduce((sum, v, p) => sum + v * other[p]!, 0);
        row.forEach((v, p) => {
          row[p] = v - along * other[p]!;
        });
      }
      const length = Math.hypot(...row);
      row.forEach((v, p) => {
        row[p] = v / length;
      });
    }
  return rows;
}

/** The easier of two ways to tell decoded noise from digits: z ~ N(0, I), and z uniform in the box around all codes. */
async function notGenerative(lab: Lab): Promise<Finding> {
  const run = await lab.train("autoencoder", deep(32));
  const real = lab.examples(await test(lab), 500);
  const { encode, decode } = run.model;
  const codes = await applied(lab, run, "codes", (x) => encode!(x))(lab.examples(await test(lab), 2000));
  const decoded = applied(lab, run, "decode", (z) => decode!(z));
  const stream = createStream(deriveKey(lab.seed, "codes"));
  const normal = { data: stream.normal(new Float32Array(500 * 32)), shape: [500, 32] };
  const box = { ...normal, data: boxed(stream.uniform(new Float32Array(500 * 32)), codes) };
  const values = [
    await neighborTest(lab, await decoded(normal), real),
    await neighborTest(lab, await decoded(box), real),
  ];
  const vae = await lab.train("vae", { data: "mnist", options: { latent: 16, hidden: [256] }, epochs: 5 });
  const baseline = await neighborTest(lab, await lab.samples(vae, 500), real);
  return {
    value: Math.min(...values),
    ...{ atLeast: 0.95, above: baseline },
    baseline: { name: "samples of a VAE", value: baseline },
    note: `Seed ${lab.seed}: ${values[0]!.toFixed(3)} with normal codes, ${values[1]!.toFixed(3)} with uniform ones.`,
  };
}

function boxed(u: Float32Array, { data, shape }: Examples): Float32Array {
  const d = shape[1]!;
  const column = (j: number): number[] => Array.from({ length: shape[0]! }, (_, i) => data[i * d + j]!);
  const ends = Array.from({ length: d }, (_, j) => [Math.min(...column(j)), Math.max(...column(j))] as const);
  return u.map((v, i) => ends[i % d]![0] + v * (ends[i % d]![1] - ends[i % d]![0]));
}

async function neighbours(lab: Lab): Promise<Finding> {
  const { train, test } = await lab.data("mnist");
  const sides = { train, test: test! };
  const baseline = await codeAccuracy(lab, await pca(lab, 2), sides);
  return {
    value: await codeAccuracy(lab, await lab.train("autoencoder", deep(2)), sides),
    above: baseline,
    baseline: { name: "two principal components", value: baseline },
  };
}

async function draw(lab: Lab): Promise<Uint8Array> {
  const originals = lab.examples(await test(lab), 12);
  const coins = createStream(deriveKey("masked")).uniform(new Float32Array(originals.data.length));
  const masked = { ...originals, data: originals.data.map((v, i) => (coins[i]! < 0.5 ? -1 : v)) };
  const rows = [originals];
  for (const run of [
    await pca(lab, 2),
    await lab.train("autoencoder", deep(2)),
    await lab.train("autoencoder", deep(32)),
  ])
    rows.push(await reconstructions(lab, run, originals));
  rows.push(masked, await reconstructions(lab, await lab.train("autoencoder", denoising), masked));
  return await sheetPng(stacked(rows), { columns: 12, scale: 2 });
}

export const claims: ModelClaims = {
  model: "autoencoder",
  claims: [
    {
      id: "two-numbers",
      claim:
        "Two numbers of a deep autoencoder keep more of a test digit (squared error per pixel) than two components.",
      ...{ unit: "squared error", atMost: 0.042, threshold: "estimate", minutes: 2, measure: error(2) },
    },
    {
      id: "thirty-two-numbers",
      claim: "So do 32 numbers.",
      ...{ unit: "squared error", atMost: 0.012, threshold: "estimate", minutes: 2, measure: error(32) },
    },
    {
      id: "linear-is-pca",
      claim: "A linear autoencoder's error is PCA's (Baldi & Hornik 1989).",
      ...{ unit: "ratio", atMost: 1.03, threshold: "exact", need: "all", minutes: 1, measure: linearError },
    },
    {
      id: "linear-spans-pca",
      shortfall:
        "the sixth component has 1.3 times the variance of the seventh; 7° between these two cost 0.01 % of the error, so hardly any gradient is left to turn them.",
      claim: "Its decoder spans the space of the principal components.",
      ...{ unit: "degrees", atMost: 5, threshold: "exact", need: "all", minutes: 0.1, measure: angle },
    },
    {
      id: "no-generative-model",
      shortfall: "the relation does, and by far; the estimate of 0.95 was too high.",
      claim: "Decoded noise is told from digits by the nearest neighbour, more surely than a VAE's samples.",
      ...{ unit: "accuracy", threshold: "estimate", minutes: 1, measure: notGenerative },
    },
    {
      id: "codes-by-class",
      claim: "The nearest neighbour by two code numbers tells digits better than by two components.",
      ...{ unit: "%", threshold: "estimate", minutes: 0.5, measure: neighbours },
    },
  ],
  picture: {
    caption:
      "Test digits; two principal components; an autoencoder of two numbers, of 32; half the pixels hidden, and what a denoising autoencoder makes of that.",
    draw,
  },
};
