/**
 * Boltzmann machine of few units, every two connected. Ackley, Hinton & Sejnowski 1985, "A learning algorithm for Boltzmann
 * machines", Cognitive Science 9 (not on arXiv).
 *
 *   −E(s) = ½ sᵀWs + θᵀs,  s = (v, h) ∈ {0, 1}ⁿ,  W = Wᵀ, w_ii = 0
 *   p(v) = Σ_h e^(−E(v, h))/Z,   Z = Σ_s e^(−E(s))
 *   ∂ log p/∂w_ij = ⟨s_i s_j⟩⁺ − ⟨s_i s_j⟩⁻                                             (the learning rule)
 *   P(s_i = 1|others) = σ(Σ_j w_ij s_j + θ_i)                                           (one Gibbs step)
 *
 * With at most 16 units all 2ⁿ states are summed, so that log p(v) and its gradient are exact: what the restricted machine's
 * approximations are measured by. Without hidden units it learns the pairwise moments ⟨s_i s_j⟩ of the data, and nothing else.
 */
import { z as schema } from "zod";
import { clamped, clampState, fromUnits, toUnits } from "../../math/index.ts";
import { initializers, network, parameter } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import {
  arange,
  bernoulli,
  concat,
  constant,
  equal,
  logsumexp,
  matmul,
  sigmoid,
  sizeOf,
  type Tensor,
  tril,
  UserError,
  where,
} from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

/** 2¹⁶ states of 16 units are 4 MB. */
const mostUnits = 16;

/** All states of n units, [2ⁿ, n]. */
const statesOf = (n: number): Tensor =>
  constant(
    Float32Array.from({ length: 2 ** n * n }, (_, i) => (Math.floor(i / n) >> (i % n)) & 1),
    [2 ** n, n],
  );

export const boltzmann = defineModel({
  name: "boltzmann",
  title: "Boltzmann machine, by enumeration",
  family: "energy",
  paper: "Ackley, Hinton & Sejnowski 1985",
  data: ["image"],
  pictures: { levels: 2, largest: 4, channels: [1] },
  options: schema.object({
    hidden: schema.int().nonnegative().default(0).describe("hidden units, connected to all others too"),
    lr: schema.number().positive().default(0.02).describe("Adam's learning rate"),
    sweeps: schema.int().positive().default(200).describe("sweeps of Gibbs sampling over all units"),
  }),
  training: { batch: 100, steps: 2000 },
  presets: { tiny: { options: { sweeps: 2 }, training: { batch: 16, steps: 20 } } },

  build({ hidden, lr, sweeps }, { shape }) {
    const visible = sizeOf(shape);
    const n = visible + hidden;
    if (n > mostUnits) {
      throw new UserError(
        `boltzmann: ${visible} pixels and ${hidden} hidden units are ${n}, and all states of at most ${mostUnits} can be summed; give smaller pictures or less hidden units, or train rbm.`,
      );
    }
    /** W is kept as its lower triangle: a unit has no connection to itself, and each two share one. */
    const machine = network("machine", () => {
      const lower = tril(parameter("W", [n, n], initializers.normal({ std: 0.01 })), -1);
      return { W: lower.add(lower.transpose()), theta: parameter("theta", [n], initializers.zeros) };
    });
    /** −E(s), [N]. */
    const goodness = (s: Tensor): Tensor => {
      const { W, theta } = machine();
      return matmul(s, W).mul(0.5).add(theta).mul(s).sum(1);
    };
    /** log Σ_h e^(−E(v, h)), [N]: each v beside every state of the hidden units. */
    const logUnnormalized = (v: Tensor): Tensor => {
      if (hidden === 0) return goodness(v);
      const [count, states] = [v.shape[0]!, 2 ** hidden];
      const each = concat([v.repeat(states, 0), statesOf(hidden).tile([count, 1])], 1);
      return logsumexp(goodness(each).reshape([count, states]), 1);
    };
    const logZ = (): Tensor => logsumexp(goodness(statesOf(n)), 0);
    const logProb = (x: Tensor): Tensor => logUnnormalized(toUnits(x)).sub(logZ());

    return {
      phases: [
        {
          name: "boltzmann",
          train: machine,
          optimizer: adam({ lr }),
          loss: ({ x }) => logProb(x).mean().neg(),
        },
      ],
      sequential: ({ temperature }) => ({
        steps: sweeps * n,
        init: ({ n: count, given }) => {
          const clamp = clampState(given, n);
          return { s: clamped(bernoulli(0.5, [count, n]), clamp), ...clamp };
        },
        step({ s, ...clamp }, i) {
          const { W, theta } = machine();
          const drawn = bernoulli(sigmoid(matmul(s!, W).add(theta).div(temperature)));
          const unit = i.sub(i.div(n).mul(n)); // i mod n: whole numbers divide to whole numbers
          const next = where(equal(arange(0, n, 1, "int32"), unit), drawn, s!);
          return { ...clamp, s: clamped(next, clamp) };
        },
        result: ({ s }) => fromUnits(s!.narrow(1, 0, visible), shape),
      }),
      likelihood: "mass",
      logProb,
    };
  },
});
