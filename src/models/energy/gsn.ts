/**
 * Generative stochastic network. Bengio, Thibodeau-Laufer, Alain & Yosinski 2013, "Deep generative stochastic networks
 * trainable by backprop", arXiv:1306.1091; walkback training: Bengio, Yao, Alain & Vincent 2013, arXiv:1305.6663.
 *
 *   X̃_t ~ C(X̃|X_t),   X_{t+1} ~ P_θ(X|X̃_t):  a Markov chain whose stationary distribution estimates p(X)
 *   min_θ −E log P_θ(X|X̃),  X from the data                                                  (denoising)
 *   walkback: X̃_1 ~ C(X̃|X), X_2 ~ P_θ(X|X̃_1), X̃_2 ~ C(X̃|X_2), …;  min_θ −Σ_t 2^(1−t) log P_θ(X|X̃_t)
 *
 * C is salt and pepper: each pixel becomes a coin flip with probability `noise`. The walk goes where the chain would wander off to,
 * and teaches the way back from there, which removes false modes. No p(x) is ever computed: an implicit model.
 */
import { z as schema } from "zod";
import {
  bernoulliDistribution,
  clamped,
  clampState,
  fromUnits,
  perExample,
  toUnits,
} from "../../math/index.ts";
import { dense, mlp, network } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import {
  bernoulli,
  div,
  less,
  sigmoid,
  sizeOf,
  stopGradient,
  type Tensor,
  tanh,
  uniform,
  where,
} from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const gsn = defineModel({
  name: "gsn",
  title: "Generative stochastic network",
  family: "energy",
  paper: "arXiv:1306.1091",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    hidden: schema
      .array(schema.int().positive())
      .min(1)
      .default([400])
      .describe("units of each hidden layer"),
    noise: schema
      .number()
      .positive()
      .lt(1)
      .default(0.4)
      .describe("share of the pixels that C replaces by coin flips"),
    walkback: schema
      .int()
      .positive()
      .default(4)
      .describe("steps of the walk from each example; 1 only denoises"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    transitions: schema.int().positive().default(200).describe("transitions of the chain for a sample"),
  }),
  training: { batch: 100, epochs: 10 },
  presets: {
    tiny: { options: { hidden: [8], walkback: 2, transitions: 5 }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: [2000], walkback: 5, lr: 2.5e-4 }, training: { epochs: 500 } },
  },

  build({ hidden, noise, walkback, lr, transitions }, { shape }) {
    const pixels = sizeOf(shape);
    const encoder = network("encoder", (v: Tensor) => mlp(v, hidden, tanh));
    const decoder = network("decoder", (h: Tensor) => dense(h, pixels));
    /** P_θ(X|X̃), independent pixels. */
    const p = (v: Tensor) => bernoulliDistribution(decoder(encoder(v)));
    /** C(X̃|X). */
    const corrupt = (v: Tensor): Tensor => where(less(uniform(v.shape), noise), bernoulli(0.5, v.shape), v);

    const encode = (x: Tensor): Tensor => encoder(toUnits(x));
    const decode = (h: Tensor): Tensor => fromUnits(sigmoid(decoder(h)), shape);
    return {
      phases: [
        {
          name: "gsn",
          train: [encoder, decoder],
          optimizer: adam({ lr }),
          loss({ x }) {
            const data = toUnits(x);
            const losses: Tensor[] = [];
            for (let at = data; losses.length < walkback; ) {
              const reconstruction = p(stopGradient(corrupt(at)));
              losses.push(perExample(reconstruction.logProb(data)).mean().neg());
              at = stopGradient(reconstruction.sample());
            }
            // Walks end with probability ½ after each step: the t-th target counts 2^(1−t).
            const loss = losses.reduceRight((later, own) => later.mul(0.5).add(own));
            return { loss, denoising: losses[0]! };
          },
        },
      ],
      sequential: ({ temperature }) => ({
        steps: transitions,
        init: ({ n, given }) => {
          const clamp = clampState(given);
          return { v: clamped(bernoulli(0.5, [n, pixels]), clamp), ...clamp };
        },
        step({ v, ...clamp }) {
          const { logits } = p(corrupt(v!));
          return { ...clamp, v: clamped(bernoulli(sigmoid(div(logits, temperature))), clamp) };
        },
        result: ({ v }) => fromUnits(v!, shape),
      }),
      encode,
      decode,
      reconstruct: (x) => decode(encode(x)),
      features: encode,
    };
  },
});
