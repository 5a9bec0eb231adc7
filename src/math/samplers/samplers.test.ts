import { describe, expect, it } from "vitest";
import {
  add,
  type Compiled,
  div,
  mul,
  normal,
  square,
  sub,
  sum,
  type Tensor,
  type Value,
} from "../../index.ts";
import { compile, createRuntime } from "../../runtime/index.ts";
import { createStream } from "../../tensor/random/index.ts";
import { autocorrelation, effectiveSampleSize } from "./effective-sample-size.ts";
import { gibbsSweep } from "./gibbs.ts";
import { langevinTransition } from "./langevin.ts";
import { metropolisTransition } from "./metropolis.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 5 });
const chains = 4000;
const rho = 0.8;
/** log N(z; (1, 1), [[1, ρ], [ρ, 1]]) up to a constant. */
const target = (z: Tensor): Tensor => {
  const [x, y] = sub(z, 1).split(2, 1) as [Tensor, Tensor];
  const form = sub(add(square(x), square(y)), mul(mul(x, y), 2 * rho));
  return sum(div(form, -2 * (1 - rho ** 2)), 1);
};

async function moments(step: Compiled<(z: Tensor) => { z: Tensor }>, steps: number) {
  let z: Value = { data: new Float32Array(2 * chains).fill(-2), shape: [chains, 2] };
  for (let i = 0; i < steps; i++) z = (await step(z)).z;
  const [x, y] = [0, 1].map((j) =>
    Float64Array.from({ length: chains }, (_, i) => Number(z.data[2 * i + j])),
  );
  const mean = (v: Float64Array): number => v.reduce((a, b) => a + b) / chains;
  const [mx, my] = [mean(x!), mean(y!)];
  const of = (f: (i: number) => number): number =>
    mean(Float64Array.from({ length: chains }, (_, i) => f(i)));
  return {
    mean: mx,
    variance: of((i) => (x![i]! - mx) ** 2),
    covariance: of((i) => (x![i]! - mx) * (y![i]! - my)),
  };
}

/** Within four standard errors of independent chains. */
function expectTarget({
  mean,
  variance,
  covariance,
}: {
  mean: number;
  variance: number;
  covariance: number;
}): void {
  expect(Math.abs(mean - 1)).toBeLessThan(4 / Math.sqrt(chains));
  expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / chains));
  expect(Math.abs(covariance - rho)).toBeLessThan(4 * Math.sqrt((1 + rho ** 2) / chains));
}

describe("from far away, chains come to the target", () => {
  const options = { runtime, training: false };
  it("metropolisTransition", async () => {
    const step = compile(
      (z: Tensor) => ({ z: metropolisTransition(target, z, { stepSize: 0.9 }).z }),
      options,
    );
    expectTarget(await moments(step, 200));
  });
  it("langevinTransition, at a step so coarse that many are refused", async () => {
    const step = compile((z: Tensor) => ({ z: langevinTransition(target, z, { stepSize: 0.7 }).z }), options);
    expectTarget(await moments(step, 120));
  });
  it("gibbsSweep", async () => {
    const given = (other: number) => (z: Tensor) =>
      z
        .narrow(1, other, 1)
        .sub(1)
        .mul(rho)
        .add(1)
        .add(normal([chains, 1], { std: Math.sqrt(1 - rho ** 2) }));
    const step = compile((z: Tensor) => ({ z: gibbsSweep([given(1), given(0)], z) }), options);
    expectTarget(await moments(step, 30));
  });
});

describe("langevinTransition", () => {
  it("without refusals accepts all, and is biased at a coarse step", async () => {
    const plain = (z: Tensor) => langevinTransition(target, z, { stepSize: 0.7, adjusted: false });
    const { acceptance } = await compile(plain, { runtime, training: false })({
      data: new Float32Array(2 * chains),
      shape: [chains, 2],
    });
    expect(new Set(acceptance.data as Float32Array)).toEqual(new Set([1]));
    const step = compile((z: Tensor) => ({ z: plain(z).z }), { runtime, training: false });
    const { variance } = await moments(step, 60);
    // In the narrow direction, of variance 1 − ρ, z ← (1 − ε²/2(1 − ρ)) z + εξ has variance ε²/(1 − a²) instead.
    const a = 1 - 0.49 / (2 * (1 - rho));
    const b = 1 - 0.49 / (2 * (1 + rho));
    const expected = 0.5 * (0.49 / (1 - a * a) + 0.49 / (1 - b * b));
    expect(Math.abs(variance / expected - 1)).toBeLessThan(4 * Math.sqrt(2 / chains));
    expect(expected).toBeGreaterThan(1.2);
  });
});

describe("effectiveSampleSize", () => {
  const noise = createStream([3, 4]).normal(new Float32Array(20_000));
  it("of independent numbers is about their number", () => {
    expect(effectiveSampleSize(noise) / noise.length).toBeGreaterThan(0.9);
  });
  it("of x ← φx + ε is n(1 − φ)/(1 + φ), and the autocorrelation is φᵏ", () => {
    const x = Float64Array.from(noise);
    for (let t = 1; t < x.length; t++) x[t]! += 0.8 * x[t - 1]!;
    expect(effectiveSampleSize(x) / x.length / (0.2 / 1.8)).toBeCloseTo(1, 0.5);
    const rhos = autocorrelation(x, 3);
    rhos.forEach((r, k) => void expect(r).toBeCloseTo(0.8 ** k, 1.2));
  });
  it("names what it got", () => {
    expect(() => autocorrelation([1, 2], 2)).toThrow("2 numbers and 2 lags");
  });
});
