import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../../runtime/index.ts";
import { constant, grad, mean, square, sub, sum, type Tensor, zeros } from "../../tensor/index.ts";
import { bernoulliDistribution } from "./bernoulli.ts";
import { categoricalDistribution } from "./categorical.ts";
import type { Distribution } from "./distribution.ts";
import { gumbelSoftmax } from "./gumbel-softmax.ts";
import { laplaceDistribution } from "./laplace.ts";
import { logisticDistribution } from "./logistic.ts";
import { mixtureOfGaussians } from "./mixture-of-gaussians.ts";
import { type NormalParameters, normalDistribution, standardNormal } from "./normal.ts";
import { uniformDistribution } from "./uniform.ts";

const runtime = createRuntime({ device: "cpu", seed: 5 });
afterAll(() => runtime.dispose());

const N = 20_000;
/** Distributions with their kurtosis E[(x − μ)⁴]/σ⁴, which gives the standard error of a variance. */
const families: Record<string, [() => Distribution, kurtosis: number]> = {
  normal: [() => normalDistribution({ mean: constant([1, -2]), std: constant([0.5, 2]) }), 3],
  standardNormal: [() => standardNormal([2]), 3],
  bernoulli: [() => bernoulliDistribution(constant([-1.5, 1.5])), 3.71],
  uniform: [() => uniformDistribution({ low: constant([-1, 2]), high: 3 }), 1.8],
  laplace: [() => laplaceDistribution({ mean: constant([1, -2]), scale: 0.5 }), 6],
  logistic: [() => logisticDistribution({ mean: constant([1, -2]), logScale: constant([-1, 0]) }), 4.2],
  mixtureOfGaussians: [
    () =>
      mixtureOfGaussians({
        logits: constant([0, 1, -1]),
        mean: constant([-2, 0, 0, 1, 2, 2], [3, 2]),
        logVariance: constant([0, 0, -1, -1, -2, -2], [3, 2]),
      }),
    4,
  ],
};

describe("samples have the mean and the variance of their distribution", () => {
  it.each(Object.entries(families))("%s", async (_, [make, kurtosis]) => {
    const f = compile(
      () => {
        const p = make();
        const x = p.sample([N]);
        return {
          x,
          mean: p.mean!,
          variance: p.variance!,
          found: mean(x, 0),
          spread: mean(square(sub(x, mean(x, 0))), 0),
        };
      },
      { runtime },
    );
    const got = await f();
    expect(got.x.shape).toEqual([N, 2]);
    for (const i of [0, 1]) {
      const variance = Number(got.variance.data[i]);
      const meanError = Math.abs(Number(got.found.data[i]) - Number(got.mean.data[i]));
      expect(meanError).toBeLessThan(4 * Math.sqrt(variance / N));
      const spreadError = Math.abs(Number(got.spread.data[i]) - variance);
      expect(spreadError).toBeLessThan(4 * variance * Math.sqrt((kurtosis - 1) / N));
    }
  });

  it("categorical: frequencies", async () => {
    const f = compile(
      () => {
        const p = categoricalDistribution(constant([0, 1, 2]));
        return { labels: p.sample([N]), p: p.probabilities };
      },
      { runtime },
    );
    const { labels, p } = await f();
    const counts = [0, 0, 0];
    for (const k of labels.data) counts[Number(k)]!++;
    counts.forEach((count, k) => {
      const share = Number(p.data[k]);
      expect(Math.abs(count / N - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / N));
    });
  });
});

describe("a mixture whose components are shared by a batch of weights", () => {
  it("draws each example by itself", async () => {
    const f = compile(
      () => {
        const p = mixtureOfGaussians({ logits: zeros([500, 2]), mean: zeros([2, 1]), std: 1 });
        expect(p.shape).toEqual([500, 1]);
        return p.sample();
      },
      { runtime },
    );
    const { data, shape } = await f();
    expect(shape).toEqual([500, 1]);
    expect(new Set<number | bigint>(data).size).toBe(500);
  });
});

describe("gradients of samples", () => {
  it("go through rsample and not through sample", () => {
    const [m, s] = [constant([0, 1]), constant([1, 2])];
    const f = compile(
      () => {
        const p = normalDistribution({ mean: m, std: s });
        const drawn = p.rsample();
        const [byMean, byStd] = grad(sum(drawn), [m, s]);
        const [none] = grad(sum(p.sample()), [m], { unused: "zero" });
        return { byMean: byMean!, epsilon: sub(drawn, m).div(s), byStd: byStd!, none: none! };
      },
      { runtime },
    );
    return f().then(({ byMean, byStd, epsilon, none }) => {
      expect([...byMean.data]).toEqual([1, 1]);
      expect([...none.data]).toEqual([0, 0]);
      [0, 1].forEach((i) => {
        expect(byStd.data[i]).toBeCloseTo(Number(epsilon.data[i]), 5);
      });
    });
  });

  it("straight-through Gumbel-softmax is one-hot and has the gradient of the soft sample", async () => {
    const f = compile(
      (logits: Tensor) => {
        const x = gumbelSoftmax(logits, { temperature: 0.7, hard: true }).rsample([50]);
        const [slope] = grad(sum(x.mul(constant([1, -2, 3]))), [logits]);
        return { x, slope: slope!, sums: x.sum(-1) };
      },
      { runtime },
    );
    const { x, slope, sums } = await f({ data: new Float32Array([0, 0.5, 1]), shape: [3] });
    expect(new Set([...x.data].map(Number))).toEqual(new Set([0, 1]));
    expect([...sums.data]).toEqual(new Array(50).fill(1));
    expect([...slope.data].every((v) => v !== 0)).toBe(true);
    // The softmax does not change when all logits move together.
    expect([...slope.data].map(Number).reduce((a, b) => a + b)).toBeCloseTo(0, 4);
  });
});

describe("errors", () => {
  it("name what does not fit", () => {
    const mean = constant([0, 1]);
    expect(() => normalDistribution({ mean } as unknown as NormalParameters)).toThrow(
      "got 0 of std, logVariance",
    );
    expect(() => normalDistribution({ mean, std: constant([1, 1, 1]) })).toThrow(
      "its parameters have shapes [2] and [3]",
    );
    expect(() => gumbelSoftmax(mean, { temperature: 0 })).toThrow("the temperature is 0");
    expect(() => mixtureOfGaussians({ logits: mean, mean: constant([0, 1, 2], [3, 1]), std: 1 })).toThrow(
      "got logits [2] and components [3, 1], expected [..., K] and [..., K, D]",
    );
    expect(() => categoricalDistribution(constant([0, 1])).logProb(constant(1))).toThrow(
      "got labels float32[] for logits [2]",
    );
  });
});

describe("outside the support", () => {
  it("uniform: −∞", async () => {
    const f = compile((x: Tensor) => uniformDistribution({ low: 0, high: 1, shape: [3] }).logProb(x), {
      runtime,
    });
    const { data } = await f({ data: new Float32Array([-0.1, 0.5, 1]), shape: [3] });
    expect([...data].map(Math.abs as (x: unknown) => number)).toEqual([Infinity, 0, Infinity]);
  });
});
