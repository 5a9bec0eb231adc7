import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { constant, grad, sum, type Tensor } from "../tensor/index.ts";
import { laplaceDistribution } from "./distributions/laplace.ts";
import { logisticDistribution } from "./distributions/logistic.ts";
import { normalDistribution, standardNormal } from "./distributions/normal.ts";
import { uniformDistribution } from "./distributions/uniform.ts";
import { klDivergence, klEstimate } from "./kl.ts";

const runtime = createRuntime({ device: "cpu", seed: 3 });
afterAll(() => runtime.dispose());

describe("klDivergence", () => {
  it("names both distributions where no closed form is known", () => {
    const p = laplaceDistribution({ mean: 0, scale: 1, shape: [2] });
    const q = logisticDistribution({ mean: 0, logScale: 0, shape: [2] });
    expect(() => klDivergence(p, q)).toThrow(
      "no closed form is known for KL(laplace ‖ logistic); estimate it",
    );
    expect(() => klDivergence(q, p)).toThrow("KL(logistic ‖ laplace)");
  });

  it("is infinite where a uniform reaches outside another", async () => {
    const [narrow, wide] = [1, 2].map((high) => uniformDistribution({ low: 0, high, shape: [1] }));
    const f = compile(
      () => ({ inside: klDivergence(narrow!, wide!), outside: klDivergence(wide!, narrow!) }),
      {
        runtime,
      },
    );
    const { inside, outside } = await f();
    expect(inside.data[0]).toBeCloseTo(Math.log(2), 6);
    expect(outside.data[0]).toBe(Number.POSITIVE_INFINITY);
  });

  it("needs fewer operations against the standard normal, with the same result", async () => {
    const p = () => normalDistribution({ mean: constant([0.3, -1]), logVariance: constant([0.5, -2]) });
    const f = compile(
      () => ({
        short: klDivergence(p(), standardNormal([2])),
        long: klDivergence(p(), normalDistribution({ mean: 0, std: 1, shape: [2] })),
      }),
      { runtime },
    );
    const { short, long } = await f();
    [0, 1].forEach((i) => {
      expect(short.data[i]).toBeCloseTo(Number(long.data[i]), 6);
    });
  });
});

describe("klEstimate", () => {
  it("agrees with the closed form, and so does its derivative", async () => {
    const f = compile(
      (m: Tensor) => {
        const p = normalDistribution({ mean: m, std: 0.5 });
        const estimate = klEstimate(p, standardNormal([1]), { samples: 40_000 });
        const exact = klDivergence(p, standardNormal([1]));
        return { estimate, exact, slopes: [estimate, exact].map((y) => grad(sum(y), [m])[0]!) };
      },
      { runtime },
    );
    const { estimate, exact, slopes } = await f({ data: new Float32Array([0.8]), shape: [1] });
    // Standard errors are sd/200: Var[log p − log q] = ((σ² − 1)²/2 + μ²σ²) = 0.44, and Var of the slope m + σε is 0.25.
    expect(Math.abs(Number(estimate.data[0]) - Number(exact.data[0]))).toBeLessThan(
      (4 * Math.sqrt(0.44)) / 200,
    );
    expect(Math.abs(Number(slopes[0]!.data[0]) - Number(slopes[1]!.data[0]))).toBeLessThan((4 * 0.5) / 200);
  });
});
