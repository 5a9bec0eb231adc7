/**
 * Glow. Kingma & Dhariwal 2018, "Glow: generative flow with invertible 1×1 convolutions", arXiv:1807.03039.
 *
 *   log p(x) = log p(z) + Σᵢ log|det(dhᵢ/dhᵢ₋₁)|                                              (6)
 *   one step of flow (table 1), K of them at each of L levels:
 *     actnorm          y = s ⊙ x + b,       log|det| = h·w·Σ log|s|; first minibatch: mean 0, variance 1
 *     1×1 convolution  y = W x,             log|det| = h·w·log|det W|,  W = P L (U + diag(s))  (9)–(11)
 *     affine coupling  y₁ = x₁,  y₂ = σ(r(x₁) + 2) ⊙ x₂ + t(x₁),  log|det| = Σ log σ(r + 2)
 *   split   z_i ~ N(μ(h), σ(h)²) given the half h that goes on: a learned prior; temperature T scales the standard deviations (section 6)
 *
 * The noise that makes pixels real is uniform (2), or learned (Ho et al. 2019, arXiv:1902.00275): log P(x) ≥ E_q[log p(x + u) − log q(u|x)].
 */
import { z as schema } from "zod";
import { dequantize, perExample, standardNormal } from "../../math/index.ts";
import {
  actnorm,
  affineCoupling,
  type Bijection,
  chain,
  convCoupling,
  flow,
  halves,
  invertible1x1,
  logitTransform,
  mlpCoupling,
  multiScale,
  network,
  reversal,
  shuffle,
  squeeze2d,
  variationalDequantization,
} from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import { normal, sizeOf, type Tensor, tanh } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

const permutations = { "1x1": invertible1x1, shuffle, reverse: reversal } as const;

export const glow = defineModel({
  name: "glow",
  title: "Glow",
  family: "flow",
  paper: "arXiv:1807.03039",
  data: ["image", "points"],
  pictures: { multipleOf: 4 },
  options: schema.object({
    steps: schema.int().positive().default(4).describe("K, steps of flow at each level"),
    levels: schema.int().min(1).max(5).default(2).describe("L, levels of pictures"),
    width: schema
      .int()
      .positive()
      .default(32)
      .describe("channels of the coupling networks, units for points"),
    permutation: schema
      .enum(["1x1", "shuffle", "reverse"])
      .default("1x1")
      .describe("what mixes the channels"),
    alpha: schema.number().min(1e-6).lt(0.5).default(1e-6).describe("α of the logit transform of pixels"),
    dequantization: schema
      .enum(["uniform", "variational"])
      .default("uniform")
      .describe("noise that makes pixels real"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 128, steps: 4000, ema: 0.998 },
  presets: {
    tiny: { options: { steps: 1, width: 4 }, training: { batch: 16, steps: 20 } },
    paper: { options: { steps: 32, levels: 3, width: 512 }, training: { batch: 512, steps: 100_000 } }, // table 3, CIFAR-10
  },

  build(
    { steps, levels: L, width, permutation, alpha, dequantization, lr, decay },
    { kind, shape, levels: grey = 256 },
  ) {
    const image = kind === "image";
    const D = sizeOf(shape);

    const net = image ? convCoupling(width) : mlpCoupling([width, width], tanh);
    const step = (): Bijection =>
      chain([
        actnorm(),
        permutations[permutation](),
        affineCoupling(halves("second"), net, { scale: "sigmoid" }),
      ]);
    const stepsOfFlow = Array.from({ length: steps }, step);
    const prior = affineCoupling(halves("second"), net); // of the half that is split off, given the other
    const level = (i: number): Bijection =>
      chain([squeeze2d(), ...stepsOfFlow, ...(i < L - 1 ? [prior] : [actnorm()])]);
    const f = flow(
      "f",
      image
        ? chain([
            logitTransform({ alpha, levels: grey }),
            multiScale(
              Array.from({ length: L }, (_, i) => level(i)),
              shape,
            ),
          ])
        : chain([...stepsOfFlow, actnorm()]),
    );
    const q = network("q", (x: Tensor) => variationalDequantization(x, { levels: grey, width }));
    const variational = image && dequantization === "variational";

    const logProb = (x: Tensor): Tensor => {
      const { z, logDet } = f.forward(x);
      return perExample(standardNormal([D]).logProb(z)).add(logDet); // (6)
    };
    const bound = (x: Tensor): Tensor => {
      const noisy = q(x);
      return logProb(noisy.x).sub(noisy.logQ);
    };
    const noisy = (x: Tensor): Tensor => (image ? dequantize(x, grey) : x); // (2)

    return {
      initialize: ({ x }) => void f.forward(noisy(x), { initialize: true }),
      phases: [
        {
          name: "glow",
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
