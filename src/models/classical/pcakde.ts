/**
 * Generation by PCA and a kernel density: the lectures' basic operation on 8×8 digits. Data is projected onto a plane, its density
 * there is estimated, a point is drawn from it, and the point mapped back is a new example. The parts are Hotelling 1933,
 * doi:10.1037/h0071325, and Parzen 1962, doi:10.1214/aoms/1177704472.
 *
 *   z = Uᵀ(x − μ),  U the first k eigenvectors of the covariance         64 numbers become 2 (or 20)
 *   p(z) = 1/n Σᵢ N(z; zᵢ, h² diag(λ))    or  N(z; 0, diag(λ))           h by leave-one-out likelihood
 *   z ~ p(z),  x = μ + Uz                                                a new example
 *   p(x) = p(z) N(x − μ − Uz; 0, σ²I off the plane)                      σ² the mean variance left out
 *
 * As h → 0 the samples become copies of the training data.
 */
import { z as schema } from "zod";
import {
  bandwidthSteps,
  chooseRows,
  kernelDensity,
  liftFrom,
  logDensityOffPlane,
  normalDistribution,
  type PrincipalPlane,
  perExample,
  principalAxes,
  projectTo,
} from "../../math/index.ts";
import { estimate } from "../../nn/index.ts";
import { flatten, read, sizeOf, type Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

/** log of the weight of a place without a point. */
const absent = -1e9;
/** Variances stay above this: a pixel that never changes would have an infinite density. */
const smallestVariance = 1e-6;

export const pcakde = defineModel({
  name: "pcakde",
  title: "PCA and kernel density",
  family: "classical",
  paper: "doi:10.1037/h0071325",
  data: ["image", "points"],
  pictures: { largest: 32 },
  options: schema.object({
    latent: schema.int().positive().default(20).describe("k; 2 gives the lectures' map"),
    density: schema
      .enum(["kde", "gaussian"])
      .default("kde")
      .describe("p(z): kernels on the points, or one Gaussian"),
    points: schema.int().min(2).default(5000).describe("n at the most, drawn from all examples"),
    bandwidth: schema
      .number()
      .positive()
      .optional()
      .describe("h in standard deviations (by leave-one-out likelihood)"),
  }),
  training: { batch: 128 },
  presets: { tiny: { options: { latent: 2, points: 50 } } },

  build({ latent, density, points, bandwidth }, { kind, shape }) {
    const d = sizeOf(shape);
    const k = Math.min(latent, d);
    const [mean, components] = [estimate("pcakde/mean", [d]), estimate("pcakde/components", [k, d])];
    const noise = estimate("pcakde/noise", [], { first: 1 });
    const [places, logWeights] = [
      estimate("pcakde/points", [points, k]),
      estimate("pcakde/log-weights", [points]),
    ];
    const scales = estimate("pcakde/scales", [k], { first: 1 }); // h √λ, or √λ of the one Gaussian

    const plane = (): PrincipalPlane => ({
      mean: read(mean),
      components: read(components),
      noise: read(noise),
    });
    const kernels = () =>
      kernelDensity({ points: read(places), logWeights: read(logWeights), scales: read(scales) });
    const gaussian = () => normalDistribution({ mean: read(scales).mul(0), std: read(scales) });
    const logPrior = (z: Tensor): Tensor =>
      density === "kde" ? kernels().logProb(z) : perExample(gaussian().logProb(z));
    const encode = (x: Tensor): Tensor => projectTo(plane(), flatten(x));
    const decode = (z: Tensor): Tensor => {
      const x = liftFrom(plane(), z).reshape([-1, ...shape]);
      return kind === "image" ? x.clip(-1, 1) : x;
    };

    return {
      phases: [],
      async *fit({ x, ...data }) {
        const axes = await principalAxes({ ...data, data: x });
        const variances = Float64Array.from({ length: k }, (_, j) => axes.values[j] ?? 0);
        const dropped = [...axes.values, ...variances.map((v) => -v)].reduce((a, b) => a + b, 0);
        const stds = variances.map((v) => Math.sqrt(Math.max(smallestVariance, v)));
        const U = new Float64Array(k * d);
        U.set(axes.vectors.subarray(0, k * d));
        const rows = chooseRows({ ...data, data: x }, points, data.seed);
        const z = new Float64Array(points * k);
        for (let at = 0; at < rows.count * k; at++) {
          const [row, j] = [Math.floor(at / k), at % k];
          for (let a = 0; a < d; a++) z[at]! += U[j * d + a]! * (rows.data[row * d + a]! - axes.mean[a]!);
        }
        const codes = { data: z.subarray(0, rows.count * k), count: rows.count, dimensions: k };
        const range = bandwidth === undefined ? undefined : ([bandwidth, bandwidth] as const);
        let [best, h] = [Number.NEGATIVE_INFINITY, bandwidth ?? 1];
        for (const tried of bandwidthSteps(codes, { stds, ...(range && { range }) })) {
          if (tried.logLikelihood > best) [best, h] = [tried.logLikelihood, tried.h];
          yield {
            logged: { h: tried.h, "leave-one-out log-likelihood": tried.logLikelihood },
            variables: new Map([
              [mean, axes.mean],
              [components, U],
              [noise, Float64Array.of(Math.max(smallestVariance, dropped / Math.max(1, d - k)))],
              [places, z],
              [logWeights, new Float64Array(points).fill(absent).fill(-Math.log(rows.count), 0, rows.count)],
              [scales, density === "kde" ? stds.map((s) => s * h) : stds],
            ]),
          };
          if (density === "gaussian") return;
        }
      },
      prior: (n) => (density === "kde" ? kernels() : gaussian()).sample([n]),
      generate: decode,
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      likelihood: "density",
      logProb: (x) => logPrior(encode(x)).add(logDensityOffPlane(plane(), flatten(x))),
    };
  },
});
