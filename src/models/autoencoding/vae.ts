/**
 * Variational autoencoder. Kingma & Welling 2013, "Auto-encoding variational Bayes", arXiv:1312.6114.
 *
 *   log p(x) ≥ L(x) = −KL(q(z|x) ‖ p(z)) + E_q[log p(x|z)]                             (3)
 *   z⁽ˡ⁾ = μ + σ ⊙ ε⁽ˡ⁾,  ε⁽ˡ⁾ ~ N(0, I)                                               (4)
 *   L(x) ≃ ½ Σⱼ (1 + log σⱼ² − μⱼ² − σⱼ²) + 1/L Σₗ log p(x|z⁽ˡ⁾)                       (10)
 *   Bernoulli   log p(x|z) = Σᵢ xᵢ log yᵢ + (1 − xᵢ) log(1 − yᵢ),  y = σ(MLP(z))       (11)
 *   Gaussian    log p(x|z) = log N(x; μ, σ²I),  (μ, log σ²) = MLP(z)                   (12)
 *   log w(z) = log p(x|z) + log p(z) − log q(z|x),  z ~ q(z|x)                         (Burda et al. 2015, eq. 8)
 *   β-VAE       −β KL + E_q[log p(x|z)]                                                (Higgins et al. 2017, eq. 4)
 */
import { z as schema } from "zod";
import {
  activeUnits,
  anneal,
  bernoulliDistribution,
  type Distribution,
  greyValues,
  klDivergence,
  normalDistribution,
  normalHeads,
  perExample,
  standardNormal,
  stepCounter,
} from "../../math/index.ts";
import { convDecoder, convEncoder, dense, mlp, network } from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import { normal, type Shape, sizeOf, type Tensor, UserError } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const vae = defineModel({
  name: "vae",
  title: "Variational autoencoder",
  family: "autoencoding",
  paper: "arXiv:1312.6114",
  data: ["image", "points"],
  options: schema.object({
    latent: schema.int().positive().default(20).describe("numbers in z; 2 gives a map of the data"),
    decoder: schema
      .enum(["bernoulli", "gaussian"])
      .optional()
      .describe("p(x|z): bernoulli for pictures, gaussian for points"),
    networks: schema.enum(["mlp", "conv"]).default("mlp").describe("perceptrons or convolutions"),
    hidden: schema
      .array(schema.int().positive())
      .default([400])
      .describe("units of each hidden layer of the perceptrons"),
    width: schema.int().positive().default(32).describe("channels at the largest size of the convolutions"),
    samples: schema.int().positive().default(1).describe("L, draws of z for each example"),
    beta: schema.number().min(0).default(1).describe("β, the weight of the KL divergence in training"),
    warmup: schema.int().min(0).default(0).describe("steps over which that weight rises from 0 to β"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 128, epochs: 10 },
  presets: {
    tiny: { options: { latent: 2, hidden: [16], width: 4 }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: [500] }, training: { batch: 100 } }, // section 5: M = 100, L = 1, 500 hidden units
  },

  build({ latent, networks, hidden, width, samples, beta, warmup, lr, decay, ...options }, { kind, shape }) {
    const image = kind === "image";
    const decoder = options.decoder ?? (image ? "bernoulli" : "gaussian");
    if (!image && (networks === "conv" || decoder === "bernoulli")) {
      throw new UserError(`vae: points have no pixels; use networks mlp and decoder gaussian for them.`);
    }

    const encoder = network("encoder", (x: Tensor) => {
      const h = networks === "conv" ? convEncoder(x, width) : mlp(x, hidden);
      return { mu: dense(h, latent), logSigma2: dense(h, latent) };
    });
    const heads: Shape = [(decoder === "gaussian" ? 2 : 1) * shape[0]!, ...shape.slice(1)];
    const decoderNetwork = network("decoder", (z: Tensor) => {
      if (networks === "conv") return convDecoder(z, heads, width);
      return dense(mlp(z, [...hidden].reverse()), sizeOf(heads)).reshape([-1, ...heads]);
    });

    const { toUnit, fromUnit } = greyValues(kind);

    const q = (x: Tensor) => {
      const { mu, logSigma2 } = encoder(toUnit(x));
      return normalDistribution({ mean: mu, logVariance: logSigma2 });
    };
    const p = (z: Tensor): Distribution & { readonly mean: Tensor } => {
      const y = decoderNetwork(z);
      if (decoder === "bernoulli") return bernoulliDistribution(y); // (11)
      return normalHeads(y, image ? { mean: (mu) => mu.sigmoid() } : {}); // (12)
    };

    /** Pixels in [−1, 1] lie twice as far apart as grey values: half the density, in every one. */
    const logJacobian = image && decoder === "gaussian" ? -sizeOf(shape) * Math.LN2 : 0;
    const logLikelihood = (x: Tensor, z: Tensor): Tensor =>
      perExample(p(z).logProb(toUnit(x))).add(logJacobian);

    /** z⁽ˡ⁾ ~ q(z|x) (4) and log p(x|z⁽ˡ⁾), l = 1 … L: [L, N, latent] and [L, N]. */
    const draw = (x: Tensor, posterior: Distribution & { rsample(count: Shape): Tensor }, count: number) => {
      const z = posterior.rsample([count]);
      const copies = x.tile([count, ...shape.map(() => 1)]);
      return { z, logLikelihood: logLikelihood(copies, z.reshape([-1, latent])).reshape([count, -1]) };
    };
    /** The two terms of (10), [N] each. */
    const terms = (x: Tensor) => {
      const posterior = q(x);
      const kl = perExample(klDivergence(posterior, standardNormal(posterior.shape)));
      return { kl, expected: draw(x, posterior, samples).logLikelihood.mean(0), mean: posterior.mean };
    };
    const logWeights = (x: Tensor, k: number): Tensor => {
      const posterior = q(x);
      const { z, logLikelihood } = draw(x, posterior, k);
      const logRatio = standardNormal(posterior.shape).logProb(z).sub(posterior.logProb(z)).sum(-1);
      return logLikelihood.add(logRatio);
    };
    const encode = (x: Tensor): Tensor => q(x).mean;
    const decode = (z: Tensor): Tensor => fromUnit(p(z).mean);
    const inside = (x: Tensor): Tensor => (image ? x.clip(-1, 1) : x);
    const count = stepCounter("vae/steps");

    return {
      phases: [
        {
          name: "vae",
          train: [encoder, decoderNetwork],
          optimizer: adam({ lr: decay > 0 ? cosineDecay(lr, decay) : lr }),
          loss({ x }) {
            const { expected, kl, mean } = terms(x);
            const weight = warmup > 1 ? anneal(count(), 0, beta, warmup) : beta;
            const loss = kl.mean().mul(weight).sub(expected.mean());
            return { loss, reconstruction: expected.mean().neg(), kl: kl.mean(), active: activeUnits(mean) };
          },
        },
      ],
      prior: (n) => normal([n, latent]),
      generate: decode,
      sampleGiven: (z) => inside(fromUnit(p(z).sample())),
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      likelihood: decoder === "bernoulli" ? "mass" : "density",
      bound(x) {
        const { expected, kl } = terms(x);
        return expected.sub(kl); // (10)
      },
      logWeights,
      logLikelihood,
    };
  },
});
