/**
 * NICE. Dinh, Krueger & Bengio 2014, "NICE: non-linear independent components estimation", arXiv:1410.8516.
 *
 *   log p_X(x) = Σᵢ log p_Hᵢ(fᵢ(x)) + log|det ∂f(x)/∂x|                                     (3)
 *   additive coupling   y_I1 = x_I1,  y_I2 = x_I2 + m(x_I1), of determinant 1                (section 3.2)
 *   diagonal scaling    h = S y, which weighs the dimensions: log|det| = Σᵢ log S_ii         (section 3.3)
 *   priors              Gaussian log p_H = −½(h² + log 2π), logistic −log(1 + eʰ) − log(1 + e⁻ʰ)   (section 3.4)
 *
 * Pixels are dequantised by uniform noise of one grey level (section 5.1); components are divided by odd and even number.
 */
import { z as schema } from "zod";
import { dequantize, logisticDistribution, perExample, standardNormal } from "../../math/index.ts";
import {
  additiveCoupling,
  chain,
  diagonalScaling,
  evenFirst,
  flattening,
  flow,
  halves,
  mlpCoupling,
} from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import { logistic, normal, relu, sizeOf, type Tensor, tanh } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const nice = defineModel({
  name: "nice",
  title: "NICE: non-linear independent components estimation",
  family: "flow",
  paper: "arXiv:1410.8516",
  data: ["image", "points"],
  options: schema.object({
    couplings: schema
      .int()
      .min(3)
      .default(6)
      .describe("additive couplings; 3 are needed for all to interact"),
    hidden: schema
      .array(schema.int().positive())
      .default([64, 64])
      .describe("units of the hidden layers of each m"),
    activation: schema.enum(["relu", "tanh"]).default("tanh").describe("of the hidden layers"),
    prior: schema
      .enum(["normal", "logistic"])
      .default("normal")
      .describe("p_H; only normal has a temperature"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 256, steps: 4000, ema: 0.998 },
  presets: {
    tiny: { options: { couplings: 3, hidden: [8] }, training: { batch: 16, steps: 20 } },
    paper: {
      options: {
        couplings: 4,
        hidden: [1000, 1000, 1000, 1000, 1000],
        activation: "relu",
        prior: "logistic",
      },
      training: { batch: 200, steps: 450_000 },
    }, // section 5.1, MNIST: 5 layers of 1000 units, 1500 epochs
  },

  build({ couplings, hidden, activation, prior: priorKind, lr }, { kind, shape, levels }) {
    const image = kind === "image";
    const D = sizeOf(shape);
    const m = mlpCoupling(hidden, activation === "relu" ? relu : tanh);
    const f = flow(
      "f",
      chain([
        flattening(shape),
        evenFirst(),
        ...Array.from({ length: couplings }, (_, k) =>
          additiveCoupling(halves(k % 2 ? "first" : "second"), m),
        ),
        diagonalScaling(), // S
      ]),
    );
    const logPrior = (h: Tensor): Tensor => {
      const p =
        priorKind === "normal"
          ? standardNormal([D])
          : logisticDistribution({ mean: 0, logScale: 0, shape: [D] });
      return perExample(p.logProb(h));
    };
    const logProb = (x: Tensor): Tensor => {
      const { z: h, logDet } = f.forward(x);
      return logPrior(h).add(logDet); // (3)
    };
    const inverse = (h: Tensor): Tensor => (image ? f.inverse(h).clip(-1, 1) : f.inverse(h));

    return {
      phases: [
        {
          name: "nice",
          train: f.network,
          optimizer: adam({ lr }),
          loss: ({ x }) =>
            logProb(image ? dequantize(x, levels) : x)
              .mean()
              .neg(),
        },
      ],
      prior: (n) => (priorKind === "normal" ? normal([n, D]) : logistic([n, D])),
      generate: inverse,
      encode: (x) => f.forward(x).z,
      decode: inverse,
      likelihood: "density",
      logProb,
    };
  },
});
