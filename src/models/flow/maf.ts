/**
 * Masked autoregressive flow. Papamakarios, Pavlakou & Murray 2017, "Masked autoregressive flow for density estimation",
 * arXiv:1705.07057; and the inverse autoregressive flow of Kingma et al. 2016, arXiv:1606.04934.
 *
 *   MAF   x_i = u_i exp α_i + μ_i,   μ_i = f_μi(x_1:i−1), α_i = f_αi(x_1:i−1),  u_i ~ N(0, 1)  (3)
 *         u_i = (x_i − μ_i) exp(−α_i): one pass of MADE gives the density, sampling takes D of them  (4)
 *   |det ∂f⁻¹/∂x| = exp(−Σᵢ α_i)                                                               (6)
 *   IAF   x_i = u_i exp α_i + μ_i,   μ_i = f_μi(u_1:i−1), α_i = f_αi(u_1:i−1): one pass samples, the density takes D  (8)
 *
 * The order of the elements is reversed from layer to layer; between layers stands activation normalisation (Kingma & Dhariwal 2018)
 * where the paper normalises batches (section 3.5). Pixels: logit(α + (1 − 2α)v) of dequantised v ∈ [0, 1] (section 4.3).
 */
import { z as schema } from "zod";
import { dequantize, perExample, standardNormal } from "../../math/index.ts";
import {
  actnorm,
  chain,
  flattening,
  flow,
  inverseAutoregressive,
  logitTransform,
  maskedAutoregressive,
} from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import { normal, sizeOf, type Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const maf = defineModel({
  name: "maf",
  title: "Masked autoregressive flow",
  family: "flow",
  paper: "arXiv:1705.07057",
  data: ["image", "points"],
  pictures: { largest: 8 }, // sampling unrolls one pass for each pixel and layer
  options: schema.object({
    layers: schema.int().positive().default(5).describe("autoregressive layers"),
    hidden: schema
      .array(schema.int().positive())
      .default([64, 64])
      .describe("units of the hidden layers of each MADE"),
    direction: schema
      .enum(["masked", "inverse"])
      .default("masked")
      .describe("masked: MAF, density in one pass; inverse: IAF, samples in one pass"),
    order: schema
      .enum(["first", "last"])
      .default("first")
      .describe("which element comes first in the first layer"),
    alpha: schema.number().min(1e-6).lt(0.5).default(1e-6).describe("α of the logit transform of pixels"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 256, steps: 4000, ema: 0.998 },
  presets: {
    tiny: { options: { layers: 2, hidden: [8] }, training: { batch: 16, steps: 20 } },
    paper: {
      options: { layers: 10, hidden: [100, 100], lr: 1e-4 },
      training: { batch: 100, steps: 100_000 },
    }, // table 1, section 4.2
  },

  build({ layers, hidden, direction, order, alpha, lr }, { kind, shape, levels = 256 }) {
    const image = kind === "image";
    const D = sizeOf(shape);
    const autoregressive = direction === "masked" ? maskedAutoregressive : inverseAutoregressive;
    const f = flow(
      "f",
      chain([
        ...(image ? [logitTransform({ alpha, levels })] : []),
        flattening(shape),
        ...Array.from({ length: layers }, (_, k) =>
          chain([actnorm(), autoregressive({ hidden, reversed: (k % 2 === 1) !== (order === "last") })]),
        ),
      ]),
    );
    const logProb = (x: Tensor): Tensor => {
      const { z: u, logDet } = f.forward(x);
      return perExample(standardNormal([D]).logProb(u)).add(logDet);
    };
    const noisy = (x: Tensor): Tensor => (image ? dequantize(x, levels) : x);

    return {
      initialize: ({ x }) => void f.forward(noisy(x), { initialize: true }),
      phases: [
        {
          name: "maf",
          train: f.network,
          optimizer: adam({ lr }),
          clip: { norm: 100 },
          loss: ({ x }) => logProb(noisy(x)).mean().neg(),
        },
      ],
      prior: (n) => normal([n, D]),
      generate: f.inverse,
      encode: (x) => f.forward(x).z,
      decode: f.inverse,
      likelihood: "density",
      logProb,
    };
  },
});
