/**
 * Deep convolutional GAN. Radford, Metz & Chintala 2015, "Unsupervised representation learning with deep convolutional
 * generative adversarial networks", arXiv:1511.06434. The game is Goodfellow's, G non-saturating:
 *
 *   D minimises −E_x[log D(x)] − E_z[log(1 − D(G(z)))],  G minimises −E_z[log D(G(z))]
 *
 * The guidelines of section 3:
 *   (a) strided convolutions in D and fractionally-strided ones in G instead of pooling
 *   (b) batch norm in both, but not at G's output and D's input
 *   (c) no fully connected hidden layers
 *   (d) ReLU in G, tanh at its output
 *   (e) LeakyReLU in all of D, slope 0.2
 * and of section 4: weights N(0, 0.02²), Adam with 2e-4 and β₁ = 0.5, pixels in [−1, 1].
 */
import { z as schema } from "zod";
import { discriminatorLoss, generatorLoss } from "../../math/index.ts";
import {
  batchNorm,
  conv2d,
  convTranspose2d,
  initializers,
  network,
  pyramid,
  stride2,
} from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import {
  flatten,
  leakyRelu,
  normal,
  relu,
  stopGradient,
  type Tensor,
  tanh,
  uniform,
} from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const dcgan = defineModel({
  name: "dcgan",
  title: "Deep convolutional GAN",
  family: "adversarial",
  paper: "arXiv:1511.06434",
  data: ["image"],
  options: schema.object({
    latent: schema.int().positive().default(64).describe("numbers in z"),
    prior: schema
      .enum(["normal", "uniform"])
      .default("normal")
      .describe("of each: N(0, 1) or the paper's U(−1, 1)"),
    width: schema
      .int()
      .positive()
      .default(32)
      .describe("channels next to the picture; doubled wherever its size halves"),
    lr: schema.number().positive().default(2e-4).describe("Adam's learning rate"),
    beta1: schema.number().min(0).lt(1).default(0.5).describe("Adam's β₁"),
  }),
  training: { batch: 64, steps: 2500, ema: 0.99 },
  presets: {
    small: { options: { lr: 7e-4 } }, // minutes instead of hours
    tiny: { options: { latent: 8, width: 4 }, training: { batch: 16, steps: 20 } },
    // Figure 1: 100 uniform numbers, 4×4×1024 … 32×32×128; section 4: minibatches of 128.
    paper: {
      options: { latent: 100, prior: "uniform", width: 128 },
      training: { batch: 128, steps: 50_000, ema: 0 },
    },
  },

  build({ latent, prior: law, width, lr, beta1 }, { shape }) {
    // From the base up to the picture: 4, 8, 16, 32 and 64 pixels with 8, 4, 2, 1 times the width and the picture's channels.
    const sizes = pyramid(shape);
    const channels = sizes.map((_, i) =>
      i < sizes.length - 1 ? width * 2 ** (sizes.length - 2 - i) : shape[0]!,
    );
    const init = initializers.normal({ std: 0.02 });
    const whole = { kernel: sizes[0]!, init }; // between 1×1 and the base
    const strided = (i: number) => ({ ...stride2(sizes[i]!), init }); // between sizes i − 1 and i: (a)
    const noBias = { bias: false }; // batch norm brings it
    const top = sizes.length - 1;

    const G = network("G", (z: Tensor) => {
      // (c): the projection is a fractionally-strided convolution too
      let h = relu(
        batchNorm(convTranspose2d(z.reshape([-1, latent, 1, 1]), channels[0]!, { ...whole, ...noBias })),
      );
      for (let i = 1; i < top; i++) {
        h = relu(batchNorm(convTranspose2d(h, channels[i]!, { ...strided(i), ...noBias }))); // (a), (b), (d)
      }
      return tanh(convTranspose2d(h, channels[top]!, strided(top))); // (b): no batch norm at the output
    });
    const D = network("D", (x: Tensor) => {
      let h = leakyRelu(conv2d(x, channels[top - 1]!, strided(top)), 0.2); // (b): nor at the input
      for (let i = top - 1; i > 0; i--) {
        h = leakyRelu(batchNorm(conv2d(h, channels[i - 1]!, { ...strided(i), ...noBias })), 0.2); // (a), (b), (e)
      }
      return flatten(conv2d(h, 1, whole)); // (c): logits [N, 1]
    });
    const prior = (n: number): Tensor =>
      law === "normal" ? normal([n, latent]) : uniform([n, latent], { low: -1, high: 1 });

    return {
      phases: [
        {
          name: "D",
          train: D,
          optimizer: adam({ lr, beta1 }),
          loss({ x }) {
            const real = D(x); // real and fake are batches of their own, so batch norm does not mix them
            const fake = D(stopGradient(G(prior(x.shape[0]!))));
            return {
              loss: discriminatorLoss(real, fake),
              "D(x)": real.sigmoid().mean(),
              "D(G(z))": fake.sigmoid().mean(),
            };
          },
        },
        {
          name: "G",
          train: G,
          optimizer: adam({ lr, beta1 }),
          loss: ({ x }) => generatorLoss(D(G(prior(x.shape[0]!)))),
        },
      ],
      prior,
      generate: G,
      discriminate: D,
    };
  },
});
