/**
 * Fully visible sigmoid belief net: one logistic regression for each pixel. Frey 1998, "Graphical models for machine learning and
 * digital communication" (a book); Bengio & Bengio 2000, "Modeling high-dimensional discrete data with multi-layer neural networks".
 *
 *   p(x) = Π_d p(x_d | x_<d)                                    the chain rule, in any fixed order of the pixels
 *   p(x_d = 1 | x_<d) = σ(b_d + Σ_{j<d} W_jd x_j)               x ∈ {0, 1}ᴰ
 *
 * All conditionals are one product with a strictly triangular matrix; sampling takes D steps. What a pixel says about the ones
 * after it adds up: no conditional can be an exclusive or.
 */
import { z as schema } from "zod";
import { bernoulliDistribution, elementByElement, logOdds, perExample } from "../../math/index.ts";
import {
  initializers,
  inputDegrees,
  maskedWeights,
  network,
  pixelOrder,
  pixelOrders,
} from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import { assign, read, sizeOf, type Tensor, type Variable } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const fvbn = defineModel({
  name: "fvbn",
  title: "Fully visible belief net",
  family: "autoregressive",
  paper: "Frey 1998",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    order: schema.enum(pixelOrders).default("raster").describe("in which pixels are made"),
    orderSeed: schema.int().min(0).default(0).describe("which random order"),
    lr: schema.number().positive().default(3e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 100, epochs: 10, ema: 0.998 },
  presets: { tiny: { training: { batch: 16, steps: 20 } }, paper: { training: { epochs: 50 } } },

  build({ order: orderName, orderSeed, lr }, { shape }) {
    const D = sizeOf(shape);
    const order = pixelOrder(orderName, shape, orderSeed);
    const degrees = inputDegrees(order);
    const masks = { from: degrees, to: degrees, strict: true, bias: false };
    const W = network("W", () => maskedWeights({ ...masks, init: initializers.normal({ std: 0.01 }) })); // W_jd, j before d
    const b: Variable = {
      name: "b",
      shape: [D],
      dtype: "float32",
      trainable: true,
      init: initializers.zeros,
    };

    const toBits = (x: Tensor): Tensor => x.reshape([-1, D]).add(1).mul(0.5);
    const logits = (x: Tensor): Tensor => x.matmul(W().weight).add(read(b));
    const logProbs = (x: Tensor): Tensor => bernoulliDistribution(logits(toBits(x))).logProb(toBits(x));

    return {
      phases: [
        {
          name: "fvbn",
          train: [W, b],
          optimizer: adam({ lr }),
          loss: ({ x }) => perExample(logProbs(x)).mean().neg(),
        },
      ],
      initialize: ({ x }) => assign(b, logOdds(toBits(x))), // the independent model of the pixels
      likelihood: "mass",
      logProb: (x) => perExample(logProbs(x)),
      logProbByElement: (x) => logProbs(x).reshape([-1, ...shape]),
      sequential: ({ temperature, cached }) =>
        elementByElement({
          ...{ shape, order, temperature },
          begin: ({ n }): { logits?: Tensor } => (cached ? { logits: read(b).expand([n, D]) } : {}),
          logit: ({ x, here }, kept) => (kept.logits ?? logits(x)).mul(here).sum(1, { keepdims: true }),
          after({ at, value }, kept) {
            if (!kept.logits) return kept;
            return { logits: kept.logits.add(value.mul(W().row(at))) }; // only what x_d adds
          },
        }),
    };
  },
});
