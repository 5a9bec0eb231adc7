/**
 * Masked autoencoder for distribution estimation. Germain, Gregor, Murray & Larochelle 2015, "MADE: masked autoencoder for
 * distribution estimation", arXiv:1502.03509.
 *
 *   log p(x) = Σ_d x_d log x̂_d + (1 − x_d) log(1 − x̂_d)                                     (2)
 *   h = g(b + (W ∘ M^W) x),  x̂ = σ(c + (V ∘ M^V) h + (A ∘ M^A) x)                           (8), (9), section 4.1
 *   M^W_{k,d} = 1[m(k) ≥ d],  M^V_{d,k} = 1[d > m(k)],  M^A_{d,d'} = 1[d > d']               (12), (13)
 *   m(k) in 1 … D − 1; deeper M^{W_l}_{k',k} = 1[m_l(k') ≥ m_{l−1}(k)]                     (14)
 *   with several masks: one for each minibatch; p(x) = mean over masks of p_m(x)             sections 4.2, 4.3
 */
import { z as schema } from "zod";
import { bernoulliDistribution, elementByElement, logOdds, perExample } from "../../math/index.ts";
import * as nn from "../../nn/index.ts";
import { adam, cosineDecay } from "../../optim/index.ts";
import * as t from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

type Tensor = t.Tensor;

export const made = defineModel({
  name: "made",
  title: "Masked autoencoder for distribution estimation",
  family: "autoregressive",
  paper: "arXiv:1502.03509",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    hidden: schema
      .array(schema.int().positive())
      .min(1)
      .default([500])
      .describe("units of each hidden layer"),
    direct: schema.boolean().default(true).describe("also connect the inputs with the outputs"),
    masks: schema.int().positive().default(1).describe("sets of masks, one drawn for each minibatch"),
    agnostic: schema
      .enum(["connections", "order"])
      .default("connections")
      .describe("what differs between masks: connections of hidden units, or the order of the pixels too"),
    order: schema.enum(nn.pixelOrders).default("raster").describe("in which pixels are made"),
    orderSeed: schema.int().min(0).default(0).describe("which random order"),
    lr: schema.number().positive().default(2e-3).describe("Adam's learning rate"),
    decay: schema.int().min(0).default(0).describe("steps in which it falls to 0 along a cosine; 0: never"),
  }),
  training: { batch: 100, steps: 3000, ema: 0.998 },
  presets: {
    tiny: { options: { hidden: [16] }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: [8000, 8000], masks: 32 }, training: { epochs: 100 } },
  },

  build({ hidden, direct, masks: K, agnostic, order: orderName, orderSeed, lr, decay }, { shape }) {
    const D = t.sizeOf(shape);
    const every = <T>(fn: (k: number) => T): T[] => Array.from({ length: K }, (_, k) => fn(k));
    const ints = (numbers: readonly number[], ...sizes: number[]): Tensor =>
      t.constant(Int32Array.from(numbers), sizes);
    const orders = every((k) =>
      agnostic === "order" && k > 0
        ? nn.pixelOrder("random", shape, orderSeed + k)
        : nn.pixelOrder(orderName, shape, orderSeed),
    );
    const random = (k: number) => (K > 1 ? { random: t.createStream([k, 1]) } : {});
    const degrees = every((k) => nn.layerDegrees({ order: orders[k]!, hidden, ...random(k) })); // m, for each k
    /** The layers with the k-th masks; k may be an int32 scalar of the graph. */
    const layers = nn.network("made", (k: number | Tensor) => {
      const all = (l: number): readonly number[] => degrees.flatMap((m) => m[l]!);
      const table = (l: number): Tensor => ints(all(l), K, degrees[0]![l]!.length);
      const m = typeof k === "number" ? degrees[k]! : degrees[0]!.map((_, l) => t.gather(table(l), k));
      const output = { to: m[0]!, strict: true, bias: false };
      return {
        W: hidden.map((_, l) => nn.maskedWeights({ from: m[l]!, to: m[l + 1]! })), // (12), (14)
        V: nn.maskedWeights({ ...output, from: m.at(-1)! }), // (13)
        ...(direct && { A: nn.maskedWeights({ ...output, from: m[0]!, init: nn.initializers.zeros }) }),
      };
    });
    type Layers = ReturnType<typeof layers>;
    const { zeros } = nn.initializers;
    const c: t.Variable = { name: "c", shape: [D], dtype: "float32", trainable: true, init: zeros };

    const toBits = (x: Tensor): Tensor => x.reshape([-1, D]).add(1).mul(0.5);
    const first = (x: Tensor, { W: [one] }: Layers): Tensor => x.matmul(one!.weight).add(one!.bias!);
    /** The last hidden layer from the sums of the first. */
    const upper = (sums: Tensor, { W }: Layers): Tensor =>
      W.slice(1).reduce((h, { weight, bias }) => h.matmul(weight).add(bias!).relu(), sums.relu());
    const logits = (x: Tensor, l: Layers): Tensor => {
      const y = upper(first(x, l), l).matmul(l.V.weight).add(t.read(c)); // (9)
      return l.A ? y.add(x.matmul(l.A.weight)) : y;
    };
    const logProbs = (x: Tensor, k: number | Tensor): Tensor =>
      bernoulliDistribution(logits(x, layers(k))).logProb(x); // (2)
    const average = (terms: Tensor[]): Tensor =>
      K === 1 ? terms[0]! : t.stack(terms).logsumexp(0).sub(Math.log(K)); // of probabilities
    /** `of` the layers with each example's own masks, k [n]. */
    const own = (k: Tensor | undefined, of: (l: Layers) => Tensor): Tensor => {
      if (K === 1) return of(layers(0));
      const chosen = (j: number): Tensor => t.cast(k!.equal(j), "float32").unsqueeze(1);
      return every((j) => of(layers(j)).mul(chosen(j))).reduce((sum, part) => sum.add(part));
    };

    return {
      phases: [
        {
          name: "made",
          train: [layers, c],
          optimizer: adam({ lr: decay > 0 ? cosineDecay(lr, decay) : lr }),
          loss({ x }) {
            const k = K === 1 ? 0 : t.randint(0, K, []);
            return perExample(logProbs(toBits(x), k))
              .mean()
              .neg();
          },
        },
      ],
      initialize: ({ x }) => t.assign(c, logOdds(toBits(x))),
      likelihood: "mass",
      logProb: (x) => average(every((k) => perExample(logProbs(toBits(x), k)))),
      ...(K === 1 && { logProbByElement: (x: Tensor) => logProbs(toBits(x), 0).reshape([-1, ...shape]) }),
      sequential: ({ temperature, cached }) =>
        elementByElement({
          ...{ shape, temperature },
          order: (i, { k }: { k?: Tensor; sums?: Tensor }) => {
            const one = t.gather(ints(orders.flat(), K, D), i.reshape([1]), 1).reshape([K]);
            return k && agnostic === "order" ? t.gather(one, k) : one.narrow(0, 0, 1);
          },
          begin: ({ n }) => ({
            ...(K > 1 && { k: t.randint(0, K, [n]) }), // each example with masks of its own
            ...(cached && { sums: layers(0).W[0]!.bias!.expand([n, hidden[0]!]) }),
          }),
          logit: ({ x, at, here }, { k, sums }) =>
            own(k, (l) => {
              if (!sums) return logits(x, l).mul(here).sum(1, { keepdims: true });
              const to = (h: Tensor, w: nn.MaskedWeights): Tensor =>
                h.mul(w.column(at).transpose()).sum(1, { keepdims: true });
              const y = to(upper(sums, l), l.V).add(t.gather(t.read(c), at).unsqueeze(1));
              return l.A ? y.add(to(x, l.A)) : y;
            }),
          after: ({ at, value }, { sums, ...kept }) =>
            sums ? { ...kept, sums: sums.add(value.mul(own(kept.k, (l) => l.W[0]!.row(at)))) } : kept,
        }),
    };
  },
});
