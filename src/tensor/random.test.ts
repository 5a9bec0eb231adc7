import { describe, expect, it } from "vitest";
import { constant } from "./constant.ts";
import * as random from "./random.ts";
import { newTrace, withTrace } from "./trace.ts";

const traced = <T>(body: () => T) => {
  const trace = newTrace("test");
  return { result: withTrace(trace, body), trace };
};

describe("random sources", () => {
  it("have the shape asked for", () => {
    const { result } = traced(() => [
      random.normal([2, 3]),
      random.uniform([2, 3], { low: -1, high: 1 }),
      random.bernoulli(0.5, [2, 3]),
      random.bernoulli(constant([0.1, 0.9])),
      random.gumbel([4]),
      random.categorical(constant([1, 2, 3, 4], [2, 2])),
      random.categorical(constant([1, 2, 3, 4], [2, 2]), { shape: [5] }),
      random.randint(0, 10, [3]),
      random.permutation(7),
      random.laplace([2], { scale: 3 }),
      random.logistic([2]),
      random.exponential([2]),
    ]);
    expect(result.map((t) => `${t.dtype}[${t.shape}]`)).toEqual([
      "float32[2,3]",
      "float32[2,3]",
      "float32[2,3]",
      "float32[2]",
      "float32[4]",
      "int64[2]",
      "int64[5,2]",
      "int32[3]",
      "int32[7]",
      "float32[2]",
      "float32[2]",
      "float32[2]",
    ]);
  });

  it("are numbered in the order of the calls", () => {
    const { trace } = traced(() => [random.normal([1]), random.laplace([1]), random.permutation(2)]);
    expect(trace.randoms.map((t) => [t.attrs["kind"], t.attrs["source"]])).toEqual([
      ["normal", 0],
      ["uniform", 1],
      ["uniform", 2],
      ["permutation", 3],
    ]);
  });

  it("need a trace and a range", () => {
    expect(() => random.normal([2])).toThrow("normal was called outside a traced function");
    expect(() => random.randint(3, 3, [2])).toThrow("randint: got 3 … 3");
  });
});
