/**
 * Principal component analysis. Pearson 1901, "On lines and planes of closest fit to systems of points in space",
 * doi:10.1080/14786440109462720; with the density of Tipping & Bishop 1999, doi:10.1111/1467-9868.00196.
 *
 *   S = 1/N Σᵢ (xᵢ − μ)(xᵢ − μ)ᵀ = Σⱼ λⱼ uⱼuⱼᵀ,  λ₁ ≥ λ₂ ≥ …
 *   zⱼ = uⱼᵀ(x − μ) / √λⱼ,  j ≤ k                      projection, whitened: each zⱼ has variance 1
 *   x̂ = μ + Σⱼ √λⱼ zⱼ uⱼ                                reconstruction; its mean squared error is Σ_{j>k} λⱼ
 *   p(x) = N(x; μ, Σ_{j≤k} λⱼuⱼuⱼᵀ + σ² Σ_{j>k} uⱼuⱼᵀ),  σ² = 1/(d−k) Σ_{j>k} λⱼ        (Tipping & Bishop, 8)
 *
 * `generate` lifts z ~ N(0, I) from the plane and leaves the noise off it out. With k = d, p(x) is the Gaussian of the data.
 */
import { z as schema } from "zod";
import {
  liftFrom,
  logDensityOffPlane,
  normalDistribution,
  type PrincipalPlane,
  perExample,
  principalAxes,
  projectTo,
} from "../../math/index.ts";
import { estimate } from "../../nn/index.ts";
import { flatten, normal, read, sizeOf, type Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

/** Variances stay above this: a pixel that never changes would have an infinite density. */
const smallestVariance = 1e-6;

export const pca = defineModel({
  name: "pca",
  title: "Principal component analysis",
  family: "classical",
  paper: "doi:10.1080/14786440109462720",
  data: ["image", "points"],
  pictures: { largest: 32 },
  options: schema.object({
    latent: schema.int().positive().default(20).describe("k, components kept, at most as many as there are"),
    whiten: schema
      .boolean()
      .default(true)
      .describe("whether z has variance 1 along each axis, or that of the data"),
  }),
  training: { batch: 128 },
  presets: { tiny: { options: { latent: 2 } } },

  build({ latent, whiten }, { kind, shape }) {
    const d = sizeOf(shape);
    const k = Math.min(latent, d);
    const mean = estimate("pca/mean", [d]);
    const components = estimate("pca/components", [k, d]);
    const variances = estimate("pca/variances", [k], { first: 1 });
    const noise = estimate("pca/noise", [], { first: 1 });

    const plane = (): PrincipalPlane => ({
      mean: read(mean),
      components: read(components),
      noise: read(noise),
    });
    /** What one unit of z is long in the data. */
    const unit = (): Tensor => (whiten ? read(variances).sqrt() : read(variances).mul(0).add(1));
    const encode = (x: Tensor): Tensor => projectTo(plane(), flatten(x)).div(unit());
    const decode = (z: Tensor): Tensor => {
      const x = liftFrom(plane(), z.mul(unit())).reshape([-1, ...shape]);
      return kind === "image" ? x.clip(-1, 1) : x;
    };

    return {
      phases: [],
      async *fit(data) {
        const { mean: mu, values, vectors } = await principalAxes({ ...data, data: data.x });
        const total = values.reduce((a, b) => a + b, 0);
        const kept = Float64Array.from({ length: k }, (_, j) => values[j] ?? 0);
        const dropped = total - kept.reduce((a, b) => a + b, 0);
        const U = new Float64Array(k * d);
        U.set(vectors.subarray(0, k * d));
        const variables = new Map([
          [mean, mu],
          [components, U],
          [variances, kept.map((v) => Math.max(smallestVariance, v))],
          [noise, Float64Array.of(Math.max(smallestVariance, dropped / Math.max(1, d - k)))],
        ]);
        let explained = 0;
        for (const value of kept) {
          explained += value / total;
          yield { logged: { "explained variance": explained, variance: value }, variables }; // a scree plot
        }
      },
      prior: (n) => (whiten ? normal([n, k]) : normal([n, k]).mul(read(variances).sqrt())),
      generate: decode,
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      likelihood: "density",
      logProb(x) {
        const flat = flatten(x);
        const inPlane = normalDistribution({ mean: read(variances).mul(0), std: read(variances).sqrt() });
        return perExample(inPlane.logProb(projectTo(plane(), flat))).add(logDensityOffPlane(plane(), flat));
      },
    };
  },
});
