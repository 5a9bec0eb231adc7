/**
 * Conditional variational autoencoder. Sohn, Lee & Yan 2015, "Learning structured output representation using deep
 * conditional generative models" (NIPS 28); the paper's x is what is given here, its y the rest of the example.
 *
 *   log p(y|x) ≥ L_CVAE = −KL(q(z|x, y) ‖ p(z|x)) + 1/L Σₗ log p(y|x, z⁽ˡ⁾),  z⁽ˡ⁾ ~ q(z|x, y)       (4), (5)
 *   L_GSNN = 1/L Σₗ log p(y|x, z⁽ˡ⁾),  z⁽ˡ⁾ ~ p(z|x)                                              (6)
 *   L_hybrid = α L_CVAE + (1 − α) L_GSNN                                                        (7)
 *   p(z|x) = N(μ(x), diag σ²(x)), learned;  q(z|x, y) likewise;  p(y|x, z) Bernoulli, or Gaussian for points
 *
 * Given is a class, or a part of the example: 1 to 3 quadrants of a picture, the first half of a point's numbers.
 */
import { z as schema } from "zod";
import {
  bernoulliDistribution,
  type Distribution,
  greyValues,
  klDivergence,
  normalDistribution,
  normalHeads,
  perExample,
} from "../../math/index.ts";
import { dense, givenPart, mlp, network } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import { concat, constant, normal, oneHot, sizeOf, type Tensor, UserError } from "../../tensor/index.ts";
import { defineModel, type Model } from "../model.ts";

export const cvae = defineModel({
  name: "cvae",
  title: "Conditional variational autoencoder",
  family: "autoencoding",
  paper: "NIPS 28",
  data: ["image", "points"],
  options: schema.object({
    given: schema.enum(["class", "part"]).default("class").describe("what the rest is predicted from"),
    quadrants: schema.int().min(1).max(3).default(1).describe("given quadrants of a picture"),
    latent: schema.int().positive().default(16).describe("numbers in z"),
    hidden: schema.array(schema.int().positive()).default([200]).describe("units of each network's layers"),
    alpha: schema.number().min(0).max(1).default(1).describe("α, the share of L_CVAE in training"),
    samples: schema.int().positive().default(1).describe("L, draws of z for each example"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 128, epochs: 10 },
  presets: {
    tiny: { options: { latent: 2, hidden: [16], alpha: 0.9 }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: [500, 500], latent: 50 }, training: { batch: 100, epochs: 100 } },
  },

  build({ given, quadrants, latent, hidden, alpha, samples, lr }, { kind, shape, classes = 0 }) {
    if (given === "class" && classes < 2)
      throw new UserError(
        "cvae: the data has no labels to be given; use data with labels such as glyphs, mnist or moons, or --set given=part.",
      );
    const [image, whole] = [kind === "image", given === "class"];
    const { toUnit, fromUnit } = greyValues(kind);
    const part = whole ? new Float32Array(sizeOf(shape)) : givenPart(shape, quadrants);
    const seen = constant(part, [1, ...shape]);
    const unseen = seen.neg().add(1);

    const gaussian = (name: string) =>
      network(name, (x: Tensor) => {
        const h = mlp(x, hidden);
        return normalDistribution({ mean: dense(h, latent), logVariance: dense(h, latent) });
      });
    const [recognition, pz] = [gaussian("recognition"), gaussian("prior")]; // q(z|x, y), p(z|x)
    const heads = [(image ? 1 : 2) * shape[0]!, ...shape.slice(1)];
    const generation = network("generation", (x: Tensor, z: Tensor) =>
      dense(mlp(concat([x, z], 1), [...hidden].reverse()), sizeOf(heads)).reshape([-1, ...heads]),
    );
    const q = (x: Tensor, y: Tensor) => recognition(concat([x, toUnit(y).mul(unseen).flatten()], 1));
    const py = (x: Tensor, z: Tensor): Distribution & { readonly mean: Tensor } =>
      image ? bernoulliDistribution(generation(x, z)) : normalHeads(generation(x, z));
    /** log p(y|x, z) of draws z [L, N, latent]: [L, N]. */
    const logLikelihood = (x: Tensor, y: Tensor, z: Tensor): Tensor => {
      const count = z.shape[0]!;
      const copies = toUnit(y).tile([count, ...shape.map(() => 1)]);
      const elements = py(x.tile([count, 1]), z.reshape([-1, latent])).logProb(copies);
      return perExample(elements.mul(unseen)).reshape([count, -1]);
    };
    /** The paper's x of an example: its class as a unit vector, or what is seen of it. */
    const conditionOf = (example: Tensor, label?: Tensor): Tensor =>
      whole ? oneHot(label!, classes) : toUnit(example).mul(seen).flatten();
    const logWeightsOf = (x: Tensor, y: Tensor, k: number): Tensor => {
      const [p, posterior] = [pz(x), q(x, y)];
      const z = posterior.rsample([k]);
      return logLikelihood(x, y, z).add(p.logProb(z).sub(posterior.logProb(z)).sum(-1));
    };
    /** Without a label, of the mixture of all classes: p(y) = 1/K Σ p(y|class). */
    const logWeights = (y: Tensor, k: number, label?: Tensor): Tensor => {
      if (!whole || label) return logWeightsOf(conditionOf(y, label), y, k);
      const n = y.shape[0]!;
      const each = Int32Array.from({ length: classes * n }, (_, i) => Math.floor(i / n));
      const x = oneHot(constant(each, [classes * n]), classes);
      const logW = logWeightsOf(x, y.tile([classes, ...shape.map(() => 1)]), k).reshape([k, classes, n]);
      return logW.logsumexp(1).sub(Math.log(classes));
    };
    /** p(y|x, z) of standard normal numbers; those after z choose the class where none is asked for. */
    const fromNoise = (noise: Tensor, label?: Tensor) => {
      const [e, choice] = [noise.narrow(1, 0, latent), noise.narrow(1, latent, classes)];
      const x = oneHot(label ?? choice.argmax(1), classes);
      const { mean, std } = pz(x);
      return py(x, mean.add(std.mul(e)));
    };
    const generate = (noise: Tensor, label?: Tensor): Tensor => fromUnit(fromNoise(noise, label).mean);
    const sampleGiven = (noise: Tensor, label?: Tensor): Tensor => fromUnit(fromNoise(noise, label).sample());
    const complete = (example: Tensor, z: (x: Tensor) => Tensor, draw = false): Tensor => {
      const x = conditionOf(example);
      const p = py(x, z(x));
      return example.mul(seen).add(fromUnit(draw ? p.sample() : p.mean).mul(unseen));
    };
    const prior = (n: number): Tensor => normal([n, latent + classes]);
    const ofParts: Partial<Model> = {
      encode: (x) => q(conditionOf(x), x).mean,
      reconstruct: (x) => complete(x, (seen) => pz(seen).mean),
      sequential: ({ draw }) => ({
        steps: 1,
        init: ({ n, given }) => ({ x: given?.x ?? constant(image ? -1 : 0).expand([n, ...shape]) }),
        step: ({ x }) => ({ x: complete(x!, (seen) => pz(seen).sample(), draw) }),
        result: ({ x }) => x!,
      }),
    };
    return {
      phases: [
        {
          name: "cvae",
          train: [recognition, pz, generation],
          optimizer: adam({ lr }),
          loss({ x: y, y: label }) {
            const x = conditionOf(y, label);
            const [p, posterior] = [pz(x), q(x, y)];
            const kl = perExample(klDivergence(posterior, p)).mean();
            const expected = logLikelihood(x, y, posterior.rsample([samples])).mean();
            const terms = { reconstruction: expected.neg(), kl };
            const negative = kl.sub(expected); // −(5)
            if (alpha === 1) return { loss: negative, ...terms };
            const gsnn = logLikelihood(x, y, p.rsample([samples])).mean(); // (6)
            return { loss: negative.mul(alpha).sub(gsnn.mul(1 - alpha)), gsnn, ...terms }; // −(7)
          },
        },
      ],
      ...(whole ? { conditional: true, prior, generate, sampleGiven } : ofParts),
      likelihood: image ? "mass" : "density",
      bound: (y, label) => logWeights(y, samples, label).mean(0),
      logWeights,
    };
  },
});
