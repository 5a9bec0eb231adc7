/**
 * Bounds where everything is known: a variational and an importance-weighted autoencoder whose weights make them probabilistic
 * PCA. Bounds of trained models, against quadrature, are in likelihood.test.ts.
 */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compile, createRuntime, type Runtime, type Tensor } from "../../src/index.ts";
import { type LinearGaussian, linearGaussian } from "../../src/verify/linear-gaussian.ts";

const mean = (list: ArrayLike<number>): number => Array.from(list).reduce((a, b) => a + b, 0) / list.length;
/** Means of rows of `count` numbers. */
const rowMeans = (data: ArrayLike<number>, rows: number): number[] => {
  const list = Array.from(data);
  const count = list.length / rows;
  return Array.from({ length: rows }, (_, i) => mean(list.slice(i * count, (i + 1) * count)));
};

describe.each(["vae", "iwae"] as const)("%s set to probabilistic PCA", (name) => {
  let runtime: Runtime;
  beforeEach(() => {
    runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
  });
  afterEach(() => runtime.dispose());

  /** log w of k draws for each example: [k, N]. */
  async function logWeights({ model, x }: LinearGaussian, k: number): Promise<Float32Array> {
    const f = compile((examples: Tensor) => model.logWeights!(examples, k), {
      runtime,
      training: false,
      name: `weights ${k}`,
    });
    return (await f(x)).data as Float32Array;
  }
  /** L_K of each example, averaged over `repeats` estimates. */
  async function bound(toy: LinearGaussian, k: number, repeats: number): Promise<number> {
    const w = await logWeights(toy, k * repeats);
    const n = toy.logProb.length;
    let total = 0;
    for (let r = 0; r < repeats; r++)
      for (let i = 0; i < n; i++) {
        const draws = Array.from({ length: k }, (_, j) => w[(r * k + j) * n + i]!);
        const top = Math.max(...draws);
        total += top + Math.log(draws.reduce((sum, v) => sum + Math.exp(v - top), 0) / k);
      }
    return total / (repeats * n);
  }

  test("with the posterior as q, every weight and the ELBO are log p(x)", async () => {
    const toy = await linearGaussian(name, runtime, { seed: 1 });
    const w = await logWeights(toy, 5);
    w.forEach((v, at) => void expect(Math.abs(v - toy.logProb[at % 64]!)).toBeLessThan(1e-4));
  });

  test("with any other q, the ELBO is lower by KL(q ‖ posterior)", async () => {
    const toy = await linearGaussian(name, runtime, { seed: 2, shift: 0.7, stretch: 1.4 });
    const draws = rowMeans(await logWeights(toy, 2000), 2000);
    const error = Math.sqrt(mean(draws.map((v) => (v - mean(draws)) ** 2)) / draws.length);
    expect(toy.gap).toBeGreaterThan(0.5);
    expect(Math.abs(mean(draws) - (mean(toy.logProb) - toy.gap))).toBeLessThan(4 * error);
  });

  test("ELBO ≤ L₅ ≤ L₅₀ ≤ log p(x), and L₁₀₀₀ comes within 0.05 nats", async () => {
    const toy = await linearGaussian(name, runtime, { seed: 3, shift: 0.7, stretch: 1.4 });
    const exact = mean(toy.logProb);
    const [one, five, fifty, thousand] = [
      await bound(toy, 1, 1000),
      await bound(toy, 5, 200),
      await bound(toy, 50, 20),
      await bound(toy, 1000, 2),
    ];
    expect(one).toBeLessThan(five);
    expect(five).toBeLessThan(fifty);
    expect(fifty).toBeLessThan(exact);
    expect(Math.abs(thousand - exact)).toBeLessThan(0.05);
  });
});

test("vae's bound has the KL divergence in closed form: less noise than one weight, the same mean", async () => {
  const runtime = createRuntime({ device: "cpu", threads: 1, seed: 4 });
  const toy = await linearGaussian("vae", runtime, { seed: 4, shift: 0.5 });
  const f = compile(
    (x: Tensor) => {
      const copies = x.tile([500, 1]);
      return { bound: toy.model.bound!(copies), weight: toy.model.logWeights!(copies, 1) };
    },
    { runtime, training: false },
  );
  const { bound, weight } = await f(toy.x);
  const [a, b] = [bound, weight].map(({ data }) => rowMeans(data as Float32Array, 500)) as [
    number[],
    number[],
  ];
  const spread = (list: number[]): number => mean(list.map((v) => (v - mean(list)) ** 2));
  const error = Math.sqrt((spread(a) + spread(b)) / 500);
  expect(Math.abs(mean(a) - mean(b))).toBeLessThan(4 * error);
  expect(Math.abs(mean(a) - (mean(toy.logProb) - toy.gap))).toBeLessThan(4 * error);
  await runtime.dispose();
});
