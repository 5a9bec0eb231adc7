/**
 * Classifier, the discriminative counterpart: it learns p(y|x), or only where the classes part, and nothing about how x came
 * about. LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document recognition",
 * doi:10.1109/5.726791, compares these networks on MNIST; support vector machines are Cortes & Vapnik's 1995,
 * doi:10.1007/BF00994018, on learned features as in Tang 2013, arXiv:1306.0239.
 *
 *   h = φ(x),  s = Wh + b                                   φ: x itself, perceptrons, or convolutions
 *   softmax   p(y|x) = exp(s_y) / Σₖ exp(sₖ),   L = −log p(y|x) + ½λ‖W‖²
 *   svm       ŷ = argmaxₖ sₖ,   L = Σₖ max(0, 1 − tₖsₖ) + ½λ‖W‖²,   tₖ = 1 where k = y, else −1
 *
 * The second is ½‖W‖² + C Σᵢ Σₖ max(0, 1 − tₖsₖ) over N examples, divided by C·N: λ = 1/(C·N).
 */
import { z as schema } from "zod";
import { accuracy, crossEntropy, hingeLoss } from "../../math/index.ts";
import { convEncoder, dense, dropout, network } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import { flatten, relu, square, sum, type Tensor, UserError } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const classifier = defineModel({
  name: "classifier",
  title: "Classifier",
  family: "discriminative",
  paper: "doi:10.1109/5.726791",
  data: ["image", "points"],
  options: schema.object({
    head: schema
      .enum(["softmax", "svm"])
      .default("softmax")
      .describe("probabilities of the classes, or a linear support vector machine for each against the rest"),
    networks: schema
      .enum(["linear", "mlp", "conv"])
      .optional()
      .describe("φ: nothing, perceptrons or convolutions (conv for pictures, mlp for points)"),
    hidden: schema
      .array(schema.int().positive())
      .min(1)
      .default([128])
      .describe("units of φ's dense layers, after the convolutions where there are any"),
    width: schema.int().positive().default(32).describe("channels at the largest size of the convolutions"),
    dropout: schema
      .number()
      .min(0)
      .max(0.95)
      .optional()
      .describe("share of φ(x) that is dropped in training (0.5 for conv, else 0)"),
    decay: schema.number().min(0).default(1e-4).describe("λ; 1/(C·N) of a support vector machine"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 128, epochs: 5, ema: 0.995 },
  presets: {
    tiny: { options: { hidden: [16], width: 4 }, training: { batch: 16, steps: 20 } },
    // Section III-C: 784-300-100-10, an error of 3.05 %; 20 passes over the training set as in III-B.
    paper: { options: { networks: "mlp", hidden: [300, 100] }, training: { batch: 32, epochs: 20, ema: 0 } },
  },

  build({ head, hidden, width, decay, lr, ...options }, { kind, classes = 0 }) {
    const { networks = kind === "image" ? "conv" : "mlp" } = options;
    const { dropout: dropped = networks === "conv" ? 0.5 : 0 } = options;
    if (classes < 2) {
      throw new UserError(
        `classifier: the data has ${classes === 1 ? "one class only" : "no labels"}, expected at least two classes; give pictures in one folder for each class, or data with labels such as glyphs, mnist or moons.`,
      );
    }
    if (networks === "conv" && kind === "points") {
      throw new UserError("classifier: points have no pixels; use networks mlp or linear for them.");
    }

    const phi = (x: Tensor): Tensor => {
      const first = networks === "conv" ? convEncoder(x, width) : flatten(x);
      return networks === "linear" ? first : hidden.reduce((h, units) => relu(dense(h, units)), first);
    };
    const body = network("phi", phi);
    const top = network("top", (h: Tensor) => dense(h, classes));
    const classify = (x: Tensor): Tensor => top(body(x)); // s
    const loss = head === "softmax" ? crossEntropy : hingeLoss;

    return {
      phases: [
        {
          name: "classifier",
          train: networks === "linear" ? top : [body, top],
          optimizer: adam({ lr }),
          loss({ x, y }) {
            if (!y)
              throw new UserError("classifier: the minibatch has no labels y; train it on data with labels.");
            const scores = top(dropout(body(x), dropped));
            const [W] = top.parameters() as [Tensor];
            const fit = loss(scores, y);
            return {
              loss: fit.add(sum(square(W)).mul(0.5 * decay)),
              fit,
              accuracy: accuracy(scores, y),
            };
          },
        },
      ],
      classify,
      features: body,
    };
  },
});
