/**
 * Deep Boltzmann machine. Salakhutdinov & Hinton 2009, "Deep Boltzmann machines", AISTATS (not on arXiv).
 *
 *   −E(v, h¹ … h^L) = Σ_l h^(l−1)ᵀ W^l h^l + Σ_l b^lᵀ h^l,  h⁰ = v                                      (9)
 *   log p(v) ≥ −E(v, μ) + H(μ) − log Z,   H(μ) = −Σ_j μ_j log μ_j + (1 − μ_j) log(1 − μ_j)              (5)
 *   μ^l ← σ(b^l + μ^(l−1) W^l + W^(l+1) μ^(l+1)), repeated                                              (10, 11)
 *   −∂/∂θ = ∂E(v, μ)/∂θ − E_p[∂E/∂θ], the second by persistent chains
 *
 * Layers of one parity are independent given those of the other, so that the whole is a restricted Boltzmann machine with the
 * even layers (v, h², …) on one side and the odd ones on the other: its Gibbs steps, free energy and Z are used. Pre-training
 * (section 3.1) learns layer by layer, input from one side counted twice where that from the other is missing.
 */
import { z as schema } from "zod";
import {
  bipartiteRbm,
  blockGibbs,
  clamped,
  clampState,
  freeEnergy,
  fromUnits,
  meanField,
  type Rbm,
  rbmEnergy,
  toUnits,
  variationalBound,
  visibleLogits,
} from "../../math/index.ts";
import { initializers, network, parameter, persistentChains, variableOf } from "../../nn/index.ts";
import { inverseTimeDecay, sgd } from "../../optim/index.ts";
import {
  assign,
  bernoulli,
  concat,
  matmul,
  read,
  sigmoid,
  sizeOf,
  stopGradient,
  type Tensor,
} from "../../tensor/index.ts";
import { defineModel, type Phase } from "../model.ts";

export const dbm = defineModel({
  name: "dbm",
  title: "Deep Boltzmann machine",
  family: "energy",
  paper: "Salakhutdinov & Hinton 2009",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    hidden: schema.array(schema.int().positive()).min(2).default([128, 64]).describe("units of each layer"),
    pretrain: schema
      .number()
      .min(0)
      .lt(1)
      .default(0.3)
      .describe("share of the run that learns layer by layer"),
    k: schema.int().positive().default(5).describe("Gibbs steps of each update"),
    chains: schema.int().positive().default(100).describe("persistent chains"),
    rounds: schema.int().positive().default(20).describe("rounds of mean-field updates"),
    lr: schema.number().positive().default(0.05).describe("learning rate of each stage at the beginning"),
    decay: schema.number().positive().default(2000).describe("updates after which the learning rate is half"),
    gibbs: schema.int().positive().default(1000).describe("Gibbs steps of a sample"),
  }),
  training: { batch: 100, epochs: 20 },
  presets: {
    tiny: {
      options: { hidden: [8, 6], rounds: 3, k: 1, chains: 8, gibbs: 5 },
      training: { batch: 16, steps: 20 },
    },
    paper: { options: { hidden: [500, 1000], lr: 0.005, rounds: 10 }, training: { epochs: 500 } },
  },

  build({ hidden, pretrain, k, chains, rounds, lr, decay, gibbs }, { shape }) {
    const sizes = [sizeOf(shape), ...hidden];
    const layers = hidden.map((_, l) => l + 1);
    const units = sizes.filter((_, l) => l % 2 === 0).reduce((a, b) => a + b);
    const machine = network("dbm", () => ({
      W: hidden.map((_, l) =>
        parameter(`W${l + 1}`, [sizes[l]!, sizes[l + 1]!], initializers.normal({ std: 0.01 })),
      ),
      b: sizes.map((size, l) => parameter(`b${l}`, [size], initializers.zeros)),
    }));
    const persistent = persistentChains("chains", chains, units);

    const bipartite = (): Rbm => bipartiteRbm(machine());
    const inferred = (v: Tensor): Tensor[] => meanField(machine(), v, rounds); // (10, 11)
    const bound = (v: Tensor): Tensor => variationalBound(machine(), v, inferred(v)); // (5) without log Z
    /** Contrastive divergence of layers l − 1 and l, each with input doubled where another layer will give as much. */
    const contrast = (l: number, x: Tensor): Tensor => {
      const { W, b } = machine();
      const pair = { W: W[l - 1]!, b: b[l - 1]!, c: b[l]! };
      const coin = (logits: Tensor): Tensor => stopGradient(bernoulli(sigmoid(logits)));
      const up = (v: Tensor, at: number): Tensor =>
        matmul(v, W[at - 1]!)
          .mul(at < hidden.length ? 2 : 1)
          .add(b[at]!);
      let v0 = x;
      for (let below = 1; below < l; below++) v0 = coin(up(v0, below));
      const down = visibleLogits({ ...pair, W: pair.W.mul(l > 1 ? 2 : 1) }, coin(up(v0, l)));
      const v1 = coin(down);
      const expected = (v: Tensor): Tensor => rbmEnergy(pair, v, stopGradient(sigmoid(up(v, l)))).mean();
      return expected(v0).sub(expected(v1));
    };

    return {
      phases: [
        ...(pretrain === 0 ? [] : layers).map(
          (l): Phase => ({
            name: `pretrain${l}`,
            train: {
              name: "dbm",
              variables: () => [`W${l}`, `b${l - 1}`, `b${l}`].map((n) => variableOf(machine, n)),
            },
            during: [(pretrain * (l - 1)) / hidden.length, (pretrain * l) / hidden.length],
            optimizer: sgd({ lr: inverseTimeDecay(lr, decay), name: `sgd${l}` }),
            loss: ({ x }) => contrast(l, toUnits(x)),
          }),
        ),
        {
          name: "dbm",
          train: machine,
          during: [pretrain, 1],
          optimizer: sgd({ lr: inverseTimeDecay(lr, decay) }),
          loss({ x }) {
            const fantasy = persistent();
            const next = blockGibbs(bipartite(), read(fantasy), { steps: k });
            assign(fantasy, next);
            return bound(toUnits(x)).mean().neg().sub(freeEnergy(bipartite(), next).mean());
          },
        },
      ],
      sequential: ({ temperature }) => ({
        steps: gibbs,
        init: ({ n, given }) => {
          const clamp = clampState(given, units);
          return { even: clamped(bernoulli(0.5, [n, units]), clamp), ...clamp };
        },
        step: ({ even, ...clamp }) => ({
          ...clamp,
          even: clamped(blockGibbs(bipartite(), even!, { temperature }), clamp),
        }),
        result: ({ even }) => fromUnits(even!.narrow(1, 0, sizes[0]!), shape),
      }),
      features: (x) => sigmoid(concat(inferred(toUnits(x)), 1)),
      logUnnormalized: (x) => bound(toUnits(x)),
      rbm: bipartite,
    };
  },
});
