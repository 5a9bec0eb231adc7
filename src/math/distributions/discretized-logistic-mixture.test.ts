import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../../runtime/index.ts";
import { constant, exp, expand, grad, reshape, sum, type Tensor, zeros } from "../../tensor/index.ts";
import {
  discretizedLogisticMixture,
  logisticMixtureParameters,
  logisticMixtureWidth,
} from "./discretized-logistic-mixture.ts";

const runtime = createRuntime({ device: "cpu", seed: 2 });
afterAll(() => runtime.dispose());
const f32 = (data: number[], shape: number[]) => ({ data: new Float32Array(data), shape });
const grid = (levels: number) => Array.from({ length: levels }, (_, v) => (2 * v) / (levels - 1) - 1);

describe("discretizedLogisticMixture", () => {
  it("gives all values together probability 1", async () => {
    const f = compile(
      (x: Tensor) => {
        const n = x.shape[0]!;
        const all = (values: number[], shape: number[]) =>
          expand(constant(values, [1, ...shape]), [n, ...shape]);
        const p = discretizedLogisticMixture({
          logits: all([0, 1, -1], [3, 1]),
          means: all([-1.1, 0.2, 0.9], [3, 1, 1]),
          logScales: all([-2, -5, -9], [3, 1, 1]),
        });
        return sum(exp(p.logProb(x)));
      },
      { runtime },
    );
    expect((await f(f32(grid(256), [256, 1, 1]))).data[0]).toBeCloseTo(1, 5);
  });

  it("gives all pairs of coupled channels together probability 1", async () => {
    const values = grid(16);
    const pairs = values.flatMap((a) => values.flatMap((b) => [a, b]));
    const f = compile(
      (x: Tensor) => {
        const n = x.shape[0]!;
        const all = (list: number[], shape: number[]) => expand(constant(list, [1, ...shape]), [n, ...shape]);
        const p = discretizedLogisticMixture(
          {
            logits: all([0, 1], [2, 1]),
            means: all([-0.5, 0.3, 0.1, -0.2], [2, 2, 1]),
            logScales: all([-2, -3, -1, -2], [2, 2, 1]),
            coefficients: all([0.8, -0.6], [2, 1, 1]),
          },
          { levels: 16 },
        );
        return sum(exp(p.logProb(x)));
      },
      { runtime },
    );
    expect((await f(f32(pairs, [256, 2, 1]))).data[0]).toBeCloseTo(1, 5);
  });

  it("stays finite, with its gradients, where a value is hundreds of scales away", async () => {
    const f = compile(
      (x: Tensor, means: Tensor, logScales: Tensor) => {
        const p = discretizedLogisticMixture({ logits: zeros([4, 1, 1]), means, logScales });
        const logProb = p.logProb(x);
        return { logProb, slopes: grad(sum(logProb), [means, logScales]) };
      },
      { runtime },
    );
    const { logProb, slopes } = await f(
      f32([-1, 1, 0.2, -0.2], [4, 1, 1]),
      f32([1, -1, -1, 1], [4, 1, 1, 1]),
      f32([-6.9, -6.9, -6.9, -6.9], [4, 1, 1, 1]),
    );
    for (const { data } of [logProb, ...slopes]) {
      expect([...data].map(Number).every((v) => Number.isFinite(v) && v !== 0)).toBe(true);
    }
  });

  it("draws from the grid with the frequencies it claims, channel after channel", async () => {
    const n = 20_000;
    const f = compile(
      (x: Tensor) => {
        const all = (list: number[], shape: number[], count: number) =>
          expand(constant(list, [1, ...shape]), [count, ...shape]);
        const p = (count: number) =>
          discretizedLogisticMixture(
            {
              logits: all([0, 1], [2, 1], count),
              means: all([-0.5, 0.3, 0.4, -0.2], [2, 2, 1], count),
              logScales: all([-1, -1.5, -2, -1], [2, 2, 1], count),
              coefficients: all([0.8, -0.6], [2, 1, 1], count),
            },
            { levels: 3 },
          );
        return { drawn: p(n).sample(), probability: exp(p(9).logProb(x)) };
      },
      { runtime },
    );
    const pairs = grid(3).flatMap((a) => grid(3).flatMap((b) => [a, b]));
    const { drawn, probability } = await f(f32(pairs, [9, 2, 1]));
    const counts = new Array<number>(9).fill(0);
    for (let i = 0; i < n; i++)
      counts[(Number(drawn.data[2 * i]) + 1) * 3 + Number(drawn.data[2 * i + 1]) + 1]!++;
    counts.forEach((count, k) => {
      const share = Number(probability.data[k]);
      expect(Math.abs(count / n - share), `pair ${k}`).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / n));
    });
  });
});

describe("logisticMixtureParameters", () => {
  it("cuts a network's output into weights, means, scales and coefficients", () => {
    expect(logisticMixtureWidth(3, 10)).toBe(100);
    expect(logisticMixtureWidth(1, 5)).toBe(15);
    const { logits, means, logScales, coefficients } = logisticMixtureParameters(
      zeros([2, 100, 4, 4]),
      3,
      10,
    );
    expect(logits.shape).toEqual([2, 10, 4, 4]);
    expect(means.shape).toEqual([2, 10, 3, 4, 4]);
    expect(logScales.shape).toEqual([2, 10, 3, 4, 4]);
    expect(coefficients?.shape).toEqual([2, 10, 3, 4, 4]);
    expect(logisticMixtureParameters(zeros([2, 15, 4]), 1, 5).coefficients).toBeUndefined();
  });

  it("names the width it needs", () => {
    expect(() => logisticMixtureParameters(zeros([2, 64, 4, 4]), 3, 10)).toThrow(
      "expected 100 channels on axis 1",
    );
  });

  it("refuses parameters that do not belong together", () => {
    const means = zeros([2, 5, 3, 4]);
    const wrong = { logits: zeros([2, 4, 4]), means, logScales: reshape(means, [2, 5, 3, 4]) };
    expect(() => discretizedLogisticMixture(wrong)).toThrow(
      "logits has shape [2, 4, 4] beside means [2, 5, 3, 4]",
    );
  });
});
