/** Likelihoods and ranks against NumPy, SciPy and scikit-learn (likelihood.py made likelihood.json). */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { floatDataset } from "../../../src/data/index.ts";
import { normalDistribution, perExample, standardNormal } from "../../../src/math/index.ts";
import { featuresOf } from "../../../src/metrics/features.ts";
import { annealedImportanceSampling } from "../../../src/metrics/likelihood/annealed-importance-sampling.ts";
import { importanceWeightedBound } from "../../../src/metrics/likelihood/importance-weighted.ts";
import { kernelLogDensities } from "../../../src/metrics/likelihood/parzen-window.ts";
import { rbmLogPartition } from "../../../src/metrics/likelihood/rbm.ts";
import { mannWhitney } from "../../../src/metrics/originality/mann-whitney.ts";
import { createProducts } from "../../../src/metrics/products.ts";
import { createRuntime } from "../../../src/runtime/index.ts";
import { constant, matmul, type Tensor } from "../../../src/tensor/index.ts";

interface Golden {
  parzen: { samples: number[][]; queries: number[][]; bandwidths: number[]; nats: number[][] };
  rankSum: { a: number[]; b: number[]; u: number; z: number }[];
  logWeights: { logWeights: number[][]; bound: number[]; effective: number[]; elbo: number[] };
  linearGaussian: { w: number[][]; b: number[]; sigma: number; x: number[][]; nats: number[] };
  rbm: { w: number[][]; b: number[]; c: number[]; logZ: number };
}
const golden = JSON.parse(readFileSync(new URL("likelihood.json", import.meta.url), "utf8")) as Golden;

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 6 });
afterAll(() => runtime.dispose());

const relative = (got: number, want: number): number => Math.abs(got - want) / Math.abs(want);
const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((a, b) => a + b, 0) / list.length;

describe("kernelLogDensities", () => {
  it("agrees with scikit-learn's KernelDensity to 1e-9", async () => {
    const { samples, queries, bandwidths, nats } = golden.parzen;
    const products = createProducts(runtime);
    const got = await kernelLogDensities(featuresOf(queries), featuresOf(samples), { products, bandwidths });
    got.forEach((list, s) => {
      list.forEach((v, i) => void expect(relative(v, nats[s]![i]!)).toBeLessThan(1e-9));
    });
  });
});

describe("mannWhitney", () => {
  it.each(golden.rankSum)("agrees with SciPy, ties included ($u)", ({ a, b, u, z }) => {
    const got = mannWhitney(a, b);
    expect(got.u).toBe(u);
    expect(relative(got.z, z)).toBeLessThan(1e-9);
  });
});

describe("rbmLogPartition", () => {
  it("agrees with the sum over all states to 1e-9", () => {
    const { w, b, c, logZ } = golden.rbm;
    expect(
      relative(rbmLogPartition({ weights: w.flat(), visibleBias: b, hiddenBias: c }), logZ),
    ).toBeLessThan(1e-9);
  });
});

describe("importanceWeightedBound", () => {
  it("joins given weights as NumPy does, up to float32", async () => {
    const { logWeights, bound, effective, elbo } = golden.logWeights;
    const [k, n] = [logWeights.length, bound.length];
    const values = Float32Array.from({ length: n }, (_, i) => i);
    const numbers = floatDataset({ name: "numbers", kind: "points", shape: [1], values, fingerprint: "n" });
    // Example x takes column x of the table.
    const columnsOf = (x: Tensor): Tensor =>
      matmul(
        constant(logWeights.flat(), [k, n]),
        x
          .equal(constant([0, 1, 2, 3], [1, n]))
          .cast("float32")
          .transpose(),
      );
    const { nats, scores } = await importanceWeightedBound(columnsOf, numbers, {
      runtime,
      split: "test",
      k,
      portion: k,
    });
    const sorted = (list: ArrayLike<number>): number[] => Array.from(list).sort((a, b) => a - b);
    sorted(nats).forEach((v, i) => void expect(relative(v, sorted(bound)[i]!)).toBeLessThan(1e-6));
    expect(relative(Number(scores[0]!.details!["effectiveSamples"]), mean(effective))).toBeLessThan(1e-4);
    expect(relative(Number(scores[0]!.details!["elbo"]), mean(elbo))).toBeLessThan(1e-6);
  });
});

describe("a linear-Gaussian model", () => {
  const { w, b, sigma, x, nats: exact } = golden.linearGaussian;
  const data = floatDataset({
    name: "linear-gaussian",
    kind: "points",
    shape: [b.length],
    values: Float32Array.from(x.flat()),
    fingerprint: "linear-gaussian",
  });
  const W = (): Tensor => constant(w.flat(), [w.length, w[0]!.length]);
  const logLikelihood = (target: Tensor, z: Tensor): Tensor =>
    perExample(
      normalDistribution({ mean: matmul(z, W().transpose()).add(constant(b)), std: sigma }).logProb(target),
    );
  const options = { runtime, split: "test" };

  it("annealed importance sampling finds SciPy's log p", async () => {
    const prior = (n: number): Tensor => standardNormal([2]).sample([n]);
    const { nats } = await annealedImportanceSampling({ prior, logLikelihood }, data, {
      ...options,
      temperatures: 300,
      chains: 50,
      leapfrogSteps: 5,
    });
    // Examples are in another order: means are compared. 20 · 50 weights with a deviation under 0.5 leave an error of 0.016.
    expect(Math.abs(mean(nats) - mean(exact))).toBeLessThan(0.05);
  });

  it("L_K with the prior as q, the worst that may be asked of it, comes from below", async () => {
    const logWeights = (target: Tensor, k: number): Tensor => {
      const z = standardNormal([k, target.shape[0]!, 2]).sample();
      return logLikelihood(target.tile([k, 1]), z.reshape([-1, 2])).reshape([k, -1]);
    };
    const at = async (k: number): Promise<number> =>
      mean((await importanceWeightedBound(logWeights, data, { ...options, k, portion: 1000 })).nats) -
      mean(exact);
    const gaps = [await at(1), await at(30), await at(1000), await at(30_000)];
    gaps.slice(1).forEach((gap, i) => void expect(gap).toBeGreaterThan(gaps[i]!));
    expect(Math.abs(gaps[3]!)).toBeLessThan(0.02);
  });
});
