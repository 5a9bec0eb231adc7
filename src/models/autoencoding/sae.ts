/**
 * Stacked autoencoder with fine-tuning. Bengio, Lamblin, Popovici & Larochelle 2006, "Greedy layer-wise training of deep
 * networks" (NIPS 19); with masking noise the stacked denoising autoencoder of Vincent et al. 2010, JMLR 11:3371–3408.
 *
 *   h⁰ = x,  hˡ = s(Wˡ hˡ⁻¹ + bˡ)                                 encoder of layer l
 *   stage l   y = s(Wˡ h̃ + bˡ),  z = s(Wˡᵀ y + cˡ),  h̃ = hˡ⁻¹ with a share ν of its values set to 0
 *             L_H(hˡ⁻¹, z) = −Σₖ hₖ log zₖ + (1 − hₖ) log(1 − zₖ)   the layers below stay as they are
 *   last      p(class|x) = softmax(W hᴸ + b),  L = −log p(y|x)      the labelled few; all layers move
 *
 * s is the sigmoid. With rectified units, and for points, z is linear and the error squared. The decoders are dropped.
 */
import { z as schema } from "zod";
import { accuracy, bce, crossEntropy, greyValues, mse } from "../../math/index.ts";
import { dense, initializers, network, parameter } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import {
  bernoulli,
  flatten,
  matmul,
  relu,
  sizeOf,
  stopGradient,
  type Tensor,
  UserError,
} from "../../tensor/index.ts";
import { defineModel, type Phase } from "../model.ts";

export const sae = defineModel({
  name: "sae",
  title: "Stacked autoencoder",
  family: "autoencoding",
  paper: "JMLR 11:3371–3408",
  data: ["image", "points"],
  options: schema.object({
    hidden: schema
      .array(schema.int().positive())
      .default([300, 200, 100])
      .describe("units of the layers; with none, a softmax on x itself"),
    units: schema.enum(["sigmoid", "relu"]).default("sigmoid").describe("s"),
    labels: schema.int().positive().default(100).describe("training examples whose labels are used"),
    pretrain: schema.boolean().default(true).describe("learn the layers one by one before fine-tuning"),
    share: schema
      .number()
      .gt(0)
      .lt(1)
      .default(0.85)
      .describe("share of the steps for pre-training, equal for every layer"),
    tune: schema
      .enum(["all", "top"])
      .default("all")
      .describe("what the labels train: all layers, or the softmax alone"),
    noise: schema
      .number()
      .min(0)
      .max(0.99)
      .default(0.25)
      .describe("ν, the share of values hidden in pre-training"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 100, steps: 2100 },
  presets: {
    tiny: { options: { hidden: [16, 8], labels: 20 }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: [1000, 1000, 1000], labels: 10_000 }, training: { steps: 100_000 } }, // Vincent et al.
  },

  build({ hidden, units, labels, pretrain, share, tune, noise, lr }, { kind, shape, classes = 0 }) {
    if (classes < 2) {
      throw new UserError(
        `sae: the data has ${classes === 1 ? "one class only" : "no labels"}, expected at least two classes to fine-tune for; give data with labels such as glyphs, mnist or moons.`,
      );
    }
    const s = (x: Tensor): Tensor => (units === "sigmoid" ? x.sigmoid() : relu(x));
    const layers = hidden.map((width, l) => network(`layer${l + 1}`, (h: Tensor) => dense(h, width)));
    const decoderBiases = hidden.map((_, l) => {
      const width = l === 0 ? sizeOf(shape) : hidden[l - 1]!;
      return network(`decoder${l + 1}`, (y: Tensor) => y.add(parameter("bias", [width], initializers.zeros)));
    });
    const top = network("top", (h: Tensor) => dense(h, classes));

    /** hˡ: pixels as grey values in [0, 1] for l = 0; points stay as they are. */
    const codes = (x: Tensor, l = layers.length): Tensor => {
      const h0 = flatten(greyValues(kind).toUnit(x));
      return layers.slice(0, l).reduce((h, layer) => s(layer(h)), h0);
    };
    const binary = (l: number): boolean => (l === 0 ? kind === "image" : units === "sigmoid");
    const classify = (x: Tensor): Tensor => top(codes(x));

    const pretraining = layers.map((layer, l): Phase => {
      const stages = layers.length / share;
      return {
        name: `layer${l + 1}`,
        train: [layer, decoderBiases[l]!],
        optimizer: adam({ lr }),
        during: [l / stages, (l + 1) / stages],
        loss({ x }) {
          const h = stopGradient(codes(x, l)); // hˡ⁻¹
          const y = s(layer(noise === 0 ? h : h.mul(bernoulli(1 - noise, h.shape))));
          const [W] = layer.parameters() as [Tensor];
          const z = decoderBiases[l]!(matmul(y, W.transpose()));
          return (binary(l) ? bce : mse)(z, h, { reduction: "batchMean" }); // L_H
        },
      };
    });
    const tuning: Phase = {
      name: "tune",
      train: tune === "all" ? [...layers, top] : top,
      optimizer: adam({ lr, name: "tune" }), // fresh: pre-training's moments say nothing about this loss
      during: pretrain && layers.length > 0 ? [share, 1] : [0, 1],
      examples: labels,
      loss({ x, y }) {
        if (!y) throw new UserError("sae: the minibatch has no labels y; train it on data with labels.");
        const scores = classify(x);
        return { loss: crossEntropy(scores, y), accuracy: accuracy(scores, y) };
      },
    };

    return {
      phases: pretrain ? [...pretraining, tuning] : [tuning],
      classify,
      features: (x) => codes(x),
      encode: (x) => codes(x),
    };
  },
});
