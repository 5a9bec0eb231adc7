import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime, type Value } from "../../runtime/index.ts";
import { constant, div, eye, mean, mul, neg, sub, sum, type Tensor, zeros } from "../../tensor/index.ts";
import { jensenShannon, klDiscrete, pearsonChi2, squaredHellinger, totalVariation } from "./discrete.ts";
import { type FDivergenceName, fDivergences, fGanDiscriminatorLoss, fGanGeneratorLoss } from "./f-gan.ts";
import { gaussianKernel, mmd, squaredDistances } from "./mmd.ts";

const runtime = createRuntime({ device: "cpu", seed: 2 });
afterAll(() => runtime.dispose());

const names = Object.keys(fDivergences) as FDivergenceName[];
const numbers = (x: Value): number[] => Array.from(x.data, Number);

function expectClose(got: Value, wanted: Value): void {
  const b = numbers(wanted);
  numbers(got).forEach((v, i) => {
    expect(Math.abs(v - b[i]!), `${v} and ${b[i]}`).toBeLessThan(2e-5 * Math.max(1, Math.abs(b[i]!)));
  });
}

describe("f-GAN pairs", () => {
  it.each(names)("%s: u·f′(u) − f*(f′(u)) = f(u), as conjugates must", async (name) => {
    const { f, derivative, conjugate } = fDivergences[name];
    const run = compile(
      (u: Tensor) => ({ left: sub(mul(u, derivative(u)), conjugate(derivative(u))), right: f(u) }),
      { runtime },
    );
    const { left, right } = await run({ data: new Float32Array([0.1, 0.4, 0.9, 1.3, 2, 5]), shape: [6] });
    expectClose(left, right);
  });

  it.each(names)("%s: the stable form is f* of the activation, which rises", async (name) => {
    const { activation, conjugate, conjugateOfActivation } = fDivergences[name];
    const run = compile(
      (v: Tensor) => ({
        a: activation(v),
        direct: conjugate(activation(v)),
        stable: conjugateOfActivation(v),
      }),
      { runtime },
    );
    const { a, direct, stable } = await run({ data: new Float32Array([-2, -0.5, 0, 0.3, 1, 2]), shape: [6] });
    expectClose(stable, direct);
    const rising = numbers(a);
    expect(rising).toEqual([...rising].sort((x, y) => x - y));
    expect(new Set(rising).size).toBe(6);
  });

  it.each([
    ["kl", klDiscrete, 1],
    ["jensen-shannon", jensenShannon, 2],
    ["pearson-chi2", pearsonChi2, 1],
    ["squared-hellinger", squaredHellinger, 1],
    ["total-variation", totalVariation, 1],
  ] as const)("%s: Σ q f(p/q) is the discrete divergence", async (name, divergence, factor) => {
    const p = constant([0.1, 0.2, 0.3, 0.4]);
    const q = constant([0.4, 0.1, 0.25, 0.25]);
    const run = compile(
      () => ({ left: sum(mul(q, fDivergences[name].f(div(p, q)))), right: mul(divergence(p, q), factor) }),
      { runtime },
    );
    const { left, right } = await run();
    expectClose(left, right);
  });

  it("losses: the game of eq. 6, its zero-sum generator, and the trick", async () => {
    const [real, fake] = [constant([1, 2]), constant([-1, 0.5])];
    const { activation: g, conjugateOfActivation: c } = fDivergences.gan;
    const run = compile(
      () => ({
        got: [
          fGanDiscriminatorLoss(real, fake, "gan"),
          fGanGeneratorLoss(fake, "gan"),
          fGanGeneratorLoss(fake, "gan", { trick: false }),
        ],
        wanted: [sub(mean(c(fake)), mean(g(real))), neg(mean(g(fake))), neg(mean(c(fake)))],
      }),
      { runtime },
    );
    const { got, wanted } = await run();
    got.forEach((x, i) => {
      expectClose(x, wanted[i]!);
    });
    expect(() => fGanGeneratorLoss(fake, "js" as FDivergenceName)).toThrow(
      'there is none named "js"; use one of kl',
    );
  });
});

describe("discrete divergences", () => {
  it("take 0·log 0 as 0 and mass where q has none as infinite", async () => {
    const [p, q] = [constant([0, 1]), constant([0.5, 0.5])];
    const f = compile(
      () => ({
        kl: klDiscrete(p, q),
        reverse: klDiscrete(q, p),
        js: jensenShannon(p, constant([1, 0])),
        pearson: pearsonChi2(p, p),
        infinite: pearsonChi2(q, p),
      }),
      { runtime },
    );
    const { kl, reverse, js, pearson, infinite } = await f();
    expect(kl.data[0]).toBeCloseTo(Math.log(2), 6);
    expect(reverse.data[0]).toBe(Number.POSITIVE_INFINITY);
    expect(js.data[0]).toBeCloseTo(Math.log(2), 6);
    expect(pearson.data[0]).toBe(0);
    expect(infinite.data[0]).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("mmd", () => {
  it("is 0 for equal samples with the pairs (i, i), and never sees a negative distance", async () => {
    const x = mul(eye(4), 1000);
    const f = compile(() => ({ mmd: mmd(x, x, { unbiased: false }), d: squaredDistances(x, x) }), {
      runtime,
    });
    const { mmd: zero, d } = await f();
    expect(zero.data[0]).toBe(0);
    expect(Math.min(...numbers(d))).toBe(0);
  });

  it("names what does not fit", () => {
    expect(() => mmd(zeros([3, 2]), zeros([3, 4]))).toThrow(
      "got [3, 2] and [3, 4], expected [n, d] and [m, d]",
    );
    expect(() => mmd(zeros([1, 2]), zeros([3, 2]))).toThrow("needs two examples or more");
    expect(() => gaussianKernel()).toThrow("expected one or more positive numbers");
  });
});
