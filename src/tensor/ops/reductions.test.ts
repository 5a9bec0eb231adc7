import { describe, expect, it } from "vitest";
import { grad } from "../grad.ts";
import "../methods.ts";
import { inputTensor } from "../variable.ts";
import { all, any, argmax, argmin } from "./arg-reduce.ts";
import { clip } from "./clip.ts";
import { greater } from "./compare.ts";
import { cumprod, cumsum } from "./cumulative.ts";
import { prod } from "./prod.ts";
import { sum } from "./reduce.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { logsumexp, norm, std, variance } from "./statistics.ts";

const x = (...shape: number[]) => inputTensor("x", shape, "float32");

describe("reductions", () => {
  it("drop the reduced axes, or keep them at size 1", () => {
    for (const f of [prod, variance, std, logsumexp, norm]) {
      expect(f(x(2, 3, 4)).shape).toEqual([]);
      expect(f(x(2, 3, 4), -1).shape).toEqual([2, 3]);
      expect(f(x(2, 3, 4), [0, 2]).shape).toEqual([3]);
      expect(f(x(2, 3, 4), [2, 0], { keepdims: true }).shape).toEqual([1, 3, 1]);
    }
    expect(any(greater(x(2, 3), 0), 0).shape).toEqual([3]);
    expect(all(greater(x(2, 3), 0), 0, { keepdims: true })).toMatchObject({ shape: [1, 3], dtype: "bool" });
  });

  it("give positions as int64", () => {
    expect(argmax(x(2, 3), -1)).toMatchObject({ shape: [2], dtype: "int64" });
    expect(argmin(x(2, 3), 0, { keepdims: true })).toMatchObject({ shape: [1, 3], dtype: "int64" });
    expect(argmax(x(2, 3))).toMatchObject({ shape: [], dtype: "int64" });
  });

  it("refuse empty axes and wrong types", () => {
    expect(() => prod(x(2, 0), 1)).toThrow("prod: an axis of [2, 0] is empty");
    expect(() => argmax(x(0, 2), 0)).toThrow("argmax: an axis of [0, 2] is empty");
    expect(() => any(x(2))).toThrow("any: got float32, expected bool");
    expect(() => all(x(2))).toThrow("all: got float32, expected bool");
    expect(() => norm(x(2), 0, { order: 3 })).toThrow("norm: got order 3");
    expect(() => variance(x(1, 2), 0, { correction: 1 })).toThrow("leave nothing to divide by");
    expect(() => logsumexp(inputTensor("i", [2], "int32"))).toThrow("logsumexp: got int32");
  });

  it("of softmax and running sums keep the shape", () => {
    for (const f of [softmax, logSoftmax, cumsum, cumprod]) expect(f(x(2, 3), 0).shape).toEqual([2, 3]);
    expect(() => softmax(x(2), 1)).toThrow("softmax: axis 1 does not exist");
    expect(() => cumsum(greater(x(2), 0), 0)).toThrow("cumsum: got bool");
  });

  it("have second derivatives", () => {
    for (const f of [prod, variance, std, logsumexp, norm]) {
      const t = x(3, 4);
      const [g] = grad(sum(f(t, 1)), [t]);
      expect(grad(sum(g!.mul(g!)), [t])[0]!.shape).toEqual([3, 4]);
    }
  });
});

describe("clip", () => {
  it("wants its bounds in order", () => {
    expect(() => clip(x(2), 1, 0)).toThrow("expected the lower one first");
    expect(() => clip(x(2), Number.NaN, 0)).toThrow("expected the lower one first");
  });
});
