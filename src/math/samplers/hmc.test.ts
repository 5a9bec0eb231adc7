import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime, type Value } from "../../runtime/index.ts";
import { constant, log, mul, square, sub, sum, type Tensor } from "../../tensor/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { hmcTransition } from "./hmc.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 5 });
afterAll(() => runtime.dispose());

const chains = 4000;
const std = [0.3, 1, 2.5];
const mean = [1, -2, 0.5];

/** log N(z; mean, std²) up to a constant. */
const gaussian = (z: Tensor): Tensor => mul(sum(square(z.sub(constant(mean)).div(constant(std))), 1), -0.5);

/** Means and variances of every coordinate over the chains. */
function moments({ data, shape }: Value): { mean: number[]; variance: number[] } {
  const [n, d] = [shape[0]!, shape[1]!];
  const of = (f: (v: number, j: number) => number): number[] =>
    Array.from({ length: d }, (_, j) => {
      let total = 0;
      for (let i = 0; i < n; i++) total += f(Number(data[i * d + j]), j);
      return total / n;
    });
  const means = of((v) => v);
  return { mean: means, variance: of((v, j) => (v - means[j]!) ** 2) };
}

async function run(start: Value, steps: number, stepSize: number, leapfrogSteps: number) {
  const f = compile((z: Tensor) => hmcTransition(gaussian, z, { stepSize, leapfrogSteps }), { runtime });
  let [z, acceptance] = [start, 0];
  for (let i = 0; i < steps; i++) {
    const next = await f(z);
    z = next.z;
    acceptance += (next.acceptance.data as Float32Array).reduce((a, b) => a + b, 0) / chains / steps;
  }
  return { z, acceptance };
}

const fromTarget = async (): Promise<Value> => {
  const f = compile((x: Tensor) => x.mul(constant(std)).add(constant(mean)), { runtime });
  const data = createStream(deriveKey("hmc test")).normal(new Float32Array(chains * 3));
  return f({ data, shape: [chains, 3] });
};

describe("hmcTransition on a Gaussian", () => {
  it("carries chains from far away to the right means and variances", async () => {
    const start = { data: new Float32Array(chains * 3).fill(6), shape: [chains, 3] };
    const { z } = await run(start, 60, 0.25, 6); // a quarter of the period 2π of the middle coordinate
    const got = moments(z);
    // Standard errors of 4,000 independent chains: σ/√n and σ²√(2/n).
    got.mean.forEach(
      (m, j) => void expect(Math.abs(m - mean[j]!) / std[j]!).toBeLessThan(4 / Math.sqrt(chains)),
    );
    got.variance.forEach((v, j) => {
      expect(Math.abs(v / std[j]! ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / chains));
    });
  });

  it("leaves the target invariant at a step size so coarse that a third is refused", async () => {
    const { z, acceptance } = await run(await fromTarget(), 20, 0.5, 5);
    expect(acceptance).toBeGreaterThan(0.4);
    expect(acceptance).toBeLessThan(0.9);
    const got = moments(z);
    got.mean.forEach(
      (m, j) => void expect(Math.abs(m - mean[j]!) / std[j]!).toBeLessThan(4 / Math.sqrt(chains)),
    );
    got.variance.forEach((v, j) => {
      expect(Math.abs(v / std[j]! ** 2 - 1)).toBeLessThan(4 * Math.sqrt(2 / chains));
    });
  });

  it("accepts almost always when steps are small, and its mean acceptance falls with the error of energy ∝ ε²", async () => {
    const start = await fromTarget();
    const refused = async (stepSize: number): Promise<number> =>
      1 - (await run(start, 4, stepSize, Math.round(1 / stepSize))).acceptance;
    const [coarse, fine] = [await refused(0.2), await refused(0.1)];
    // E|ΔH| of one trajectory is of order ε² per coordinate, so halving ε should divide refusals by about 4.
    expect(coarse / fine).toBeGreaterThan(3);
    expect(coarse / fine).toBeLessThan(5.5);
    expect(fine).toBeLessThan(0.02);
  });

  it("flows between the halves of the target are equal: detailed balance", async () => {
    const start = await fromTarget();
    const { z } = await run(start, 1, 0.4, 3);
    let [up, down] = [0, 0];
    for (let i = 0; i < chains; i++) {
      const [before, after] = [start, z].map((v) => Number(v.data[3 * i + 1]) > mean[1]! + 0.5);
      if (!before && after) up++;
      if (before && !after) down++;
    }
    // Counts of rare moves are near Poisson: their difference has variance up + down.
    expect(up + down).toBeGreaterThan(200);
    expect(Math.abs(up - down)).toBeLessThan(4 * Math.sqrt(up + down));
  });
});

describe("hmcTransition", () => {
  it("stays where it is when the density cannot be computed", async () => {
    // log z is NaN left of 0: proposals there are refused.
    const exponential = (z: Tensor): Tensor => sum(sub(log(z), z), 1);
    const f = compile((z: Tensor) => hmcTransition(exponential, z, { stepSize: 3, leapfrogSteps: 2 }), {
      runtime,
    });
    let z: Value = { data: new Float32Array(50).fill(0.5), shape: [50, 1] };
    for (let i = 0; i < 10; i++) z = (await f(z)).z;
    expect((z.data as Float32Array).every((v) => Number.isFinite(v) && v > 0)).toBe(true);
  });

  it("takes a step size for each chain", async () => {
    const f = compile(
      (z: Tensor, e: Tensor) => hmcTransition(gaussian, z, { stepSize: e, leapfrogSteps: 3 }),
      {
        runtime,
      },
    );
    const start = { data: new Float32Array(6).fill(1), shape: [2, 3] };
    const { z } = await f(start, { data: new Float32Array([0, 0.1]), shape: [2] });
    expect([...(z.data as Float32Array)].slice(0, 3)).toEqual([1, 1, 1]);
    expect([...(z.data as Float32Array)].slice(3)).not.toEqual([1, 1, 1]);
  });

  it("names what it got", () => {
    const f = compile((z: Tensor) => hmcTransition(gaussian, z, { stepSize: 1, leapfrogSteps: 0 }), {
      runtime,
    });
    return expect(f({ data: new Float32Array(3), shape: [1, 3] })).rejects.toThrow("0 leapfrog steps");
  });
});
