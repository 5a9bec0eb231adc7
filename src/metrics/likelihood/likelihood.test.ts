import { afterAll, describe, expect, it } from "vitest";
import { byteDataset, floatDataset } from "../../data/index.ts";
import { normalDistribution, perExample, standardNormal } from "../../math/index.ts";
import { createRuntime } from "../../runtime/index.ts";
import { constant, matmul, mul, type Tensor } from "../../tensor/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { annealedImportanceSampling, sigmoidSchedule } from "./annealed-importance-sampling.ts";
import { evidenceLowerBound } from "./elbo.ts";
import { exactLogLikelihood } from "./exact.ts";
import { importanceWeightedBound } from "./importance-weighted.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 2 });
afterAll(() => runtime.dispose());

/**
 * Probabilistic PCA, x = Wz + σε with two latent numbers: log p(x) = log N(x; 0, WWᵀ + σ²I) exactly. The columns of W are
 * orthogonal, which makes the posterior N(diag(a)Wᵀx/σ², diag(v)) with v_j = 1/(1 + |w_j|²/σ²).
 */
const sigma = 0.5;
const W = [
  [1.2, 0.3],
  [-0.8, 0.6],
  [0.4, 0.9],
  [1, -0.2],
];
const dot = (i: number, j: number): number => W.reduce((sum, row) => sum + row[i]! * row[j]!, 0);
const overlap = dot(0, 1) / dot(0, 0);
for (const row of W) row[1]! -= row[0]! * overlap; // orthogonal
const D = W.length;
/** Columns of W as a tensor [D, …]. */
const columns = (...list: number[]): Tensor =>
  constant(W.flatMap((row) => list.map((j) => row[j]!))).reshape([D, list.length]);
const v = [0, 1].map((j) => 1 / (1 + dot(j, j) / sigma ** 2));

const exactLogProb = (x: ArrayLike<number>): number => {
  const along = [0, 1].map((j) => W.reduce((sum, row, i) => sum + row[j]! * x[i]!, 0) ** 2 / dot(j, j));
  const total = Array.from(x).reduce((sum, a) => sum + a * a, 0);
  const variances = [0, 1].map((j) => dot(j, j) + sigma ** 2);
  const rest = (total - along[0]! - along[1]!) / sigma ** 2 + (D - 2) * Math.log(2 * Math.PI * sigma ** 2);
  return -0.5 * (rest + variances.reduce((sum, s, j) => sum + along[j]! / s + Math.log(2 * Math.PI * s), 0));
};

const n = 60;
const data = (() => {
  const stream = createStream(deriveKey("ppca"));
  const z = stream.normal(new Float32Array(n * 2));
  const noise = stream.normal(new Float32Array(n * D));
  const values = noise.map((e, at) => {
    const [i, d] = [Math.floor(at / D), at % D];
    return sigma * e + W[d]![0]! * z[2 * i]! + W[d]![1]! * z[2 * i + 1]!;
  });
  return floatDataset({ name: "ppca", kind: "points", shape: [D], values, fingerprint: "ppca" });
})();
const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((a, b) => a + b, 0) / values.length;

const prior = (count: number): Tensor => standardNormal([2]).sample([count]);
const logLikelihood = (x: Tensor, z: Tensor): Tensor =>
  perExample(normalDistribution({ mean: matmul(z, columns(0, 1).transpose()), std: sigma }).logProb(x));
/** A posterior that is too narrow by `scale` (in variance): the bounds have something to lose. */
const logWeights =
  (scale: number) =>
  (x: Tensor, k: number): Tensor => {
    const projected = matmul(x, columns(0, 1)).mul(1 / sigma ** 2);
    const q = normalDistribution({
      mean: mul(projected, constant(v)),
      logVariance: constant(v.map((s) => Math.log(s * scale))).add(mul(projected, 0)),
    });
    const z = q.rsample([k]);
    const joint = logLikelihood(x.tile([k, 1]), z.reshape([-1, 2])).reshape([k, -1]);
    return joint.add(standardNormal(q.shape).logProb(z).sub(q.logProb(z)).sum(-1));
  };
const options = { runtime, split: "test", block: 25 };
const { nats: exact, scores } = await exactLogLikelihood(
  (x) => {
    const along = (j: number): Tensor =>
      matmul(x, columns(j))
        .square()
        .sum(1)
        .mul(1 / dot(j, j));
    const parts = [0, 1].map((j) => {
      const s = dot(j, j) + sigma ** 2;
      return along(j)
        .mul(1 / s - 1 / sigma ** 2)
        .add(Math.log(2 * Math.PI * s));
    });
    const rest = x
      .square()
      .sum(1)
      .mul(1 / sigma ** 2)
      .add((D - 2) * Math.log(2 * Math.PI * sigma ** 2));
    return rest.add(parts[0]!).add(parts[1]!).mul(-0.5);
  },
  data,
  options,
);

describe("exactLogLikelihood", () => {
  it("gives every example's nats, whatever the blocks", () => {
    const each = Array.from({ length: n }, (_, i) => {
      const x = new Float32Array(D);
      data.read([i], x);
      return exactLogProb(x);
    }).sort((a, b) => a - b);
    [...exact].sort((a, b) => a - b).forEach((nats, i) => void expect(nats).toBeCloseTo(each[i]!, 4));
  });

  it("carries its protocol and standard error", () => {
    const spread = Math.sqrt(mean(exact.map((l) => (l - mean(exact)) ** 2)) / (n - 1));
    expect(scores).toHaveLength(1);
    expect(scores[0]).toMatchObject({ name: "log-likelihood", unit: "nats", better: "higher" });
    expect(scores[0]!.value).toBeCloseTo(mean(exact), 10);
    expect(scores[0]!.standardError).toBeCloseTo(spread, 10);
    expect(scores[0]!.protocol).toMatchObject({
      real: n,
      seed: 2,
      reference: { name: "ppca", split: "test" },
    });
  });

  it("refuses a standard error of one example, and noise on points", async () => {
    await expect(exactLogLikelihood((x) => x.sum(1), data, { ...options, examples: 1 })).rejects.toThrow(
      "at least 2",
    );
    const noisy = exactLogLikelihood((x) => x.sum(1), data, { ...options, dequantization: "uniform" });
    await expect(noisy).rejects.toThrow("no set of pictures");
  });
});

describe("dequantisation", () => {
  const bytes = Uint8Array.from({ length: 400 * 4 }, (_, i) => [0, 255, 7, 128][i % 4]!);
  const pictures = byteDataset({ name: "greys", shape: [1, 2, 2], bytes, fingerprint: "greys" });

  it("gives log₂ 256 = 8 bits for a uniform density over all levels, exactly", async () => {
    // Levels ± half a level cover [−1 − 1/255, 1 + 1/255]: density 127.5/256 for every pixel, and 0 outside.
    const edge = 1 + 1 / 255;
    const logProb = (x: Tensor): Tensor =>
      x
        .abs()
        .lessEqual(edge)
        .cast("float32")
        .log()
        .add(Math.log(127.5 / 256))
        .sum([1, 2, 3]);
    const { scores } = await exactLogLikelihood(logProb, pictures, { ...options, dequantization: "uniform" });
    expect(scores.map((s) => s.unit)).toEqual(["nats", "bits/dim"]);
    expect(scores[1]!.value).toBeCloseTo(8, 5);
    expect(scores[1]!.protocol.settings).toEqual({ dequantization: "uniform" });
  });

  it("spreads each level over its bin alone: the density that is its probability there gives its entropy", async () => {
    // Four levels, a quarter each: density (1/4)/w within half a width w of each. The entropy is 2 bits.
    const width = 1 / 127.5;
    const logProb = (x: Tensor): Tensor => {
      const near = [0, 255, 7, 128].map((b) =>
        x
          .sub(b * width - 1)
          .abs()
          .lessEqual(width / 2 + 1e-7)
          .cast("float32"),
      );
      return near[0]!
        .add(near[1]!)
        .add(near[2]!)
        .add(near[3]!)
        .mul(0.25 / width)
        .log()
        .sum([1, 2, 3]);
    };
    const { scores } = await exactLogLikelihood(logProb, pictures, { ...options, dequantization: "uniform" });
    expect(scores[1]!.value).toBeCloseTo(2, 5);
  });

  it("is left out for probabilities: a fair coin for every binary pixel costs one bit", async () => {
    const coin = (x: Tensor): Tensor => x.mul(0).sub(Math.LN2).sum([1, 2, 3]);
    const { scores } = await exactLogLikelihood(coin, pictures, options);
    expect(scores[1]!.value).toBeCloseTo(1, 6);
    expect(scores[1]!.standardError).toBeCloseTo(0, 6);
  });
});

describe("bounds on a model whose likelihood is known", () => {
  const bound = (k: number, scale = 0.4) =>
    importanceWeightedBound(logWeights(scale), data, { ...options, k });

  it("ELBO ≤ L_K ≤ log p: the bound rises with K to the exact value", async () => {
    const elbo = await evidenceLowerBound((x) => logWeights(0.4)(x, 200).mean(0), data, options);
    const ladder = [elbo, await bound(5), await bound(50), await bound(5000)].map(({ nats }) => mean(nats));
    ladder.forEach((value, i) => {
      expect(value).toBeLessThan(ladder[i + 1] ?? mean(exact) + 0.01);
    });
    // KL(q ‖ posterior) = ½ Σ (0.4 − 1 − log 0.4) is what the ELBO loses: the gap is known too.
    expect(mean(exact) - ladder[0]!).toBeCloseTo(0.4 - 1 - Math.log(0.4), 1);
    expect(mean(exact) - ladder[3]!).toBeLessThan(0.02);
  });

  it("is exact with one draw, and every draw counts, where q is the posterior", async () => {
    const { nats, scores } = await bound(7, 1);
    nats.forEach((value, i) => void expect(value).toBeCloseTo(exact[i]!, 3));
    expect(scores[0]!.details!["effectiveSamples"]).toBeCloseTo(7, 3);
    expect(scores[0]!.protocol).toMatchObject({ metric: "iwae", settings: { k: 7 } });
  });

  it("portions only save memory: they join to the same sums, and the rest draws numbers of its own", async () => {
    const uneven = await importanceWeightedBound(logWeights(0.4), data, {
      ...options,
      k: 2100,
      portion: 1000,
    });
    const whole = await importanceWeightedBound(logWeights(0.4), data, {
      ...options,
      k: 2100,
      portion: 2100,
    });
    expect(Math.abs(mean(uneven.nats) - mean(whole.nats))).toBeLessThan(0.02);
    const effective = [uneven, whole].map(({ scores }) => Number(scores[0]!.details!["effectiveSamples"]));
    expect(effective[0]! / effective[1]!).toBeGreaterThan(0.8);
    expect(effective[0]! / effective[1]!).toBeLessThan(1.25);
  });

  it("gives the same number again", async () => {
    expect((await bound(20)).nats).toEqual((await bound(20)).nats);
  });
});

describe("annealedImportanceSampling", () => {
  const model = { prior, logLikelihood };

  it("finds log p without an encoder", async () => {
    const { nats, scores } = await annealedImportanceSampling(model, data, {
      ...options,
      temperatures: 150,
      chains: 16,
      leapfrogSteps: 5,
    });
    const errors = nats.map((value, i) => value - exact[i]!);
    expect(Math.abs(mean(errors))).toBeLessThan(0.05);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.6);
    expect(scores[0]!.details!["acceptance"]).toBeGreaterThan(0.5);
    expect(scores[0]!.protocol.settings).toEqual({ temperatures: 150, chains: 16, leapfrogSteps: 5 });
  });

  it("is a lower bound on average, and rises with temperatures", async () => {
    const at = async (temperatures: number): Promise<number> => {
      const o = { ...options, temperatures, chains: 2, leapfrogSteps: 3 };
      return mean((await annealedImportanceSampling(model, data, o)).nats) - mean(exact);
    };
    const [few, more] = [await at(5), await at(60)];
    expect(few).toBeLessThan(more);
    expect(more).toBeLessThan(0.05);
  });

  it("its schedule goes from 0 to 1, slowly at both ends", () => {
    const betas = sigmoidSchedule(100);
    expect([betas[0], betas[100]]).toEqual([0, 1]);
    const gaps = Array.from({ length: 100 }, (_, t) => betas[t + 1]! - betas[t]!);
    expect(Math.min(...gaps)).toBeGreaterThan(0);
    expect(gaps[0]! / gaps[50]!).toBeLessThan(0.1);
    expect(gaps[99]! / gaps[0]!).toBeCloseTo(1, 6);
  });

  it("names the option that makes no sense", () =>
    expect(annealedImportanceSampling(model, data, { ...options, chains: 0 })).rejects.toThrow(
      "chains is 0",
    ));
});
