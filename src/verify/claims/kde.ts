/** What kernel density estimation must show: specification E25. */
import type { Dataset } from "../../data/dataset.ts";
import { bestBandwidth, columnScales, kernelLogDensity } from "../../math/index.ts";
import type { ModelClaims } from "../claim.ts";
import { fitted, meanOf } from "../classical-measures.ts";
import { barsOf, curvePng } from "../figures/curve-figure.node.ts";
import { densityPng, figuresBeside } from "../figures/density-figure.node.ts";
import { logDensityOn } from "../flow-measures.ts";
import type { Lab, TrainingPlan } from "../lab.node.ts";

const moons: TrainingPlan = { data: "moons" };
const gaussian: TrainingPlan = { data: "moons", options: { latent: 2 } };

const [low, high, cells] = [-5, 7, 400];
const places = Float32Array.from({ length: cells }, (_, i) => low + ((high - low) * (i + 0.5)) / cells);
const onLine = { data: places, count: cells, dimensions: 1 };

/** ∫ (p̂ − p)² dx of kernels on n points, averaged over five sets of points; bandwidths by leave-one-out likelihood. */
function squaredError(lab: Lab, { train }: { readonly train: Dataset }, n: number): number {
  const truth = Float64Array.from(places, (x) => Math.exp(train.logProb!(Float32Array.of(x))));
  const errors = Array.from({ length: 5 }, (_, part) => {
    const rows = { data: lab.examples(train, n, part * n).data, count: n, dimensions: 1 };
    const { stds } = columnScales(rows);
    const { h } = bestBandwidth(rows, { stds });
    const estimate = kernelLogDensity(rows, [h * stds[0]!], onLine);
    return truth.reduce((sum, p, i) => sum + ((high - low) / cells) * (Math.exp(estimate[i]!) - p) ** 2, 0);
  });
  return meanOf(errors);
}

/** The slope of the straight line through (log n, log error). */
function slopeOf(points: readonly (readonly [n: number, error: number])[]): number {
  const [x, y] = [points.map(([n]) => Math.log(n)), points.map(([, error]) => Math.log(error))];
  const [mx, my] = [meanOf(x), meanOf(y)];
  const covariance = x.reduce((sum, v, i) => sum + (v - mx) * (y[i]! - my), 0);
  return covariance / x.reduce((sum, v) => sum + (v - mx) ** 2, 0);
}

export const claims: ModelClaims = {
  model: "kde",
  claims: [
    {
      id: "rate",
      claim:
        "On two-bumps the integrated squared error falls like n^(−4/5): the fitted slope over n = 100 … 10,000 lies between −.95 and −.6.",
      unit: "slope",
      atMost: -0.6,
      atLeast: -0.95,
      threshold: "estimate",
      minutes: 0.5,
      async measure(lab) {
        const data = await lab.data("two-bumps", { seed: lab.seed });
        const errors = [100, 316, 1000, 3162, 10_000].map((n) => [n, squaredError(lab, data, n)] as const);
        return {
          value: slopeOf(errors),
          baseline: { name: "a histogram's, by theory", value: -2 / 3 },
          note: `Seed ${lab.seed}: errors ${errors.map(([n, e]) => `${e.toExponential(1)} of ${n}`).join(", ")}.`,
        };
      },
    },
    {
      id: "moons-nll",
      claim:
        "On moons (entropy 1.008 nats) kernels on 2,000 points, their bandwidth by leave-one-out likelihood, reach a held-out NLL of at most 1.20.",
      unit: "nats",
      atMost: 1.2,
      threshold: "estimate",
      minutes: 0.2,
      async measure(lab) {
        const value = await lab.nll(await lab.train("kde", moons));
        const alone = await lab.nll(await lab.train("pca", gaussian));
        return { value, baseline: { name: "one Gaussian", value: alone } };
      },
    },
    {
      id: "above-silverman",
      claim:
        "Leave-one-out likelihood chooses better than Silverman's rule where there are two modes: the NLL on moons is lower.",
      unit: "nats lower",
      atLeast: 0.05,
      threshold: "estimate",
      minutes: 0.2,
      async measure(lab) {
        const own = await lab.nll(await lab.train("kde", moons));
        const value = await lab.nll(
          await lab.train("kde", { ...moons, options: { bandwidth: "silverman" } }),
        );
        return { value: value - own, baseline: { name: "NLL by Silverman's rule", value } };
      },
    },
    {
      id: "curse",
      claim:
        "The curse of dimension: on 2, 10 and 20 principal components of digits8 the best bandwidth grows from about .1 to .5 standard deviations, at least threefold.",
      unit: "times wider",
      atLeast: 3,
      threshold: "calibrated",
      minutes: 0.5,
      async measure(lab) {
        const found: number[] = [];
        for (const latent of [2, 10, 20]) {
          const run = await lab.train("pcakde", { data: "digits8", examples: 10_000, options: { latent } });
          const [scales] = await fitted(run, "pcakde/scales");
          const pca = await lab.train("pca", { data: "digits8", examples: 10_000, options: { latent: 64 } });
          const [variance] = await fitted(pca, "pca/variances");
          found.push(scales! / Math.sqrt(variance!));
        }
        return {
          value: found[2]! / found[0]!,
          note: `Seed ${lab.seed}: ${found.map((h) => h.toFixed(3)).join(", ")}.`,
        };
      },
    },
  ],
  picture: {
    caption:
      "Left: 300 points of the line, their histogram, the kernel density (blue) and the truth (grey). Middle: the kernel density of moons with contours around 50, 90 and 99 % of its mass. Right: 1,000 samples from it.",
    async draw(lab) {
      const frame = { left: -1.8, right: 2.8, bottom: -2.05, top: 2.55 };
      const run = await lab.train("kde", moons);
      const logDensity = await logDensityOn(lab, run, frame, 120);
      const { data } = await lab.samples(run, 1000);
      return await figuresBeside([
        await line(lab),
        await densityPng({ frame, logDensity, title: "kernel density of moons" }),
        await densityPng({ frame, points: { data }, title: "samples" }),
      ]);
    },
  },
};

async function line(lab: Lab): Promise<Buffer> {
  const { train } = await lab.data("two-bumps");
  const x = lab.examples(train, 300).data;
  const rows = { data: x, count: 300, dimensions: 1 };
  const { stds } = columnScales(rows);
  const { h } = bestBandwidth(rows, { stds });
  const range = { low: -4, high: 5 };
  const spread = Float32Array.from({ length: 200 }, (_, i) => -4 + (9 * (i + 0.5)) / 200);
  const estimate = kernelLogDensity(rows, [h * stds[0]!], { data: spread, count: 200, dimensions: 1 });
  return await curvePng({
    ...range,
    bars: barsOf(x, range, 27),
    curves: [
      {
        density: Float64Array.from(spread, (v) => Math.exp(train.logProb!(Float32Array.of(v)))),
        colour: "#999",
      },
      { density: estimate.map(Math.exp), colour: "#0b5cad" },
    ],
    ticks: x,
    title: `300 points, h = ${h.toFixed(2)} standard deviations`,
  });
}
