/**
 * PixelRNN. van den Oord, Kalchbrenner & Kavukcuoglu 2016, "Pixel recurrent neural networks", arXiv:1601.06759.
 *
 *   p(x) = Πᵢ p(xᵢ | x₁, …, xᵢ₋₁)                          pixels row by row from the top left             (1)
 *   [oᵢ, fᵢ, iᵢ, gᵢ] = σ, tanh (K_ss ⊛ hᵢ₋₁ + K_is ⊛ xᵢ)     K_is masked: no pixel sees what comes after it   (3)
 *   cᵢ = fᵢ ⊙ cᵢ₋₁ + iᵢ ⊙ gᵢ,  hᵢ = oᵢ ⊙ tanh(cᵢ)
 *   h ↦ h + 1×1(2h) LSTM(h)                                residual connection, figure 5 right
 *
 * Row LSTM (3.1): i counts rows, K_ss is 1×3: a pixel sees a triangle above it. Diagonal BiLSTM (3.2): i counts diagonals of
 * the skewed picture, K_ss is 2×1, in both directions: it sees all pixels before it. Binary pictures, as in table 4.
 * Sampling takes a pass for each pixel; the cached sampler computes only the pixel's row, given the states above it.
 */
import { z as schema } from "zod";
import { bernoulliDistribution, perExample } from "../../math/index.ts";
import {
  network,
  type PixelRnnInputs,
  pixelRnn,
  pixelRnnEdge,
  pixelRnnRow,
  type RowState,
} from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import { arange, bernoulli, type Tensor, where, zeros } from "../../tensor/index.ts";
import { defineModel, type SequentialOptions, type SequentialSampler } from "../model.ts";

export const pixelrnn = defineModel({
  name: "pixelrnn",
  title: "PixelRNN",
  family: "autoregressive",
  paper: "arXiv:1601.06759",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    cell: schema
      .enum(["row-lstm", "diagonal-bilstm"])
      .default("diagonal-bilstm")
      .describe("row-lstm is faster and sees a triangle above a pixel, diagonal-bilstm sees all before it"),
    hidden: schema
      .int()
      .positive()
      .default(16)
      .describe("h, units of a cell; 2h channels between the layers"),
    layers: schema.int().positive().default(2).describe("recurrent layers"),
    kernel: schema.int().positive().default(7).describe("size of the first convolution, odd"),
    head: schema.int().positive().default(32).describe("channels of the two layers before the logits"),
    lr: schema.number().positive().default(2e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 64, epochs: 2, ema: 0.99 },
  presets: {
    tiny: {
      options: { cell: "row-lstm", hidden: 4, layers: 1, kernel: 3, head: 8 },
      training: { batch: 16, steps: 20 },
    },
    paper: { options: { layers: 7 }, training: { batch: 16 } }, // section 5.3: MNIST, 7 layers, h = 16
  },

  build({ lr, decay, ...options }, { shape }) {
    const [, height, width] = shape as [number, number, number];
    const place = arange(0, height * width, 1, "int32").reshape([1, ...shape]);
    const rnn = network("rnn", (x: Tensor, inputs?: PixelRnnInputs) => pixelRnn(x, options, inputs)); // (3)

    const logProbByElement = (x: Tensor): Tensor =>
      bernoulliDistribution(rnn(x).logits).logProb(x.add(1).mul(0.5));
    const logProb = (x: Tensor): Tensor => perExample(logProbByElement(x)); // log of (1)

    const rowOf = (states: RowState, i: Tensor) =>
      pixelRnnRow(rnn, states["x"]!, { row: i.div(width), kernel: options.kernel, states, name: "above/" });
    const sequential = ({ temperature, cached }: SequentialOptions): SequentialSampler => ({
      steps: height * width,
      init({ n, given }) {
        const mask = given?.mask ?? zeros([n, ...shape]);
        const above = cached && pixelRnnEdge(options, { n, width, name: "above/" });
        return { x: given ? given.x.mul(mask) : mask, mask, ...above };
      },
      step(state, i) {
        const { x, mask } = state as { x: Tensor; mask: Tensor };
        const { logits } = cached ? rowOf(state, i) : rnn(x); // of the row, or of all
        const p = logits.div(temperature).sigmoid();
        const drawn = bernoulli(p, [x.shape[0]!, 1, 1, 1]).mul(2).sub(1); // xᵢ of (1)
        const here = place.equal(i).logicalAnd(mask.less(0.5));
        return { ...state, x: where(here, drawn, x) };
      },
      ...(cached && {
        between: { every: width, step: (state, i) => ({ ...state, ...rowOf(state, i.sub(1)).states }) },
      }),
      result: (state) => state["x"]!,
    });

    return {
      phases: [
        {
          name: "pixelrnn",
          train: rnn,
          optimizer: adam({ lr: decay > 0 ? cosineDecay(lr, decay) : lr }),
          loss: ({ x }) => logProb(x).mean().neg(),
        },
      ],
      likelihood: "mass",
      logProb,
      logProbByElement,
      sequential,
    };
  },
});
