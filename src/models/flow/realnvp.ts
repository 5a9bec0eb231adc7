/**
 * RealNVP. Dinh, Sohl-Dickstein & Bengio 2016, "Density estimation using real NVP", arXiv:1605.08803.
 *
 *   log p_X(x) = log p_Z(f(x)) + log|det ∂f(x)/∂xᵀ|                                          (3)
 *   affine coupling  y₁ = x₁,  y₂ = x₂ ⊙ exp(s(x₁)) + t(x₁),  log|det| = Σⱼ s(x₁)ⱼ            (4)–(6)
 *   inverse          x₂ = (y₂ − t(y₁)) ⊙ exp(−s(y₁))                                          (8)
 *   multi-scale      checkerboard couplings, squeeze 2×2 → 4 channels, channel couplings; then half the channels are done  (13)–(16)
 *   pixels           logit(α + (1 − 2α)v) of dequantised v ∈ [0, 1]                           (section 4.1)
 *
 * The networks s and t are residual and end in a tanh with a learned scale; activation normalisation (Kingma & Dhariwal 2018) stands
 * where the paper normalises batches. Variational dequantisation (Ho et al. 2019, arXiv:1902.00275): log P(x) ≥ E_q[log p(x + u) − log q(u|x)].
 */
import { z as schema } from "zod";
import { dequantize, perExample, standardNormal } from "../../math/index.ts";
import {
  actnorm,
  affineCoupling,
  type Bijection,
  chain,
  checkerboard,
  flow,
  halves,
  logitTransform,
  mlpCoupling,
  multiScale,
  network,
  residualCoupling,
  squeeze2d,
  variationalDequantization,
} from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import { normal, sizeOf, type Tensor, tanh } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const realnvp = defineModel({
  name: "realnvp",
  title: "RealNVP",
  family: "flow",
  paper: "arXiv:1605.08803",
  data: ["image", "points"],
  pictures: { multipleOf: 4 },
  options: schema.object({
    couplings: schema
      .int()
      .positive()
      .default(6)
      .describe("couplings of points; of each kind at each scale of pictures"),
    hidden: schema
      .array(schema.int().positive())
      .default([64, 64])
      .describe("hidden units of s and t on points"),
    scales: schema.int().min(1).max(5).default(2).describe("scales of the pictures"),
    width: schema.int().positive().default(32).describe("channels of the residual networks s and t"),
    blocks: schema.int().min(0).default(1).describe("residual blocks of s and t"),
    alpha: schema.number().min(1e-6).lt(0.5).default(1e-6).describe("α of the logit transform"),
    dequantization: schema
      .enum(["uniform", "variational"])
      .default("uniform")
      .describe("noise that makes pixels real"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 256, steps: 4000, ema: 0.998 },
  presets: {
    tiny: { options: { couplings: 1, hidden: [8], width: 4 }, training: { batch: 16, steps: 20 } },
    paper: {
      options: { couplings: 3, scales: 3, width: 64, blocks: 8, lr: 1e-3 },
      training: { batch: 64, steps: 200_000 },
    }, // section 4.1: 8 residual blocks, 64 maps, three couplings of each kind
  },

  build(
    { couplings, hidden, scales, width, blocks, alpha, dequantization, lr, decay },
    { kind, shape, levels = 256 },
  ) {
    const image = kind === "image";
    const D = sizeOf(shape);

    /** Couplings that change one part and the other in turn. */
    const alternate = (n: number, coupling: (turn: 0 | 1) => Bijection): Bijection[] =>
      Array.from({ length: n }, (_, k) => chain([coupling((k % 2) as 0 | 1), actnorm()]));
    const residual = residualCoupling(width, blocks);
    const onBoard = alternate(couplings, (turn) => affineCoupling(checkerboard(turn), residual));
    const onChannels = alternate(couplings, (turn) =>
      affineCoupling(halves(turn ? "first" : "second"), residual),
    );
    const level = (i: number): Bijection =>
      chain(
        i < scales - 1
          ? [...onBoard, squeeze2d(), ...onChannels]
          : [...onBoard, ...alternate(1, (t) => affineCoupling(checkerboard((1 - t) as 0 | 1), residual))],
      );
    const points = mlpCoupling(hidden, tanh);
    const f = flow(
      "f",
      image
        ? chain([
            logitTransform({ alpha, levels }),
            actnorm(),
            multiScale(
              Array.from({ length: scales }, (_, i) => level(i)),
              shape,
            ),
          ])
        : chain(alternate(couplings, (turn) => affineCoupling(halves(turn ? "first" : "second"), points))),
    );
    const q = network("q", (x: Tensor) => variationalDequantization(x, { levels, width }));
    const variational = image && dequantization === "variational";

    const logProb = (x: Tensor): Tensor => {
      const { z, logDet } = f.forward(x);
      return perExample(standardNormal([D]).logProb(z)).add(logDet); // (3)
    };
    const bound = (x: Tensor): Tensor => {
      const noisy = q(x);
      return logProb(noisy.x).sub(noisy.logQ);
    };
    const noisy = (x: Tensor): Tensor => (image ? dequantize(x, levels) : x);

    return {
      initialize: ({ x }) => void f.forward(noisy(x), { initialize: true }),
      phases: [
        {
          name: "realnvp",
          train: variational ? [f.network, q] : f.network,
          optimizer: adam({ lr: decay > 0 ? cosineDecay(lr, decay) : lr }),
          clip: { norm: 100 },
          loss: ({ x }) => (variational ? bound(x) : logProb(noisy(x))).mean().neg(),
        },
      ],
      prior: (n) => normal([n, D]),
      generate: f.inverse,
      encode: (x) => f.forward(x).z,
      decode: f.inverse,
      ...(variational
        ? { likelihood: "mass", bound, logWeights: (x, k) => bound(x.tile([k, 1, 1, 1])).reshape([k, -1]) }
        : { likelihood: "density", logProb }),
    };
  },
});
