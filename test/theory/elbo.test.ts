/**
 * The derivation of the variational bound as numbers (Kingma & Welling 2013, eq. 1 to 3), on one latent variable where every
 * integral is known: log p(x) = E_q[log p(x|z)] − KL(q(z|x) ‖ p(z)) + KL(q(z|x) ‖ p(z|x)).
 */
import { afterAll, describe, expect, it } from "vitest";
import {
  compile,
  constant,
  createRuntime,
  type Density,
  expectation,
  grad,
  integrate,
  klOfDensities,
  normalDensity,
  normalDistribution,
  standardNormal,
  type Tensor,
} from "../../src/index.ts";

const runtime = createRuntime({ device: "cpu", threads: 1, seed: 1 });
afterAll(() => runtime.dispose());

const sigma = 0.5;
const prior = normalDensity();
/** Decoders f: p(x|z) = N(f(z), σ²). */
const bent = (z: number): number => z + 0.8 * Math.sin(2 * z);
const straight = (z: number): number => 1.5 * z - 0.3;
const x = 1.2;

interface Terms {
  readonly evidence: number;
  readonly reconstruction: number;
  readonly regulariser: number;
  readonly gap: number;
}

/** Every term of the derivation for q, by quadrature. */
function termsOf(f: (z: number) => number, q: Density): Terms {
  const logGiven = (z: number): number => normalDensity(f(z), sigma).logDensity(x);
  const options = { points: prior.points, tolerance: 1e-13 };
  const joint = (z: number): number => Math.exp(logGiven(z) + prior.logDensity(z));
  const evidence = Math.log(integrate(joint, ...prior.support, options).value);
  const posterior: Density = {
    ...prior,
    logDensity: (z) => logGiven(z) + prior.logDensity(z) - evidence,
  };
  return {
    evidence,
    reconstruction: expectation(q, logGiven),
    regulariser: klOfDensities(q, prior),
    gap: klOfDensities(q, posterior),
  };
}

describe("log p(x) = E_q[log p(x|z)] − KL(q ‖ p(z)) + KL(q ‖ p(z|x))", () => {
  it.each([
    ["a good q", 0.5, 0.3],
    ["a wide q", 0, 1.5],
    ["a narrow q in the wrong place", -1, 0.1],
  ])("to 1e-6 for %s", (name, m, s) => {
    const { evidence, reconstruction, regulariser, gap } = termsOf(bent, normalDensity(m, s));
    console.log(
      `${name}: log p(x) ${evidence.toFixed(6)} = ${reconstruction.toFixed(6)} − ${regulariser.toFixed(6)} + ${gap.toFixed(6)}`,
    );
    expect(Math.abs(reconstruction - regulariser + gap - evidence)).toBeLessThan(1e-6);
    expect(gap).toBeGreaterThan(0.01);
    expect(reconstruction - regulariser).toBeLessThan(evidence);
  });

  it("has no gap where q is the posterior, which a Gaussian q can be for a linear decoder only", () => {
    // p(z|x) ∝ N(x; 1.5z − 0.3, σ²) N(z; 0, 1).
    const precision = 1 + 1.5 ** 2 / sigma ** 2;
    const q = normalDensity((1.5 * (x + 0.3)) / sigma ** 2 / precision, 1 / Math.sqrt(precision));
    const linear = termsOf(straight, q);
    expect(linear.gap).toBeLessThan(1e-9);
    expect(linear.reconstruction - linear.regulariser).toBeCloseTo(linear.evidence, 9);
    const best = Math.min(
      ...[0.3, 0.4, 0.5, 0.6].flatMap((m) =>
        [0.15, 0.25, 0.35, 0.5].map((s) => termsOf(bent, normalDensity(m, s)).gap),
      ),
    );
    expect(best).toBeGreaterThan(1e-3);
  });
});

describe("the two gradients of the bound in the mean of q", () => {
  const [m, s, n] = [0.6, 0.7, 40_000];
  /** log p(x, z) where x holds `count` numbers, each with √count times the noise: the posterior is the same for every count. */
  const logJoint = (z: Tensor, count: number): Tensor => {
    const mean = z.add(z.mul(2).sin().mul(0.8));
    const std = constant(sigma * Math.sqrt(count)).expand(z.shape);
    const given = normalDistribution({ mean, std }).logProb(constant(x).expand(z.shape)).mul(count);
    return given.add(standardNormal(z.shape).logProb(z));
  };
  async function estimates(count: number) {
    const f = compile(
      () => {
        const mean = constant(m).expand([n]);
        const q = normalDistribution({ mean, std: constant(s).expand([n]) });
        const through = q.rsample();
        const [path] = grad(logJoint(through, count).sub(q.logProb(through)).sum(), [mean]);
        const fixed = q.sample();
        const signal = logJoint(fixed, count).sub(q.logProb(fixed));
        const [score] = grad(q.logProb(fixed).sum(), [mean]);
        return [path!, score!.mul(signal)];
      },
      { runtime, training: false, name: `gradients ${count}` },
    );
    const [reparametrised, score] = (await f()).map(({ data }) => {
      const list = Array.from(data, Number);
      const mean = list.reduce((a, b) => a + b) / n;
      return { mean, variance: list.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1) };
    });
    return { reparametrised: reparametrised!, score: score! };
  }
  const bound = (mean: number): number => {
    const { reconstruction, regulariser } = termsOf(bent, normalDensity(mean, s));
    return reconstruction - regulariser;
  };
  const exact = (bound(m + 1e-4) - bound(m - 1e-4)) / 2e-4;

  it("agree in their mean, and the reparametrised one is less variable, tenfold once log p(x) is large", async () => {
    const ratios: number[] = [];
    for (const count of [1, 10, 100]) {
      const { reparametrised, score } = await estimates(count);
      for (const { mean, variance } of [reparametrised, score])
        expect(Math.abs(mean - exact)).toBeLessThan(4 * Math.sqrt(variance / n));
      ratios.push(score.variance / reparametrised.variance);
      console.log(
        `x of ${count}: ∂L/∂m ${exact.toFixed(3)}; reparametrised ${reparametrised.mean.toFixed(3)}, variance ${reparametrised.variance.toFixed(1)}; score function ${score.mean.toFixed(3)}, variance ${score.variance.toFixed(1)}`,
      );
    }
    const [one, ten, hundred] = ratios as [number, number, number];
    expect(one).toBeGreaterThan(1);
    expect(ten).toBeGreaterThan(10);
    expect(hundred).toBeGreaterThan(ten);
  });
});
