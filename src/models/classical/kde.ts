/**
 * Kernel density estimation. Rosenblatt 1956, doi:10.1214/aoms/1177728190; Parzen 1962, doi:10.1214/aoms/1177704472. Bandwidth by
 * leave-one-out likelihood (Duin 1976) or by rule (Silverman 1986).
 *
 *   p(x) = 1/n Σᵢ N(x; xᵢ, h² diag(s²)),  s the standard deviation of each coordinate
 *   likelihood   h = argmax Σᵢ log 1/(n−1) Σ_{j≠i} N(xᵢ; xⱼ, h² diag(s²))
 *   silverman    h = (4 / (n(d + 2)))^(1/(d + 4))                          best where the data is Gaussian, else too wide
 *
 * The model is its points: they are a variable, and a sample is one of them with noise. As n grows the squared error of p falls like
 * n^(−4/(4+d)): slowly already in ten dimensions.
 */
import { z as schema } from "zod";
import {
  bandwidthSteps,
  chooseRows,
  columnScales,
  kernelDensity,
  silvermanBandwidth,
} from "../../math/index.ts";
import { estimate } from "../../nn/index.ts";
import { flatten, read, sizeOf } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

/** log of the weight of a place without a point. */
const absent = -1e9;

export const kde = defineModel({
  name: "kde",
  title: "Kernel density estimation",
  family: "classical",
  paper: "doi:10.1214/aoms/1177704472",
  data: ["image", "points"],
  pictures: { largest: 64 },
  options: schema.object({
    points: schema.int().min(2).default(2000).describe("n at the most, drawn from all examples"),
    bandwidth: schema
      .union([schema.enum(["likelihood", "silverman"]), schema.number().positive()])
      .default("likelihood")
      .describe("h: by leave-one-out likelihood, by Silverman's rule, or a number of standard deviations"),
  }),
  training: { batch: 128 },
  presets: { tiny: { options: { points: 50 } } },

  build({ points, bandwidth }, { kind, shape }) {
    const d = sizeOf(shape);
    const places = estimate("kde/points", [points, d]);
    const logWeights = estimate("kde/log-weights", [points]);
    const scales = estimate("kde/scales", [d], { first: 1 }); // h·s
    const density = () =>
      kernelDensity({ points: read(places), logWeights: read(logWeights), scales: read(scales) });

    return {
      phases: [],
      async *fit({ x, seed, count, dimensions }) {
        const rows = chooseRows({ data: x, count, dimensions }, points, seed);
        const { stds } = columnScales(rows, kind === "image" ? 0.02 : 1e-6);
        const kept = new Float64Array(points * d);
        kept.set(rows.data.subarray(0, rows.count * d));
        const weights = kept.slice(0, points).fill(absent).fill(-Math.log(rows.count), 0, rows.count);
        let best = Number.NEGATIVE_INFINITY;
        let h = typeof bandwidth === "number" ? bandwidth : silvermanBandwidth(rows.count, d);
        const range = bandwidth === "likelihood" ? undefined : ([h, h] as const);
        for (const tried of bandwidthSteps(rows, { stds, ...(range && { range }) })) {
          if (tried.logLikelihood > best) [best, h] = [tried.logLikelihood, tried.h];
          yield {
            logged: { h: tried.h, "leave-one-out log-likelihood": tried.logLikelihood },
            variables: new Map([
              [places, kept],
              [logWeights, weights],
              [scales, stds.map((s) => s * h)],
            ]),
          };
        }
      },
      sample(n) {
        const x = density()
          .sample([n])
          .reshape([-1, ...shape]);
        return kind === "image" ? x.clip(-1, 1) : x;
      },
      likelihood: "density",
      logProb: (x) => density().logProb(flatten(x)),
    };
  },
});
