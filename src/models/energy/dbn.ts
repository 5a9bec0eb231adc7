/**
 * Deep belief net. Hinton, Osindero & Teh 2006, "A fast learning algorithm for deep belief nets", Neural Computation 18 (not on
 * arXiv).
 *
 *   p(v, h¹ … h^L) = p(v|h¹) p(h¹|h²) … p(h^(L−1), h^L):  directed downwards, at the top a restricted Boltzmann machine
 *   p(h^(l−1)_i = 1|h^l) = σ(b^l_i + (W^l h^l)_i),   q(h^l_j = 1|h^(l−1)) = σ(c^l_j + (h^(l−1) W^l)_j)
 *   Greedy learning: RBM l learns the samples of q(h^(l−1)|v); those below it stay as they are
 *   log p(v) ≥ E_q[Σ_l log p(h^(l−1)|h^l) + log p̃(h^(L−1)) − log q(h^l|h^(l−1))] − log Z                      (8)
 *
 * A new RBM that begins as the one below turned around, W^l = (W^(l−1))ᵀ, is the same model: the bound is log p(v), and learning
 * from there raises it (section 4). So it begins here, where the sizes allow.
 */
import { z as schema } from "zod";
import {
  bernoulliDistribution,
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
import { initializeVisibleBias, persistentChains, rbmNetwork, variableOf } from "../../nn/index.ts";
import { inverseTimeDecay, sgd } from "../../optim/index.ts";
import { assign, bernoulli, read, sigmoid, sizeOf, stopGradient, type Tensor } from "../../tensor/index.ts";
import { defineModel, type Phase } from "../model.ts";

export const dbn = defineModel({
  name: "dbn",
  title: "Deep belief net",
  family: "energy",
  paper: "Hinton, Osindero & Teh 2006",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    hidden: schema.array(schema.int().positive()).min(1).default([128, 128]).describe("units of each layer"),
    algorithm: schema.enum(["pcd", "cd"]).default("pcd").describe("how each RBM learns"),
    k: schema.int().positive().default(1).describe("Gibbs steps of each update"),
    chains: schema.int().positive().default(100).describe("persistent chains of pcd"),
    lr: schema.number().positive().default(0.05).describe("learning rate of each RBM at the beginning"),
    decay: schema.number().positive().default(2000).describe("updates after which the learning rate is half"),
    gibbs: schema.int().positive().default(1000).describe("Gibbs steps of the top RBM for a sample"),
  }),
  training: { batch: 100, epochs: 20 },
  presets: {
    tiny: { options: { hidden: [8, 8], chains: 8, gibbs: 5 }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: [500, 500, 2000], algorithm: "cd" }, training: { epochs: 90 } }, // without its labels
  },

  build({ hidden, algorithm, k, chains, lr, decay, gibbs }, { shape }) {
    const sizes = [sizeOf(shape), ...hidden];
    const rbms = hidden.map((units, l) => rbmNetwork(`rbm${l + 1}`, sizes[l]!, units));
    const persistent = hidden.map((_, l) => persistentChains(`chains${l + 1}`, chains, sizes[l]!));
    const [first, top] = [rbms[0]!, rbms.at(-1)!];
    const below = rbms.slice(0, -1);

    /** v, h¹ … h^to, each drawn from q given the one before. */
    const upwards = (v: Tensor, to: number): Tensor[] => {
      const layers = [v];
      for (const rbm of rbms.slice(0, to))
        layers.push(stopGradient(bernoulli(sigmoid(hiddenLogits(rbm(), layers.at(-1)!)))));
      return layers;
    };
    /** Pixels drawn from p given h^(L−1). */
    const downwards = (h: Tensor): Tensor =>
      below.reduceRight((above, rbm) => bernoulli(sigmoid(visibleLogits(rbm(), above))), h);
    const negative = (l: number, v: Tensor): Tensor => {
      if (algorithm === "cd") return blockGibbs(rbms[l]!(), v, { steps: k });
      const fantasy = persistent[l]!();
      const next = blockGibbs(rbms[l]!(), read(fantasy), { steps: k });
      assign(fantasy, next);
      return next;
    };
    /** RBM l + 1 becomes RBM l turned around, where the sizes allow. */
    const turnAround = (l: number): void => {
      const [own, next] = [rbms[l]!(), rbms[l + 1]];
      if (!next || sizes[l + 2] !== sizes[l]) return;
      next();
      assign(variableOf(next, "W"), own.W.transpose());
      assign(variableOf(next, "b"), own.c);
      assign(variableOf(next, "c"), own.b);
    };
    const encode = (x: Tensor): Tensor =>
      rbms.reduce((v, rbm) => sigmoid(hiddenLogits(rbm(), v)), toUnits(x));
    const decode = (h: Tensor): Tensor => {
      const v = rbms.reduceRight((above, rbm) => sigmoid(visibleLogits(rbm(), above)), h);
      return fromUnits(v, shape);
    };

    return {
      initialize: ({ x }) => initializeVisibleBias(first, toUnits(x)),
      phases: rbms.map(
        (rbm, l): Phase => ({
          name: `rbm${l + 1}`,
          train: rbm,
          during: [l / rbms.length, (l + 1) / rbms.length],
          optimizer: sgd({ lr: inverseTimeDecay(lr, decay) }),
          loss({ x }) {
            const v = upwards(toUnits(x), l)[l]!;
            turnAround(l);
            return freeEnergy(rbm(), v)
              .mean()
              .sub(freeEnergy(rbm(), negative(l, v)).mean());
          },
        }),
      ),
      sequential: ({ temperature }) => ({
        steps: gibbs,
        init: ({ n, given }) => {
          const h = bernoulli(0.5, [n, sizes.at(-2)!]);
          return { h, ...clampState(given) };
        },
        step({ h, ...clamp }) {
          const next = blockGibbs(top(), h!, { temperature });
          if (!clamp["given"]) return { h: next };
          return { ...clamp, h: upwards(clamped(downwards(next), clamp), below.length).at(-1)! };
        },
        result: ({ h, ...clamp }) => fromUnits(clamped(downwards(h!), clamp), shape),
      }),
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      features: encode,
      logUnnormalized(x) {
        const layers = upwards(toUnits(x), below.length);
        const ratios = below.map((rbm, l) => {
          const [lower, upper] = [layers[l]!, layers[l + 1]!];
          const p = bernoulliDistribution(visibleLogits(rbm(), upper)).logProb(lower);
          const q = bernoulliDistribution(hiddenLogits(rbm(), lower)).logProb(upper);
          return perExample(p).sub(perExample(q));
        });
        return ratios.reduce((sum, ratio) => sum.add(ratio), freeEnergy(top(), layers.at(-1)!).neg()); // (8)
      },
      rbm: top,
    };
  },
});
