/**
 * PixelCNN++. Salimans, Karpathy, Chen & Kingma 2017, "Improving the PixelCNN with discretized logistic mixture likelihood and
 * other modifications", arXiv:1701.05517.
 *
 *   ν ~ Σᵢ πᵢ logistic(μᵢ, sᵢ)                                                             (1)
 *   P(x | π, μ, s) = Σᵢ πᵢ [σ((x + ½ − μᵢ)/sᵢ) − σ((x − ½ − μᵢ)/sᵢ)]                        (2)
 *   μ_g = μ_g + α r,  μ_b = μ_b + β r + γ g                                                 (3)
 *   section 2.3: blocks at several sizes, by convolutions of stride 2 and back up
 *   section 2.4: short-cuts from block i to block K − i, of the same size
 *   section 2.5: dropout in each block
 *   block: x + a ⊙ σ(b),  [a, b] = conv(dropout(concat_elu(conv(concat_elu(x)) + 1×1 concat_elu(from elsewhere))))
 *
 * All layers have weight normalisation, initialised from data (Salimans & Kingma 2016, arXiv:1602.07868); samples come from
 * averaged weights. v sees all rows down to its own, h along the row, to which v comes moved down by a row.
 */
import { z as schema } from "zod";
import {
  categoricalPixels,
  discretizedLogisticMixture,
  logisticMixtureParameters,
  logisticMixtureWidth,
  perExample,
} from "../../math/index.ts";
import {
  concatElu,
  conv2d,
  dropout,
  glu,
  maskedConv2d,
  network,
  rasterSampler,
  shiftDown,
  shuffleUp,
  weightNorm,
  withOnes,
} from "../../nn/index.ts";
import { adam, exponentialDecay } from "../../optim/index.ts";
import { concat, elu, type Tensor, UserError } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

type Stacks = { readonly v: Tensor; readonly h: Tensor };

export const pixelcnnpp = defineModel({
  name: "pixelcnnpp",
  title: "PixelCNN++",
  family: "autoregressive",
  paper: "arXiv:1701.05517",
  data: ["image"],
  pictures: { largest: 32, channels: [1, 3] },
  options: schema.object({
    likelihood: schema
      .enum(["logistic-mixture", "softmax"])
      .default("logistic-mixture")
      .describe("of a pixel; softmax over the levels for comparison, of one channel"),
    components: schema.int().positive().default(5).describe("of the mixture"),
    width: schema.int().positive().default(24).describe("channels"),
    blocks: schema.int().positive().default(1).describe("at each size, on the way down and up again"),
    halvings: schema.int().min(0).default(2).describe("of the size, as far as the side is even"),
    shortcuts: schema.boolean().default(true).describe("from the way down to the way up"),
    dropout: schema.number().min(0).lt(1).default(0.5).describe("share of a block's features dropped"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    gamma: schema.number().positive().max(1).default(0.99999).describe("by which it falls at each step"),
  }),
  training: { batch: 64, epochs: 5, ema: 0.9995 },
  presets: {
    tiny: { options: { width: 4, components: 2, halvings: 1 }, training: { batch: 16, steps: 20 } },
    paper: { options: { width: 160, components: 10, blocks: 5 }, training: { batch: 16 } }, // ema 0.9995
  },

  build({ components, width: F, blocks, shortcuts, lr, gamma, ...options }, { shape, levels = 256 }) {
    const [channels, height, side] = shape as [number, number, number];
    const softmax = options.likelihood === "softmax";
    if (softmax && channels > 1)
      throw new UserError("pixelcnnpp: the softmax is for pictures of one channel; use logistic-mixture.");
    const sizes = Array.from({ length: options.halvings + 1 }, (_, s) => 2 ** s).filter(
      (scale) => height % scale === 0 && side % scale === 0,
    );
    const outputs = softmax ? levels : logisticMixtureWidth(channels, components);

    /** The network of a first minibatch assigns its weights' lengths and biases from what it sees. */
    const parameters = network("pixelcnnpp", (x: Tensor, { initialize = false } = {}) => {
      const layer = (scale = 1) => ({ weights: weightNorm, ...(initialize && { standardize: scale }) });
      const conv = (x: Tensor, n: number, mask: "rows" | "A" | "B", stride = 1, scale = 1): Tensor =>
        maskedConv2d(x, n, { kernel: 3, mask, stride, ...layer(scale) });
      const block = (x: Tensor, mask: "rows" | "B", elsewhere: readonly Tensor[]): Tensor => {
        let c = conv(concatElu(x), F, mask);
        if (elsewhere.length > 0)
          c = c.add(conv2d(concatElu(concat(elsewhere, 1)), F, { kernel: 1, ...layer() }));
        return x.add(glu(conv(dropout(concatElu(c), options.dropout), 2 * F, mask, 1, 0.1)));
      };
      const both = ({ v, h }: Stacks, from?: Stacks): Stacks => {
        const next = block(v, "rows", from ? [from.v] : []);
        return { v: next, h: block(h, "B", [shiftDown(next), ...(from ? [from.h] : [])]) };
      };
      const up = (x: Tensor): Tensor => shuffleUp(conv2d(x, 4 * F, { kernel: 1, ...layer() }));

      const ones = withOnes(x);
      const row = maskedConv2d(ones, F, { kernel: [1, 3], mask: "rows", ...layer() });
      let s: Stacks = { v: conv(ones, F, "rows"), h: conv(ones, F, "A").add(shiftDown(row)) };
      const met: Stacks[] = [];
      for (const scale of sizes) {
        if (scale > 1) s = { v: conv(s.v, F, "rows", 2), h: conv(s.h, F, "B", 2) };
        for (let i = 0; i < blocks; i++) {
          s = both(s);
          met.push(s);
        }
      }
      for (const scale of [...sizes].reverse()) {
        for (let i = 0; i < blocks; i++) {
          const from = met.pop();
          s = both(s, shortcuts ? from : undefined);
        }
        if (scale > 1) s = { v: up(s.v), h: up(s.h) };
      }
      return conv2d(elu(s.h), outputs, { kernel: 1, ...layer() });
    });

    const pixels = (y: Tensor, temperature = 1) => {
      if (softmax) return categoricalPixels(y, { channels, levels, temperature });
      const { logits, logScales, ...rest } = logisticMixtureParameters(y, channels, components);
      const t = Math.max(temperature, 1e-3);
      const own = { ...rest, logits: logits.div(t), logScales: logScales.add(Math.log(t)) };
      return discretizedLogisticMixture(own, { levels });
    };
    const logProbByPixel = (x: Tensor): Tensor => pixels(parameters(x)).logProb(x); // (2), (3)
    const logProb = (x: Tensor): Tensor => perExample(logProbByPixel(x));

    return {
      phases: [
        {
          name: "pixelcnnpp",
          train: parameters,
          optimizer: adam({ lr: exponentialDecay(lr, gamma) }),
          loss: ({ x }) => logProb(x).mean().neg(),
        },
      ],
      initialize: ({ x }) => void parameters(x, { initialize: true }),
      likelihood: "mass",
      logProb,
      ...(channels === 1 && { logProbByElement: (x: Tensor) => logProbByPixel(x).reshape(x.shape) }),
      sequential: ({ temperature, cached }) =>
        rasterSampler({
          ...{ shape, network: (x: Tensor) => parameters(x), cached, wholeRows: true },
          draw: (y) => pixels(y, temperature).sample(),
        }),
    };
  },
});
