/**
 * Autoencoder. Hinton & Salakhutdinov 2006, "Reducing the dimensionality of data with neural networks",
 * doi:10.1126/science.1127647; with masking noise, the denoising autoencoder of Vincent et al. 2008,
 * doi:10.1145/1390156.1390294. The paper has no numbered equations.
 *
 *   z = f(x),  x̂ = g(z),  z shorter than x
 *   cross-entropy  L = −Σᵢ xᵢ log x̂ᵢ − Σᵢ (1 − xᵢ) log(1 − x̂ᵢ)          for grey values in [0, 1]
 *   squared        L = Σᵢ (xᵢ − x̂ᵢ)²                                     linear f and g: the space of PCA
 *   denoising      L(x, g(f(x̃))),  x̃ = x with a share ν of its values set to 0, or x + νε, ε ~ N(0, I)
 */
import { z as schema } from "zod";
import { bce, greyValues, mse } from "../../math/index.ts";
import { convDecoder, convEncoder, dense, mlp, network } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import { bernoulli, flatten, normal, sizeOf, type Tensor, UserError } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const autoencoder = defineModel({
  name: "autoencoder",
  title: "Autoencoder",
  family: "autoencoding",
  paper: "doi:10.1126/science.1127647",
  data: ["image", "points"],
  options: schema.object({
    latent: schema.int().positive().default(32).describe("numbers in the code z"),
    networks: schema
      .enum(["linear", "mlp", "conv"])
      .default("mlp")
      .describe("f and g: one matrix each, perceptrons or convolutions"),
    hidden: schema
      .array(schema.int().positive())
      .default([512, 256])
      .describe("units of f's hidden layers; g mirrors them"),
    width: schema.int().positive().default(32).describe("channels at the largest size of the convolutions"),
    error: schema
      .enum(["cross-entropy", "squared"])
      .optional()
      .describe("cross-entropy for pictures, squared for points"),
    noise: schema
      .number()
      .min(0)
      .max(0.99)
      .default(0)
      .describe("ν, the share of values hidden from f while training, or the spread of noise added to them"),
    corruption: schema.enum(["mask", "gaussian"]).default("mask").describe("what that noise does"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 128, epochs: 10 },
  presets: {
    tiny: { options: { latent: 2, hidden: [16], width: 4 }, training: { batch: 16, steps: 20 } },
    paper: { options: { latent: 30, hidden: [1000, 500, 250] } }, // 784-1000-500-250-30, its network for MNIST
  },

  build({ latent, networks, hidden, width, noise, corruption, lr, ...options }, { kind, shape }) {
    const image = kind === "image";
    const error = options.error ?? (image ? "cross-entropy" : "squared");
    if (!image && (networks === "conv" || error === "cross-entropy")) {
      throw new UserError(
        "autoencoder: points have no pixels; use networks mlp or linear and error squared for them.",
      );
    }

    const features = (x: Tensor): Tensor => {
      if (networks === "linear") return flatten(x);
      return networks === "conv" ? convEncoder(x, width) : mlp(x, hidden);
    };
    const f = network("f", (x: Tensor) => dense(features(x), latent));
    const g = network("g", (z: Tensor) => {
      if (networks === "conv") return convDecoder(z, shape, width);
      const h = networks === "linear" ? z : mlp(z, [...hidden].reverse());
      return dense(h, sizeOf(shape)).reshape([-1, ...shape]);
    });

    const { toUnit, fromUnit } = greyValues(kind);
    const corrupt = (x: Tensor): Tensor => {
      if (noise === 0) return x;
      return corruption === "mask" ? x.mul(bernoulli(1 - noise, x.shape)) : x.add(normal(x.shape).mul(noise)); // x̃
    };

    const encode = (x: Tensor): Tensor => f(toUnit(x));
    const decode = (z: Tensor): Tensor => {
      const y = g(z);
      if (error === "cross-entropy") return fromUnit(y.sigmoid());
      return image ? fromUnit(y.clip(0, 1)) : y;
    };

    return {
      phases: [
        {
          name: "autoencoder",
          train: [f, g],
          optimizer: adam({ lr }),
          loss({ x }) {
            const target = toUnit(x);
            const y = g(f(corrupt(target)));
            const loss = error === "cross-entropy" ? bce : mse;
            return loss(y, target, { reduction: "batchMean" });
          },
        },
      ],
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
    };
  },
});
