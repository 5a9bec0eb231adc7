/**
 * Importance-weighted autoencoder. Burda, Grosse & Salakhutdinov 2015, arXiv:1509.00519, with one stochastic layer.
 *
 *   L_k(x) = E[log 1/k Σᵢ wᵢ],  wᵢ = p(x, hᵢ)/q(hᵢ|x),  hᵢ ~ q(h|x)                    (8)
 *   L_1 ≤ L_k ≤ L_{k+1} ≤ log p(x);  L_1 is the variational autoencoder's bound         (theorem 1)
 *   ∇L_k = E[Σᵢ w̃ᵢ ∇ log wᵢ],  w̃ᵢ = wᵢ/Σⱼ wⱼ,  hᵢ = μ + σ ⊙ εᵢ                        (13)
 *   q(h|x) = N(μ(x), diag σ²(x)),  p(h) = N(0, I),  p(x|h) Bernoulli for pictures, Gaussian for points
 *
 * (13) is what differentiating the logarithm of the sum gives. A unit u is active where Var_x(E[u|x]) > 0.01 (section 5.3);
 * the effective sample size is 1/Σᵢ w̃ᵢ².
 */
import { z as schema } from "zod";
import {
  activeUnits,
  bernoulliDistribution,
  type Distribution,
  greyValues,
  type NormalDistribution,
  normalDistribution,
  normalHeads,
  perExample,
  standardNormal,
} from "../../math/index.ts";
import { dense, mlp, network } from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import { logsumexp, normal, type Shape, sizeOf, type Tensor, tanh } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const iwae = defineModel({
  name: "iwae",
  title: "Importance-weighted autoencoder",
  family: "autoencoding",
  paper: "arXiv:1509.00519",
  data: ["image", "points"],
  options: schema.object({
    latent: schema.int().positive().default(50).describe("units of the stochastic layer h"),
    hidden: schema
      .array(schema.int().positive())
      .default([200, 200])
      .describe("tanh units of the layers between x and h, and back"),
    samples: schema.int().positive().default(5).describe("k, draws of h for each example; 1 trains a VAE"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 100, epochs: 10, ema: 0.999 },
  presets: {
    tiny: { options: { latent: 2, hidden: [16], samples: 3 }, training: { batch: 16, steps: 20, ema: 0 } },
    paper: { options: { samples: 50 }, training: { batch: 20, epochs: 3280, ema: 0 } }, // section 5 and appendix
  },

  build({ latent, hidden, samples, lr, decay }, { kind, shape }) {
    const image = kind === "image";
    const encoder = network("encoder", (x: Tensor) => {
      const features = mlp(x, hidden, tanh);
      return { mu: dense(features, latent), logSigma2: dense(features, latent) };
    });
    const heads: Shape = [(image ? 1 : 2) * shape[0]!, ...shape.slice(1)];
    const decoder = network("decoder", (h: Tensor) =>
      dense(mlp(h, [...hidden].reverse(), tanh), sizeOf(heads)).reshape([-1, ...heads]),
    );

    const { toUnit, fromUnit } = greyValues(kind);

    const q = (x: Tensor): NormalDistribution => {
      const { mu, logSigma2 } = encoder(toUnit(x));
      return normalDistribution({ mean: mu, logVariance: logSigma2 });
    };
    const p = (h: Tensor): Distribution & { readonly mean: Tensor } =>
      image ? bernoulliDistribution(decoder(h)) : normalHeads(decoder(h));
    const logLikelihood = (x: Tensor, h: Tensor): Tensor => perExample(p(h).logProb(toUnit(x)));

    /** log w of k draws, [k, N]. */
    const logWeightsOf = (x: Tensor, posterior: NormalDistribution, k: number): Tensor => {
      const h = posterior.rsample([k]); // μ + σ ⊙ ε
      const logPrior = standardNormal(posterior.shape).logProb(h).sum(-1);
      const logPosterior = posterior.logProb(h).sum(-1);
      const copies = x.tile([k, ...shape.map(() => 1)]);
      const logGiven = logLikelihood(copies, h.reshape([-1, latent])).reshape([k, -1]);
      return logGiven.add(logPrior).sub(logPosterior); // log p(x, h) − log q(h|x)
    };
    /** log 1/k Σ w, [N]: an unbiased estimate of (8). */
    const bound = (logW: Tensor): Tensor => logsumexp(logW, 0).sub(Math.log(logW.shape[0]!));
    const encode = (x: Tensor): Tensor => q(x).mean;
    const decode = (h: Tensor): Tensor => fromUnit(p(h).mean);

    return {
      phases: [
        {
          name: "iwae",
          train: [encoder, decoder],
          optimizer: adam({ lr: decay > 0 ? cosineDecay(lr, decay) : lr }),
          loss({ x }) {
            const posterior = q(x);
            const logW = logWeightsOf(x, posterior, samples);
            const effective = logsumexp(logW, 0)
              .mul(2)
              .sub(logsumexp(logW.mul(2), 0))
              .exp(); // 1/Σ w̃²
            return {
              loss: bound(logW).mean().neg(), // (8); its gradient is (13)
              elbo: logW.mean(),
              effective: effective.mean(),
              active: activeUnits(posterior.mean),
            };
          },
        },
      ],
      prior: (n) => normal([n, latent]),
      generate: decode,
      sampleGiven: (h) => fromUnit(p(h).sample()),
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      likelihood: image ? "mass" : "density",
      bound: (x) => bound(logWeightsOf(x, q(x), samples)),
      logWeights: (x, k) => logWeightsOf(x, q(x), k),
      logLikelihood,
    };
  },
});
