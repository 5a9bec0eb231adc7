/**
 * Likelihood and sample quality are different things. Theis, van den Oord & Bethge 2016, "A note on the evaluation of
 * generative models", arXiv:1511.01844, sections 3.1 and 3.2: models with a great likelihood whose samples are noise, and
 * models with great samples and a terrible likelihood.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Dataset, floatDataset, glyphs } from "../../src/data/index.ts";
import { loadData } from "../../src/data/load-data.node.ts";
import { type Features, rowsOf } from "../../src/metrics/features.ts";
import { frechetDistance } from "../../src/metrics/frechet-distance.ts";
import { kernelDistance } from "../../src/metrics/kernel-distance.ts";
import { exactLogLikelihood } from "../../src/metrics/likelihood/exact.ts";
import { precisionRecall } from "../../src/metrics/precision-recall.ts";
import { createProducts } from "../../src/metrics/products.ts";
import { neighborClassifierTest } from "../../src/metrics/two-sample/neighbor-classifier.ts";
import { createRuntime } from "../../src/runtime/index.ts";
import { logsumexp, stack, type Tensor } from "../../src/tensor/index.ts";
import { createStream, deriveKey, fillPermutation } from "../../src/tensor/random/index.ts";
import { type Memory, memorise, pooledTo8, whitened } from "./memorise.ts";
import { mesh } from "./mesh.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
afterAll(() => runtime.dispose());
const products = createProducts(runtime);

const share = 0.01; // of the model's samples that are data
const ln100 = Math.log(1 / share);
const normals = (count: number, dimensions: number, name: string): Features => ({
  data: createStream(deriveKey("theory", name)).normal(new Float32Array(count * dimensions)),
  count,
  dimensions,
});
const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((a, b) => a + b, 0) / list.length;
const errorOf = (list: ArrayLike<number>): number => {
  const m = mean(list);
  return Math.sqrt(mean(Array.from(list, (v) => (v - m) ** 2)) / (list.length - 1));
};

/** What tells two samples apart, all of them: `real` against `fake`. */
async function quality(real: Features, fake: Features) {
  const prdc = await precisionRecall(real, fake, { products });
  const c2st = await neighborClassifierTest().test(real, fake, { seed: 1, permutations: 99 });
  return {
    precision: prdc.precision,
    recall: prdc.recall,
    density: prdc.density,
    coverage: prdc.coverage,
    fid: (await frechetDistance(real, fake, { products })).value,
    kid: (await kernelDistance(real, fake, products, { subsets: "all" })).value,
    c2st: c2st.statistic,
    pValue: c2st.pValue,
  };
}

describe("1 % data and 99 % noise: a great likelihood, samples that are noise", () => {
  const logNormal = (x: ArrayLike<number>): number =>
    Array.from(x).reduce((sum, v) => sum - 0.5 * (v * v + Math.log(2 * Math.PI)), 0);
  /** log p − log(0.01 p + 0.99/20ⁿ) of draws x from p = N(0, I). */
  const gaps = (n: number, count: number): number[] => {
    const { data } = normals(count, n, `gap ${n}`);
    return Array.from({ length: count }, (_, i) => {
      const logP = logNormal(data.subarray(i * n, (i + 1) * n));
      return -Math.log(share + (1 - share) * Math.exp(-n * Math.log(20) - logP));
    });
  };

  it.each([
    [1, 1.53, 40_000],
    [2, 2.91, 40_000],
    [10, 4.604, 20_000],
    [50, 4.605, 2000],
    [784, 4.605, 300],
  ])(
    "in %i dimensions loses %f nats of a Gaussian's likelihood to noise on [−10, 10]ⁿ, never more than log 100",
    (n, known, count) => {
      const lost = gaps(n, count);
      expect(Math.abs(mean(lost) - known)).toBeLessThan(4 * errorOf(lost) + 0.005);
      expect(Math.max(...lost)).toBeLessThanOrEqual(ln100 + 1e-9);
      expect(mean(lost)).toBeGreaterThan(0);
    },
  );

  it.each([
    [10, 32.5],
    [100, 3.24],
    [325, 0.998],
    [784, 0.414],
    [3072, 0.106],
  ])("in %i dimensions that is %f percent of the data's own log-likelihood", (n, percent) => {
    const entropy = (n / 2) * Math.log(2 * Math.PI * Math.E);
    expect(Math.abs((100 * ln100) / entropy / percent - 1)).toBeLessThan(0.005);
  });

  const n = 10;
  const noisy = (count: number, name: string): Features => {
    const clean = normals(count, n, name);
    const u = createStream(deriveKey("theory", name, "noise"));
    const chosen = u.uniform(new Float32Array(count));
    const noise = u.uniform(new Float32Array(count * n));
    const data = clean.data.map((v, at) => (chosen[Math.floor(at / n)]! < share ? v : 20 * noise[at]! - 10));
    return { ...clean, data: data as Float32Array };
  };

  it("E log p − log 100 ≤ E log p_θ ≤ E log p, as the metric measures it", async () => {
    const values = normals(2000, n, "held out").data as Float32Array;
    const heldOut = floatDataset({ name: "gaussian", kind: "points", shape: [n], values, fingerprint: "g" });
    const logData = (x: Tensor): Tensor =>
      x
        .square()
        .add(Math.log(2 * Math.PI))
        .sum(1)
        .mul(-0.5);
    const logModel = (x: Tensor): Tensor => {
      const data = logData(x).add(Math.log(share));
      return logsumexp(stack([data, data.mul(0).add(Math.log(1 - share) - n * Math.log(20))], 0), 0);
    };
    const options = { runtime, split: "test", block: 500 };
    const [data, model] = [
      await exactLogLikelihood(logData, heldOut, options),
      await exactLogLikelihood(logModel, heldOut, options),
    ].map(({ scores }) => scores[0]!.value) as [number, number];
    expect(model).toBeLessThan(data);
    expect(model).toBeGreaterThan(data - ln100);
  });

  it("and its samples fail every measure of quality", async () => {
    const real = normals(1000, n, "real");
    const floor = await quality(real, normals(1000, n, "as real"));
    const model = await quality(real, noisy(1000, "model"));
    expect(floor.precision).toBeGreaterThan(0.7);
    expect(model.precision).toBeLessThan(0.03);
    expect(model.density).toBeLessThan(0.03);
    expect(model.coverage).toBeLessThan(0.1);
    expect(model.fid).toBeGreaterThan(100 * floor.fid);
    expect(model.kid).toBeGreaterThan(100 * Math.abs(floor.kid));
    expect(floor.c2st).toBeLessThan(0.55);
    expect(model.c2st).toBeGreaterThan(0.95);
    expect(model.pValue).toBeCloseTo(1 / 100, 10);
  });

  describe.each([
    [8, 27.35, 17],
    [14, 74.96, 6.1],
    [28, 269, 1.7],
  ])("on a binary Markov mesh of side %i, with fair coins for noise", (side, entropy, percent) => {
    const count = side === 28 ? 500 : 2000;
    const data = mesh(side, count, deriveKey("theory", "mesh", side));
    const logCoins = -side * side * Math.LN2;
    const logModel = (logP: number): number =>
      Math.max(logP, logCoins) +
      Math.log(
        share * Math.exp(logP - Math.max(logP, logCoins)) +
          (1 - share) * Math.exp(logCoins - Math.max(logP, logCoins)),
      );

    it(`loses at most log 100 of ${entropy} nats, ${percent} %`, () => {
      const lost = data.logProb.map((logP) => logP - logModel(logP));
      expect(Math.abs(-mean(data.logProb) - entropy)).toBeLessThan(4 * errorOf(data.logProb) + 0.005);
      expect(Math.max(...lost)).toBeLessThanOrEqual(ln100 + 1e-9);
      expect(mean(lost)).toBeGreaterThan(0);
      expect(Math.abs((100 * ln100) / entropy / percent - 1)).toBeLessThan(0.03);
    });

    it("the best classifier tells its samples from data 97 times in 100", () => {
      // D* = p/(p + p_θ) > ½ where p > p_θ, that is where log p > −n log 2: known densities need no training.
      const u = createStream(deriveKey("theory", "coins", side)).uniform(
        new Float32Array(count * side * side),
      );
      const coins = Uint8Array.from(u, (v) => (v < 0.5 ? 0 : 1));
      const noise = Array.from({ length: count }, (_, i) => data.logProbOf(coins.subarray(i * side * side)));
      const right = mean(data.logProb.map((l) => Number(l > logCoins)));
      const caught = mean(noise.map((l) => Number(l <= logCoins)));
      const accuracy = 0.5 * right + 0.5 * ((1 - share) * caught + share * (1 - right));
      expect(accuracy).toBeGreaterThan(0.97);
    });
  });
});

/** What must hold wherever examples are learned by heart. */
function memoriserLaws(pictures: () => Promise<Features[]>, known: Known): void {
  const widths = [0.02, 0.1, 0.3, 0.5, 1];
  const memories: (Memory & { quality: Awaited<ReturnType<typeof quality>> })[] = [];
  let floor: (typeof memories)[number]["quality"];
  let explained = 0;
  beforeAll(async () => {
    const [train, heldOut, others] = (await pictures()) as [Features, Features, Features];
    const { train: own, test, explained: share } = whitened(train, heldOut, 20);
    explained = share;
    const judges = rowsOf(test, 0, 1000);
    floor = await quality(judges, whitened(train, others, 20).test);
    for (const h of widths) {
      const memory = await memorise(own, test, h, products);
      memories.push({ ...memory, quality: await quality(judges, memory.samples) });
    }
  });
  const of = (memory: Memory, name: string) => memory.copying.find((m) => m.name === name)!;

  it("has the likelihoods that were measured before", () => {
    expect(Math.abs(explained - known.explained)).toBeLessThan(0.01);
    memories.forEach(({ train, test }, i) => {
      expect(Math.abs(train - known.train[i]!)).toBeLessThan(0.3);
      expect(Math.abs(test / known.test[i]! - 1)).toBeLessThan(0.05);
    });
  });

  it("the memoriser wins every measure of quality, almost as real examples do, against the best by likelihood", () => {
    const [memoriser, best] = [memories[0]!.quality, memories[3]!.quality];
    expect(memoriser.fid).toBeLessThan(best.fid);
    expect(memoriser.kid).toBeLessThan(best.kid);
    expect(memoriser.precision).toBeGreaterThan(best.precision + 0.1);
    expect(memoriser.density).toBeGreaterThan(best.density + 0.3);
    expect(memoriser.coverage).toBeGreaterThan(best.coverage + 0.1);
    for (const name of ["precision", "recall", "density", "coverage"] as const)
      expect(memoriser[name]).toBeGreaterThan(floor[name] - 0.05);
    expect(memoriser.fid).toBeLessThan(1.5 * floor.fid);
  });

  it("nearest neighbours hardly tell any of them from real examples", () => {
    for (const { quality: q } of memories) expect(q.c2st).toBeLessThan(0.65);
  });

  it("and fails held-out likelihood by thousands of nats: overfitting falls as the kernels widen", () => {
    const gaps = memories.map(({ train, test }) => train - test);
    gaps.slice(1).forEach((gap, i) => void expect(gap).toBeLessThan(gaps[i]!));
    const test = memories.map((m) => m.test);
    expect(test.indexOf(Math.max(...test))).toBe(3); // h = 0.5
    expect(test[3]! - test[0]!).toBeGreaterThan(5000);
    expect(memories[0]!.train).toBe(Math.max(...memories.map((m) => m.train)));
  });

  it("and fails every measure of originality, which the widest kernels pass", () => {
    const [memoriser, widest] = [memories[0]!, memories[4]!];
    expect(of(memoriser, "data-copying").value).toBeLessThan(-10);
    expect(of(memoriser, "near-training").value).toBe(1);
    expect(of(memoriser, "neighbor-ratio").value).toBeLessThan(0.05);
    expect(of(widest, "neighbor-ratio").value).toBeGreaterThan(1.5);
    for (const name of ["data-copying", "near-training", "neighbor-ratio"]) {
      expect(of(memoriser, name).details!["pValue"]).toBeCloseTo(0.01, 10);
      expect(of(widest, name).details!["pValue"]).toBeGreaterThan(0.9);
    }
  });
}

interface Known {
  readonly explained: number;
  /** Mean log-likelihoods in nats for every width. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

/** 2,000 examples to learn, 2,000 held out, and 1,000 others that show what real examples score, all drawn at random. */
const parts = (set: Dataset): Features[] => {
  const order = fillPermutation(new Int32Array(set.length), deriveKey("theory", "parts")) as Int32Array;
  return [order.slice(0, 2000), order.slice(2000, 4000), order.slice(4000, 5000)].map((part) =>
    pooledTo8(set, part),
  );
};

describe("kernels on the training examples, on 8×8 glyphs: great samples, a terrible likelihood", () => {
  memoriserLaws(async () => parts(glyphs({ seed: 1, length: 5000 }).train), {
    explained: 0.943,
    train: [52.3, 20.1, -1.9, -12.1, -25.7],
    test: [-8398, -318, -39.4, -25.4, -28],
  });
});

const sharedData =
  process.env["IMAGO_DATA"] || fileURLToPath(new URL("../../../shared/data", import.meta.url));
const mnist = existsSync(join(sharedData, "mnist"));
if (!mnist)
  console.log("LEFT OUT: the memoriser of MNIST. To run it, name a folder that holds mnist in IMAGO_DATA.");
describe.skipIf(!mnist)("kernels on the training examples, on 8×8 MNIST", () => {
  memoriserLaws(async () => parts((await loadData(join(sharedData, "mnist"))).train), {
    explained: 0.952,
    train: [52.3, 20.1, -1.9, -12.1, -25.4],
    test: [-8257.4, -312, -38.7, -25, -27.8],
  });
});
