/**
 * Multi-scale PixelRNN. van den Oord, Kalchbrenner & Kavukcuoglu 2016, "Pixel recurrent neural networks", section 3.6,
 * arXiv:1601.06759; groups of pixels in parallel: Reed et al. 2017, arXiv:1703.03664.
 *
 *   p(x) = p(x_s) p(x | x_s),   x_s every second pixel of every second row                     n×n and s×s, s = n/2
 *   p(x_s) = Πᵢ p(x_s,ᵢ | x_s,<i)                     an unconditional PixelRNN
 *   p(x | x_s) = Π p(xᵢ | x_<i, x_s) over i not in s   a PixelRNN on n×n; deconvolutions of x_s are added to the
 *                                                     input-to-state map of every layer
 *   parallel:  p(x | x_s) = Π_g p(x_g | x_<g, x_s),  p(x_g | ·) = Π_{i ∈ g} p(xᵢ | ·)            3 groups, convolutions
 *
 * The pixels of x_s are part of x: the second factor does not count them again, so that log p(x) is exact. x_s is picked, not
 * averaged: averages of pixels are no pixels.
 */
import { z as schema } from "zod";
import { bernoulliDistribution, perExample } from "../../math/index.ts";
import {
  chooseRowState,
  conv2d,
  convTranspose2d,
  network,
  type PixelRnnInputs,
  pixelRnn,
  pixelRnnEdge,
  pixelRnnRow,
  type RowState,
  residualBlock,
  twoScaleOrder,
} from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import { bernoulli, concat, constant, gather, slice, type Tensor, where, zeros } from "../../tensor/index.ts";
import { defineModel, type SequentialOptions, type SequentialSampler } from "../model.ts";

export const multiscalePixelrnn = defineModel({
  name: "multiscale-pixelrnn",
  title: "Multi-scale PixelRNN",
  family: "autoregressive",
  paper: "arXiv:1601.06759",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1], multipleOf: 2 },
  options: schema.object({
    cell: schema.enum(["row-lstm", "diagonal-bilstm"]).default("diagonal-bilstm").describe("as of pixelrnn"),
    hidden: schema.int().positive().default(12).describe("h, units of a cell, in both networks"),
    layers: schema.int().positive().default(1).describe("recurrent layers of each network"),
    kernel: schema.int().positive().default(5).describe("size of the first convolutions, odd"),
    head: schema.int().positive().default(32).describe("channels of the two layers before the logits"),
    rest: schema.enum(["pixelrnn", "parallel"]).default("pixelrnn").describe("one by one, or in 3 groups"),
    lr: schema.number().positive().default(4e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 64, epochs: 2, ema: 0.99 },
  presets: {
    tiny: {
      options: { cell: "row-lstm", hidden: 4, kernel: 3, head: 8 },
      training: { batch: 16, steps: 20 },
    },
  },

  build({ rest: way, lr, decay, ...options }, { shape }) {
    const n = shape[1]!;
    const s = n / 2;
    const parallel = way === "parallel";
    const { turns, places } = twoScaleOrder(n, parallel);
    const turn = constant(turns, [1, 1, n, n]);
    const channels = 2 * options.hidden;
    const same = { kernel: 3, padding: 1 };

    const rnn = (x: Tensor, inputs?: PixelRnnInputs) => pixelRnn(x, options, inputs);
    const [small, large] = [network("small", rnn), network("large", rnn)];
    const enlarge = network("enlarge", (xs: Tensor) => {
      const [c, up] = [options.hidden, { kernel: 4, stride: 2, padding: 1 }]; // c×n×n in the paper
      return convTranspose2d(conv2d(conv2d(xs, c, same).relu(), c, same).relu(), c, up).relu();
    });
    const group = network("group", (x: Tensor) => {
      const h = residualBlock(conv2d(x, channels, same), channels, { norm: null, order: "pre" });
      return conv2d(residualBlock(h, channels, { norm: null, order: "pre" }), 1, { kernel: 1 });
    });
    /** Logits of the group that is drawn in step i, from the pixels before and a mask of them. */
    const groupAt = (x: Tensor, i: number | Tensor): Tensor => {
      const known = turn.less(i).cast("float32");
      return group(concat([x.mul(known), known.expand(x.shape)], 1));
    };
    const pick = (x: Tensor): Tensor => slice(x, [null, null, [0, null, 2], [0, null, 2]]); // x_s

    /** Logits of p(x | x_s); those of the pixels in x_s mean nothing. */
    const rest = (x: Tensor): Tensor => {
      if (!parallel) return large(x, { condition: enlarge(pick(x)) }).logits;
      const groups = [0, 1, 2].map((g) => groupAt(x, s * s + g));
      return groups.reduce((logits, own, g) => where(turn.equal(s * s + g), own, logits));
    };
    /** Logits of both factors in one map: of s×s or 1×s pixels, and of the others. */
    const join = (coarse: Tensor, fine: Tensor): Tensor => {
      const wide = coarse.repeat(2, 3);
      return where(turn.less(s * s), coarse.shape[2] === s ? wide.repeat(2, 2) : wide, fine);
    };
    const logits = (x: Tensor): Tensor => join(small(pick(x)).logits, rest(x));
    const logProbByElement = (x: Tensor): Tensor =>
      bernoulliDistribution(logits(x)).logProb(x.add(1).mul(0.5));
    const logProb = (x: Tensor): Tensor => perExample(logProbByElement(x)); // log p(x_s) + log p(x | x_s)

    /** Both networks' rows in which the pixels of step i are: their logits in one map, and the states they leave below. */
    const rowsOf = (states: RowState, i: Tensor) => {
      const [x, { kernel }] = [states["x"]!, options];
      const at = { row: i.minimum(s * s - 1).div(s), kernel, states, name: "small/" };
      const coarse = pixelRnnRow(small, pick(x), at);
      const row = gather(constant(places), i).div(n);
      const fine = parallel
        ? { logits: groupAt(x, i.maximum(s * s)), states: {} }
        : pixelRnnRow(large, x, { ...at, row, name: "large/", condition: enlarge(pick(x)) });
      return { logits: join(coarse.logits, fine.logits), row, coarse, fine };
    };
    /** Rows of x_s have s pixels, and so have those of the others or twice as many. */
    const nextRows = (state: RowState, i: Tensor): RowState => {
      const { row, coarse, fine } = rowsOf(state, i.sub(1));
      const ends = i.greater(s * s).logicalAnd(gather(constant(places), i).div(n).greater(row));
      return { ...state, ...coarse.states, ...chooseRowState(ends, fine.states, state) };
    };
    const sequential = ({ temperature, cached }: SequentialOptions): SequentialSampler => ({
      steps: places.length,
      init({ n: count, given }) {
        const mask = given?.mask ?? zeros([count, ...shape]);
        const above = pixelRnnEdge(options, { n: count, width: s, name: "small/" });
        const states = { ...above, ...pixelRnnEdge(options, { n: count, width: n, name: "large/" }) };
        return { x: given ? given.x.mul(mask) : mask, mask, ...(cached && states) };
      },
      step(state, i) {
        const { x, mask } = state as { x: Tensor; mask: Tensor };
        const p = (cached ? rowsOf(state, i).logits : logits(x)).div(temperature).sigmoid();
        const drawn = bernoulli(p, parallel ? x.shape : [x.shape[0]!, 1, 1, 1]).mul(2);
        return { ...state, x: where(turn.equal(i).logicalAnd(mask.less(0.5)), drawn.sub(1), x) };
      },
      ...(cached && { between: { every: s, step: nextRows } }),
      result: (state) => state["x"]!,
    });

    return {
      phases: [
        {
          name: "multiscale-pixelrnn",
          train: parallel ? [small, group] : [small, large, enlarge],
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
