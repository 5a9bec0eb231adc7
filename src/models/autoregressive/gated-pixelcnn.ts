/**
 * Gated PixelCNN. van den Oord et al. 2016, "Conditional image generation with PixelCNN decoders", arXiv:1606.05328.
 *
 *   p(x) = Πᵢ p(xᵢ | x₁, …, xᵢ₋₁)                                                    (1)
 *   y = tanh(W_{k,f} ∗ x) ⊙ σ(W_{k,g} ∗ x)                                           (2)
 *   p(x | h) = Πᵢ p(xᵢ | x₁, …, xᵢ₋₁, h)                                             (3)
 *   y = tanh(W_{k,f} ∗ x + V_{k,f}ᵀ h) ⊙ σ(W_{k,g} ∗ x + V_{k,g}ᵀ h)                 (4)
 *
 * Two stacks close the blind spot (figures 1 and 2): a vertical one, whose positions see all rows down to their own, and a
 * horizontal one along the row, which gets the vertical one moved down by a row and has the residual connections. h is the
 * class, one-hot. Without a class, p(x) = 1/K Σ_h p(x | h).
 */
import { z as schema } from "zod";
import { categoricalPixels, mixtureByElement, perExample } from "../../math/index.ts";
import {
  conv2d,
  embedding,
  gatedTanhSigmoid,
  initializers,
  maskedConv2d,
  network,
  perPicture,
  rasterSampler,
  shiftDown,
  withOnes,
} from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import { full, type Tensor } from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const gatedPixelcnn = defineModel({
  name: "gated-pixelcnn",
  title: "Gated PixelCNN",
  family: "autoregressive",
  paper: "arXiv:1606.05328",
  data: ["image"],
  pictures: { largest: 64, channels: [1, 3] },
  options: schema.object({
    width: schema.int().positive().default(24).describe("p, channels of both stacks"),
    layers: schema.int().positive().default(5).describe("gated layers, the first of them with mask A"),
    kernel: schema.int().positive().default(3).describe("n of the n×n and 1×n convolutions; odd"),
    first: schema.int().positive().default(7).describe("n of the first layer; odd"),
    head: schema.int().positive().default(64).describe("channels of the layer before the logits"),
    conditional: schema.boolean().default(true).describe("learn p(x | class) where the data has classes"),
    lr: schema.number().positive().default(1e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 64, epochs: 5, ema: 0.999 },
  presets: {
    tiny: { options: { width: 4, layers: 2, head: 8 }, training: { batch: 16, steps: 20 } },
    paper: { options: { width: 128, layers: 15, head: 1024 }, training: { batch: 16 } },
  },

  build({ layers, kernel, first, head, lr, decay, ...options }, { shape, levels = 256, classes }) {
    const channels = shape[0]!;
    /** Channels are in as many equal blocks as there are colours. */
    const whole = (n: number): number => channels * Math.ceil(n / channels);
    const p = whole(options.width);
    const K = options.conditional ? classes : undefined;
    const masked = (x: Tensor, n: number, kernel: number | [number, number], mask: "A" | "B" = "B"): Tensor =>
      maskedConv2d(x, whole(n), { kernel, mask, colors: channels });
    /** Gates the two halves of each colour's channels, plus V ᵀh. */
    const gate = (x: Tensor, y: Tensor | undefined): Tensor => {
      const init = initializers.normal({ std: 0.05 });
      const a = K !== undefined && y ? x.add(perPicture(embedding(y, K, 2 * p, { init }))) : x;
      const [n, , ...space] = a.shape as [number, number, ...number[]];
      const parts = a.reshape([n, channels, (2 * p) / channels, ...space]);
      return gatedTanhSigmoid(parts, 2).reshape([n, p, ...space]); // (2), (4)
    };

    const logits = network("gated-pixelcnn", (x: Tensor, y?: Tensor) => {
      let [v, h] = [withOnes(x), withOnes(x)];
      for (let k = 0; k < layers; k++) {
        const n = k === 0 ? first : kernel;
        const vertical = maskedConv2d(v, 2 * p, { kernel: n, mask: "rows" });
        const link = conv2d(shiftDown(vertical), 2 * p, { kernel: 1 });
        const horizontal = masked(h, 2 * p, [1, n], k === 0 ? "A" : "B");
        const out = masked(gate(horizontal.add(link), y), p, 1);
        h = k === 0 ? out : h.add(out);
        if (k < layers - 1) v = gate(vertical, y);
      }
      return masked(masked(h.relu(), head, 1).relu(), channels * levels, 1);
    });
    const pixels = (parameters: Tensor, temperature = 1) =>
      categoricalPixels(parameters, { channels, levels, temperature });
    const given = (x: Tensor, y?: Tensor): Tensor => pixels(logits(x, y)).logProb(x); // log of the factors of (3)

    const logProbByElement = (x: Tensor, y?: Tensor): Tensor => {
      if (y || K === undefined) return given(x, y);
      const n = x.shape[0]!;
      const rows = Array.from({ length: K }, (_, k) => {
        return inOrder(given(x, full([n], k, "int32"))).reshape([n, -1]);
      });
      const [, C, H, W] = x.shape as [number, number, number, number];
      return mixtureByElement(rows).reshape([n, H, W, C]).permute([0, 3, 1, 2]);
    };
    /** Colours of a pixel are next to each other in the order of (1). */
    const inOrder = (elements: Tensor): Tensor => elements.permute([0, 2, 3, 1]);
    const logProb = (x: Tensor, y?: Tensor): Tensor => perExample(logProbByElement(x, y));

    return {
      phases: [
        {
          name: "gated-pixelcnn",
          train: logits,
          optimizer: adam({ lr: decay > 0 ? cosineDecay(lr, decay) : lr }),
          loss: ({ x, y }) => perExample(given(x, y)).mean().neg(),
        },
      ],
      conditional: K !== undefined,
      likelihood: "mass",
      logProb,
      logProbByElement,
      sequential: ({ temperature, cached }) =>
        rasterSampler({
          ...{ shape, network: logits, classes: K, cached, colors: channels, wholeRows: true },
          draw: (parameters) => pixels(parameters, temperature).sample(),
        }),
    };
  },
});
