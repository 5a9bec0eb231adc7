/**
 * PixelCNN. van den Oord, Kalchbrenner & Kavukcuoglu 2016, "Pixel recurrent neural networks", arXiv:1601.06759.
 *
 *   p(x) = Πᵢ p(xᵢ | x₁, …, xᵢ₋₁)                                    pixels row by row from the top left   (1)
 *   p(xᵢ | x_<i) = p(R | x_<i) p(G | x_<i, R) p(B | x_<i, R, G)       each a softmax over the levels        (2)
 *   h ↦ h + 1×1(2h) ReLU k×k_B(h) ReLU 1×1(h) ReLU h                  residual block, figure 5 left
 *
 * All conditionals come out of one pass of convolutions that see only what is before them: mask A (not the pixel itself) in the
 * first layer, mask B afterwards (section 3.4). Training is parallel; sampling takes a pass for each pixel, of which the cached
 * sampler computes what is new (Ramachandran et al. 2017, arXiv:1704.06001).
 */
import { z as schema } from "zod";
import { categoricalPixels, perExample } from "../../math/index.ts";
import { maskedConv2d, network, rasterSampler, withOnes } from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import type { Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const pixelcnn = defineModel({
  name: "pixelcnn",
  title: "PixelCNN",
  family: "autoregressive",
  paper: "arXiv:1601.06759",
  data: ["image"],
  pictures: { largest: 64, channels: [1, 3] },
  options: schema.object({
    width: schema.int().positive().default(16).describe("h; the maps between the blocks have 2h channels"),
    blocks: schema.int().positive().default(5).describe("residual blocks"),
    kernel: schema.int().positive().default(3).describe("k, of the blocks; odd"),
    first: schema.int().positive().default(7).describe("size of the first kernel, which mask A is on; odd"),
    head: schema.int().positive().default(64).describe("channels of the two layers before the logits"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 64, epochs: 5, ema: 0.999 },
  presets: {
    tiny: { options: { width: 4, blocks: 1, head: 8 }, training: { batch: 16, steps: 20 } },
    paper: { options: { width: 128, blocks: 15, head: 1024 }, training: { batch: 16 } }, // table 1, CIFAR-10
  },

  build({ width, blocks, kernel, first, head, lr, decay }, { shape, levels = 256 }) {
    const channels = shape[0]!;
    /** Channels are in as many equal blocks as there are colours. */
    const whole = (n: number): number => channels * Math.ceil(n / channels);
    const masked = (x: Tensor, n: number, kernel: number, mask: "A" | "B" = "B"): Tensor =>
      maskedConv2d(x, whole(n), { kernel, mask, colors: channels });

    const logits = network("pixelcnn", (x: Tensor) => {
      let h = masked(withOnes(x), 2 * width, first, "A");
      for (let i = 0; i < blocks; i++) {
        const inner = masked(masked(h.relu(), width, 1).relu(), width, kernel).relu();
        h = h.add(masked(inner, 2 * width, 1));
      }
      for (let i = 0; i < 2; i++) h = masked(h.relu(), head, 1);
      return masked(h.relu(), channels * levels, 1); // [N, C·levels, H, W]
    });
    const pixels = (parameters: Tensor, temperature = 1) =>
      categoricalPixels(parameters, { channels, levels, temperature });
    const logProbByElement = (x: Tensor): Tensor => pixels(logits(x)).logProb(x); // (2)
    const logProb = (x: Tensor): Tensor => perExample(logProbByElement(x)); // log of (1)

    return {
      phases: [
        {
          name: "pixelcnn",
          train: logits,
          optimizer: adam({ lr: decay > 0 ? cosineDecay(lr, decay) : lr }),
          loss: ({ x }) => logProb(x).mean().neg(),
        },
      ],
      likelihood: "mass",
      logProb,
      logProbByElement,
      sequential: ({ temperature, cached }) =>
        rasterSampler({
          ...{ shape, network: logits, cached, colors: channels },
          draw: (parameters) => pixels(parameters, temperature).sample(),
        }),
    };
  },
});
