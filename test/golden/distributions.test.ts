import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import {
  adversarialObjectives,
  bce,
  bernoulliDistribution,
  categoricalDistribution,
  crossEntropy,
  type Distribution,
  discretizedLogisticMixture,
  discriminatorLoss,
  gaussianKernel,
  generatorLoss,
  gradientPenalty,
  gumbelSoftmax,
  hinge,
  huber,
  jeffreys,
  jensenShannon,
  klDiscrete,
  klDivergence,
  l1,
  laplaceDistribution,
  laplacianKernel,
  logDeterminantOfTriangular,
  logisticDistribution,
  mixtureOfGaussians,
  mmd,
  mse,
  neymanChi2,
  normalDistribution,
  pearsonChi2,
  polynomialKernel,
  r1Penalty,
  r2Penalty,
  rationalQuadraticKernel,
  renyi,
  reverseKl,
  smoothL1,
  squaredHellinger,
  standardNormal,
  totalVariation,
  uniformDistribution,
} from "../../src/math/index.ts";
import { compile, createRuntime, type Value } from "../../src/runtime/index.ts";
import {
  add,
  constant,
  grad,
  matmul,
  mean,
  mul,
  reshape,
  sum,
  type Tensor,
  tanh,
} from "../../src/tensor/index.ts";

type Array_ = { shape: number[]; data: number[]; dtype?: string };
type Case = {
  name: string;
  inputs: Record<string, Array_>;
  outputs: Record<string, Array_>;
  grads: Record<string, number[]>;
};

// PyTorch and the papers' formulas in float64 (distributions.py).
const { cases } = JSON.parse(readFileSync(new URL("data/distributions.json", import.meta.url), "utf8")) as {
  cases: Case[];
};

type Inputs = Record<string, Tensor>;
type Outputs = Record<string, Tensor>;

function described(p: Distribution, x: Tensor): Outputs {
  const { mean, variance } = p;
  const entropy = p.entropy?.();
  return {
    logProb: p.logProb(x),
    ...(entropy && { entropy }),
    ...(mean && { mean }),
    ...(variance && { variance }),
  };
}

const kl = (p: Distribution, q: Distribution): Outputs => ({ kl: klDivergence(p, q) });
const pixels = (i: Inputs, levels?: number): Outputs => {
  const p = discretizedLogisticMixture(
    { logits: i.logits!, means: i.means!, logScales: i.logScales!, coefficients: i.coefficients },
    levels ? { levels } : {},
  );
  return { logProb: p.logProb(i.x!) };
};
const mixture = (i: Inputs): Outputs =>
  described(mixtureOfGaussians({ logits: i.logits!, mean: i.mean!, std: i.std! }), i.x!);

const formulas: Record<string, (i: Inputs) => Outputs> = {
  "normal by std": (i) => described(normalDistribution({ mean: i.mean!, std: i.std! }), i.x!),
  "normal by logVariance, broadcast": (i) =>
    described(normalDistribution({ mean: i.mean!, logVariance: i.logVariance! }), i.x!),
  "normal by logStd, scalar mean": (i) =>
    described(normalDistribution({ mean: 0.5, logStd: i.logStd! }), i.x!),
  "standard normal": (i) => described(standardNormal([3, 4]), i.x!),
  bernoulli: (i) => described(bernoulliDistribution(i.logits!), i.x!),
  categorical: (i) => described(categoricalDistribution(i.logits!), i.labels!),
  "categorical, many draws": (i) => described(categoricalDistribution(i.logits!), i.labels!),
  uniform: (i) => described(uniformDistribution({ low: i.low!, high: i.high! }), i.x!),
  laplace: (i) => described(laplaceDistribution({ mean: i.mean!, scale: i.scale! }), i.x!),
  logistic: (i) => {
    const p = logisticDistribution({ mean: i.mean!, logScale: i.logScale! });
    return { ...described(p, i.x!), cdf: p.cdf(i.x!) };
  },
  "mixture of gaussians": mixture,
  "mixture of gaussians, shared parameters": mixture,
  "gumbel-softmax": (i) => described(gumbelSoftmax(i.logits!, { temperature: i.temperature! }), i.x!),
  "discretized logistic mixture, grey": (i) => pixels(i),
  "discretized logistic mixture, colour, coupled": (i) => pixels(i),
  "discretized logistic mixture, 4 levels": (i) => pixels(i, 4),
  "discretized logistic mixture, narrow": (i) => pixels(i),
  "discretized logistic mixture, wide": (i) => pixels(i),
  "kl normal normal": (i) =>
    kl(normalDistribution({ mean: i.m!, std: i.s! }), normalDistribution({ mean: i.mq!, std: i.sq! })),
  "kl normal standard": (i) =>
    kl(normalDistribution({ mean: i.m!, logVariance: i.logVariance! }), standardNormal([3, 4])),
  "kl bernoulli": (i) => kl(bernoulliDistribution(i.p!), bernoulliDistribution(i.q!)),
  "kl categorical": (i) => kl(categoricalDistribution(i.p!), categoricalDistribution(i.q!)),
  "kl uniform": (i) =>
    kl(uniformDistribution({ low: i.a!, high: i.b! }), uniformDistribution({ low: i.c!, high: i.d! })),
  "kl laplace": (i) =>
    kl(laplaceDistribution({ mean: i.m!, scale: i.b! }), laplaceDistribution({ mean: i.mq!, scale: i.bq! })),
  "kl uniform normal": (i) =>
    kl(uniformDistribution({ low: i.a!, high: i.b! }), normalDistribution({ mean: i.m!, std: i.s! })),
  bce: ({ x, t }) => ({
    mean: bce(x!, t!),
    sum: bce(x!, t!, { reduction: "sum" }),
    none: bce(x!, t!, { reduction: "none" }),
    batchMean: bce(x!, t!, { reduction: "batchMean" }),
  }),
  "bce, constant labels": ({ x }) => ({ one: bce(x!, 1), zero: bce(x!, 0), soft: bce(x!, 0.9) }),
  "cross entropy": ({ x, labels }) => ({
    mean: crossEntropy(x!, labels!),
    sum: crossEntropy(x!, labels!, { reduction: "sum" }),
    none: crossEntropy(x!, labels!, { reduction: "none" }),
    smoothed: crossEntropy(x!, labels!, { labelSmoothing: 0.1 }),
  }),
  "cross entropy, pictures": ({ x, labels }) => ({ none: crossEntropy(x!, labels!, { reduction: "none" }) }),
  "cross entropy, probabilities": ({ x, t }) => ({
    mean: crossEntropy(x!, t!),
    smoothed: crossEntropy(x!, t!, { labelSmoothing: 0.2 }),
  }),
  regression: ({ x, t }) => ({
    mse: mse(x!, t!),
    l1: l1(x!, t!),
    huber: huber(x!, t!, { delta: 0.5 }),
    huber1: huber(x!, t!),
    smoothL1: smoothL1(x!, t!, { beta: 0.5 }),
    hinge: add(hinge(x!, 1), hinge(x!, -1)),
  }),
  games: ({ real, fake }) =>
    Object.fromEntries(
      adversarialObjectives.flatMap((name) => [
        [`D ${name}`, discriminatorLoss(real!, fake!, name)],
        [`G ${name}`, generatorLoss(fake!, name)],
      ]),
    ),
  "gradient penalties": ({ x, fake, w, v }) => {
    const critic = (y: Tensor): Tensor => matmul(tanh(matmul(y, w!)), v!);
    return {
      gp: gradientPenalty(critic, x!, x!),
      oneSided: gradientPenalty(critic, x!, x!, { target: 0.8, oneSided: true }),
      r1: r1Penalty(critic, x!),
      r2: r2Penalty(critic, fake!),
    };
  },
  "discrete divergences": ({ p, q }) => ({
    kl: klDiscrete(p!, q!),
    reverseKl: reverseKl(p!, q!),
    jensenShannon: jensenShannon(p!, q!),
    jeffreys: jeffreys(p!, q!),
    pearson: pearsonChi2(p!, q!),
    neyman: neymanChi2(p!, q!),
    totalVariation: totalVariation(p!, q!),
    squaredHellinger: squaredHellinger(p!, q!),
    renyi: renyi(p!, q!, 0.7),
  }),
  mmd: ({ x, y }) => ({
    gaussian: mmd(x!, y!, { kernel: gaussianKernel(0.5, 2) }),
    biased: mmd(x!, y!, { kernel: gaussianKernel(0.5, 2), unbiased: false }),
    rationalQuadratic: mmd(x!, y!, { kernel: rationalQuadraticKernel(0.2, 1) }),
    polynomial: mmd(x!, y!, { kernel: polynomialKernel() }),
    laplacian: mean(laplacianKernel(1.5)(x!, y!)),
  }),
  "log determinant": ({ a }) => ({ logDet: logDeterminantOfTriangular(a!) }),
};

/** ‖x − y‖/‖y‖, or ‖x‖ where y is zero. */
function distance(x: Value, y: readonly number[]): number {
  const gap = Math.hypot(...y.map((v, i) => Number(x.data[i]) - v));
  return gap / (Math.hypot(...y) || 1);
}

function toValue({ shape, data, dtype }: Array_): Value {
  const numbers = dtype === "int64" ? BigInt64Array.from(data, BigInt) : Float32Array.from(data);
  return { shape, data: numbers };
}

/** Σ_o Σ_i o_i sin(i + 1), as in distributions.py. */
function weighted(outputs: readonly Tensor[]): Tensor {
  return outputs
    .map((o) =>
      sum(mul(reshape(o, [o.size]), constant(Array.from({ length: o.size }, (_, i) => Math.sin(i + 1))))),
    )
    .reduce((a, b) => add(a, b));
}

describe("distributions, losses and divergences against float64", () => {
  const runtime = createRuntime({ device: "cpu" });
  afterAll(() => runtime.dispose());

  it("has golden numbers for every formula", () => {
    expect(Object.keys(formulas)).toEqual(cases.map((c) => c.name));
  });

  it.each(cases)("$name", async ({ name, inputs, outputs, grads }) => {
    const wrt = Object.keys(grads);
    const f = compile(
      (given: Inputs) => {
        const all = formulas[name]!(given);
        // Only what the reference lists: a mean that is a parameter has nothing to compare.
        const results = Object.fromEntries(Object.keys(outputs).map((key) => [key, all[key]!]));
        const total = weighted(Object.values(results));
        const slopes = grad(
          total,
          wrt.map((key) => given[key]!),
          { unused: "zero" },
        );
        return { results, slopes };
      },
      { runtime },
    );
    const values = Object.fromEntries(Object.entries(inputs).map(([key, array]) => [key, toValue(array)]));
    const { results, slopes } = await f(values);
    for (const [key, expected] of Object.entries(outputs)) {
      expect(results[key]!.shape, `shape of ${key}`).toEqual(expected.shape);
      expect(distance(results[key]!, expected.data), key).toBeLessThan(1e-5);
    }
    wrt.forEach((key, i) => {
      expect(distance(slopes[i]!, grads[key]!), `gradient in ${key}`).toBeLessThan(1e-5);
    });
  });
});
