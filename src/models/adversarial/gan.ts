/**
 * Generative adversarial network. Goodfellow et al. 2014, "Generative adversarial nets", arXiv:1406.2661.
 *
 *   min_G max_D V(D, G) = E_x[log D(x)] + E_z[log(1 − D(G(z)))]                            (1)
 *   D*(x) = p_data(x) / (p_data(x) + p_g(x)), which is ½ everywhere once p_g = p_data        (2)
 *   Algorithm 1: k ascents of D along ∇V on fresh minibatches of x and z, then one descent of G
 *   Section 3, against vanishing gradients: G maximises E_z[log D(G(z))] instead
 *
 * G and D are perceptrons; D gives logits, D(x) of the paper is σ(D(x)).
 */
import { z as schema } from "zod";
import { discriminatorLoss, generatorLoss } from "../../math/index.ts";
import { dense, mlp, network } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import { leakyRelu, normal, sizeOf, stopGradient, type Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const gan = defineModel({
  name: "gan",
  title: "Generative adversarial network",
  family: "adversarial",
  paper: "arXiv:1406.2661",
  data: ["image", "points"],
  options: schema.object({
    latent: schema.int().positive().default(64).describe("numbers in z"),
    hidden: schema
      .array(schema.int().positive())
      .default([256, 256])
      .describe("units of the hidden layers of G and of D"),
    discriminatorSteps: schema
      .int()
      .positive()
      .default(1)
      .describe("k of Algorithm 1, updates of D for each of G"),
    objective: schema
      .enum(["non-saturating", "minimax"])
      .default("non-saturating")
      .describe("what G minimises"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    beta1: schema.number().min(0).lt(1).default(0.5).describe("Adam's β₁"),
  }),
  training: { batch: 128, steps: 10_000, ema: 0.998 },
  presets: {
    tiny: { options: { latent: 4, hidden: [16] }, training: { batch: 16, steps: 20 } },
    paper: {
      options: { latent: 100, hidden: [1200, 1200] },
      training: { batch: 100, steps: 50_000, ema: 0 },
    }, // the authors' MNIST networks
  },

  build({ latent, hidden, discriminatorSteps, objective, lr, beta1 }, { kind, shape }) {
    const G = network("G", (z: Tensor) => {
      const y = dense(mlp(z, hidden), sizeOf(shape)).reshape([-1, ...shape]);
      return kind === "image" ? y.tanh() : y;
    });
    const D = network("D", (x: Tensor) =>
      dense(
        mlp(x, hidden, (h) => leakyRelu(h, 0.2)),
        1,
      ),
    ); // logits [N, 1]
    const prior = (n: number): Tensor => normal([n, latent]);

    return {
      phases: [
        {
          name: "D",
          train: D,
          repeat: discriminatorSteps, // Algorithm 1, "for k steps do"
          optimizer: adam({ lr, beta1 }),
          loss({ x }) {
            const real = D(x);
            const fake = D(stopGradient(G(prior(x.shape[0]!))));
            return {
              loss: discriminatorLoss(real, fake, objective), // −V(D, G), (1)
              "D(x)": real.sigmoid().mean(),
              "D(G(z))": fake.sigmoid().mean(),
            };
          },
        },
        {
          name: "G",
          train: G,
          optimizer: adam({ lr, beta1 }),
          loss: ({ x }) => generatorLoss(D(G(prior(x.shape[0]!))), objective), // (1), or section 3
        },
      ],
      prior,
      generate: G,
      discriminate: D,
    };
  },
});
