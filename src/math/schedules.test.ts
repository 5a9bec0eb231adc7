import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { constant, type Tensor } from "../tensor/index.ts";
import { alphaBars, anneal, cosineBetas, geometric, linearBetas, stepCounter } from "./schedules.ts";

const runtime = createRuntime({ device: "cpu" });
afterAll(() => runtime.dispose());

describe("noise schedules", () => {
  it("linear: ends as in Ho et al., and leaves almost no signal after 1000 steps", () => {
    const betas = linearBetas(1000);
    expect(betas[0]).toBeCloseTo(1e-4, 12);
    expect(betas[999]).toBeCloseTo(0.02, 12);
    expect(alphaBars(betas)[999]).toBeCloseTo(4.04e-5, 6);
  });

  it("cosine: half the signal is left a little before half the time", () => {
    const bars = alphaBars(cosineBetas(1000));
    const f = (t: number) => Math.cos((((t + 0.008) / 1.008) * Math.PI) / 2) ** 2;
    expect(bars[499]).toBeCloseTo(f(0.5) / f(0), 10);
    expect(Math.max(...cosineBetas(1000))).toBe(0.999);
  });

  it("geometric: constant ratios", () => {
    expect(geometric(1, 0.01, 3).map((x) => x.toFixed(12))).toEqual([
      "1.000000000000",
      "0.100000000000",
      "0.010000000000",
    ]);
    expect(() => geometric(0, 1, 3)).toThrow("got 0 to 1, expected two positive numbers");
  });
});

describe("anneal", () => {
  it.each([
    ["linear", 0, 0.75],
    ["cosine", 0, (1 + Math.SQRT1_2) / 2],
    ["geometric", 0.5, 0.5 ** 0.25],
  ] as const)("%s: a quarter of the way, the start and beyond the end", async (shape, end, quarter) => {
    const f = compile((t: Tensor) => anneal(t, 1, end, 4, { shape }), { runtime });
    expect((await f(1)).data[0]).toBeCloseTo(quarter, 6);
    expect((await f(0)).data[0]).toBeCloseTo(1, 6);
    expect((await f(9)).data[0]).toBeCloseTo(end, 6);
  });

  it("refuses a geometric way through zero", () => {
    expect(() => anneal(constant(0), 1, 0, 4, { shape: "geometric" })).toThrow("needs two positive numbers");
  });
});

describe("stepCounter", () => {
  it("gives 0, 1, 2, … call by call", async () => {
    const count = stepCounter("annealing/steps");
    const f = compile(() => count(), { runtime, training: true, name: "counting" });
    expect([await f(), await f(), await f()].map(({ data }) => Number(data[0]))).toEqual([0, 1, 2]);
  });
});
