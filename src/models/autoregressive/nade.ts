/**
 * Neural autoregressive distribution estimator. Larochelle & Murray 2011; Uria, Côté, Gregor, Murray & Larochelle 2016, "Neural
 * autoregressive distribution estimation", arXiv:1605.02226.
 *
 *   p(x) = Π_d p(x_{o_d} | x_{o_<d})                                                       (1)
 *   p(x_{o_d} = 1 | x_{o_<d}) = σ(V_{o_d} h_d + b_{o_d}),  h_d = σ(W_{·,o_<d} x_{o_<d} + c)  (2), (3)
 *   a_1 = c,  a_{d+1} = a_d + W_{·,o_d} x_{o_d}: h_d = σ(a_d) in O(H)                        (4), (5)
 *   orderless   J = E_d E_o D/(D − d + 1) Σ_{i ≥ d} −log p(x_{o_i} | x_{o_<d})              section 4
 *               h = σ(W (x ∘ m) + U m + c),  m = 1 for the elements o_<d
 *
 * One orderless network has a conditional for every set of known pixels, so it completes any missing part exactly.
 */
import { z as schema } from "zod";
import { bernoulliDistribution, elementByElement, logOdds, perExample } from "../../math/index.ts";
import { initializers, network, parameter, pixelOrder, pixelOrders } from "../../nn/index.ts";
import { adam } from "../../optim/index.ts";
import {
  assign,
  bernoulli,
  constant,
  gather,
  read,
  sizeOf,
  type Tensor,
  uniform,
  type Variable,
} from "../../tensor/index.ts";
import { defineModel } from "../model.ts";

export const nade = defineModel({
  name: "nade",
  title: "Neural autoregressive distribution estimator",
  family: "autoregressive",
  paper: "arXiv:1605.02226",
  data: ["image"],
  pictures: { levels: 2, largest: 28, channels: [1] },
  options: schema.object({
    hidden: schema.int().positive().default(200).describe("H, hidden units"),
    activation: schema.enum(["relu", "sigmoid"]).default("relu").describe("of the hidden units"),
    orderless: schema.boolean().default(false).describe("train for all orders of the pixels at once"),
    order: schema.enum(pixelOrders).default("raster").describe("in which pixels are made"),
    orderSeed: schema.int().min(0).default(0).describe("which random order"),
    lr: schema.number().positive().default(3e-3).describe("Adam's learning rate"),
  }),
  training: { batch: 100, steps: 3000, ema: 0.998 },
  presets: {
    tiny: { options: { hidden: 8 }, training: { batch: 16, steps: 20 } },
    paper: { options: { hidden: 500 }, training: { epochs: 50 } },
  },

  build({ hidden: H, activation, orderless, order: orderName, orderSeed, lr }, { shape }) {
    const D = sizeOf(shape);
    const order = pixelOrder(orderName, shape, orderSeed);
    const places = constant(Int32Array.from(order), [D]); // o
    const placeOf = constant(
      Int32Array.from(order.keys()).sort((i, j) => order[i]! - order[j]!),
      [D],
    );
    const { zeros, normal } = initializers;
    const small = normal({ std: 1 / Math.sqrt(D) });
    const weights = network("nade", () => ({
      W: parameter("W", [D, H], small), // row j is W_{·,j}
      V: parameter("V", [D, H], normal({ std: 0.1 / Math.sqrt(H) })),
      c: parameter("c", [H], zeros),
      ...(orderless && { U: parameter("U", [D, H], small) }),
    }));
    const b: Variable = { name: "b", shape: [D], dtype: "float32", trainable: true, init: zeros };

    const toBits = (x: Tensor): Tensor => x.reshape([-1, D]).add(1).mul(0.5);
    const units = (a: Tensor): Tensor => (activation === "relu" ? a.relu() : a.sigmoid());

    /** What element `at` of value x adds to a: W_{·,at} x, with U_{·,at} in an orderless network. */
    const added = (x: Tensor, at: Tensor): Tensor => {
      const { W, U } = weights();
      const y = x.mul(gather(W, at));
      return U ? y.add(gather(U, at)) : y;
    };
    /** a from all that is known, m = 1 there: c + W (x ∘ m) + U m. */
    const total = (x: Tensor, m: Tensor): Tensor => {
      const { W, U, c } = weights();
      const y = x.mul(m).matmul(W).add(c);
      return U ? y.add(m.matmul(U)) : y;
    };
    /** log p(x_d | x_{o_<d}) of all pixels, [N, D]: every a_d at once. */
    const logProbs = (x: Tensor): Tensor => {
      const { V, c } = weights();
      const inOrder = (t: Tensor, axis: number): Tensor =>
        orderName === "raster" ? t : gather(t, places, axis);
      const sums = added(inOrder(x, 1).unsqueeze(2), places).cumsum(1, { exclusive: true });
      const h = units(sums.add(c)); // [N, D, H], (3)
      const logits = h
        .mul(inOrder(V, 0))
        .sum(2)
        .add(inOrder(read(b), 0)); // (2)
      const found = bernoulliDistribution(logits).logProb(inOrder(x, 1));
      return orderName === "raster" ? found : gather(found, placeOf, 1);
    };
    /** J, nats: with m ~ Bernoulli(u), u uniform, the number of known elements is uniform too, from 0 to D. */
    const orderlessLoss = (x: Tensor): Tensor => {
      const m = bernoulli(uniform([x.shape[0]!, 1]).expand([x.shape[0]!, D]));
      const logits = units(total(x, m)).matmul(weights().V.transpose()).add(read(b));
      const unknown = m.mul(-1).add(1);
      const nats = bernoulliDistribution(logits).logProb(x).mul(unknown).sum(1).neg();
      return nats.mul(D + 1).div(unknown.sum(1).maximum(1)); // none unknown in one case of D + 1: adds 0
    };

    return {
      phases: [
        {
          name: "nade",
          train: [weights, b],
          optimizer: adam({ lr }),
          loss: ({ x }) =>
            (orderless ? orderlessLoss(toBits(x)) : perExample(logProbs(toBits(x))).neg()).mean(),
        },
      ],
      initialize: ({ x }) => assign(b, logOdds(toBits(x))),
      likelihood: "mass",
      logProb: (x) => perExample(logProbs(toBits(x))),
      logProbByElement: (x) => logProbs(toBits(x)).reshape([-1, ...shape]),
      sequential: ({ temperature, cached }) =>
        elementByElement({
          ...{ shape, order, temperature },
          // An orderless network begins with all that is given; otherwise a pixel is added when its turn comes.
          begin: ({ n, x, known }): { a?: Tensor } => {
            const first = orderless ? total(x, known) : weights().c.expand([n, H]);
            return cached ? { a: first } : {};
          },
          logit({ at, x, known, before }, { a }) {
            const h = units(a ?? total(x, orderless ? known : before));
            return h
              .mul(gather(weights().V, at))
              .sum(1, { keepdims: true })
              .add(gather(read(b), at));
          },
          after({ at, value, given }, { a }) {
            if (!a) return {};
            const change = added(value, at);
            return { a: a.add(orderless ? change.mul(given.mul(-1).add(1)) : change) }; // (4)
          },
        }),
    };
  },
});
