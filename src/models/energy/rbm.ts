/**
 * Restricted Boltzmann machine. Smolensky 1986; Hinton 2002, "Training products of experts by minimizing contrastive
 * divergence" (CD-k); Tieleman 2008, "Training restricted Boltzmann machines using approximations to the likelihood gradient"
 * (PCD). None is on arXiv; the names are those of Fischer & Igel 2014, "Training restricted Boltzmann machines".
 *
 *   E(v, h) = −bᵀv − cᵀh − vᵀWh,   p(v) = Σ_h e^(−E(v, h))/Z
 *   F(v) = −log Σ_h e^(−E(v, h)) = −bᵀv − Σ_j log(1 + exp(c_j + (vᵀW)_j)),   log p(v) = −F(v) − log Z
 *   −∂ log p(v)/∂θ = ∂F(v)/∂θ − E_p[∂F/∂θ]
 *   CD-k   the expectation over k Gibbs steps from the data: never far from it, so that false modes elsewhere stay
 *   PCD-k  over k steps of chains that go on from update to update
 *
 * h is summed out in F: its probabilities enter the statistics, its samples the chain. The chains of PCD are state.
 */
import { z as schema } from "zod";
import {
  blockGibbs,
  clamped,
  clampState,
  freeEnergy,
  fromUnits,
  hiddenLogits,
  perExample,
  toUnits,
  visibleLogits,
} from "../../math/index.ts";
import { initializeVisibleBias, persistentChains, rbmNetwork } from "../../nn/index.ts";
import { inverseTimeDecay, sgd } from "../../optim/index.ts";
import { assign, bernoulli, read, sigmoid, sizeOf, softplus, type Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const rbm = defineModel({
  name: "rbm",
  title: "Restricted Boltzmann machine",
  family: "energy",
  paper: "Hinton 2002",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    hidden: schema.int().positive().default(128).describe("hidden units"),
    algorithm: schema
      .enum(["pcd", "cd"])
      .default("pcd")
      .describe("where the negative chains begin: where they were (pcd), or at the data (cd)"),
    k: schema.int().positive().default(1).describe("Gibbs steps of each update"),
    chains: schema.int().positive().default(100).describe("persistent chains of pcd"),
    lr: schema.number().positive().default(0.05).describe("learning rate at the beginning"),
    decay: schema.number().positive().default(2000).describe("updates after which the learning rate is half"),
    gibbs: schema.int().positive().default(1000).describe("Gibbs steps of a sample"),
  }),
  training: { batch: 100, epochs: 10 },
  presets: {
    tiny: { options: { hidden: 8, chains: 8, gibbs: 5 }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: 500, algorithm: "cd", k: 25 }, training: { epochs: 250 } }, // Salakhutdinov & Murray 2008
  },

  build({ hidden, algorithm, k, chains, lr, decay, gibbs }, { shape }) {
    const visible = sizeOf(shape);
    const parameters = rbmNetwork("rbm", visible, hidden);
    const persistent = persistentChains("chains", chains, visible);

    /** v⁻: where the chains are after k more Gibbs steps. */
    const negative = (v: Tensor): Tensor => {
      if (algorithm === "cd") return blockGibbs(parameters(), v, { steps: k });
      const fantasy = persistent();
      const next = blockGibbs(parameters(), read(fantasy), { steps: k });
      assign(fantasy, next);
      return next;
    };
    const encode = (x: Tensor): Tensor => sigmoid(hiddenLogits(parameters(), toUnits(x)));
    const decode = (h: Tensor): Tensor => fromUnits(sigmoid(visibleLogits(parameters(), h)), shape);
    /** −log of the probability that one step back from P(h|v) gives each pixel: seen by all, but no likelihood. */
    const crossEntropy = (v: Tensor): Tensor => {
      const logits = visibleLogits(parameters(), sigmoid(hiddenLogits(parameters(), v)));
      return perExample(softplus(logits).sub(logits.mul(v))).mean();
    };

    return {
      initialize: ({ x }) => initializeVisibleBias(parameters, toUnits(x)),
      phases: [
        {
          name: "rbm",
          train: parameters,
          optimizer: sgd({ lr: inverseTimeDecay(lr, decay) }),
          loss({ x }) {
            const v = toUnits(x);
            const data = freeEnergy(parameters(), v).mean();
            const model = freeEnergy(parameters(), negative(v)).mean();
            return { loss: data.sub(model), reconstruction: crossEntropy(v), "F(data)": data };
          },
        },
      ],
      sequential: ({ temperature }) => ({
        steps: gibbs,
        init: ({ n, given }) => {
          const clamp = clampState(given);
          return { v: clamped(bernoulli(sigmoid(parameters().b), [n, visible]), clamp), ...clamp };
        },
        step: ({ v, ...clamp }) => ({
          ...clamp,
          v: clamped(blockGibbs(parameters(), v!, { temperature }), clamp),
        }),
        result: ({ v }) => fromUnits(v!, shape),
      }),
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      features: encode,
      logUnnormalized: (x) => freeEnergy(parameters(), toUnits(x)).neg(),
      rbm: parameters,
    };
  },
});
