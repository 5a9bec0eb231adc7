import { describe, expect, it } from "vitest";
import { constant, exp, inputTensor, matmul, newTrace, type Tensor, withTrace } from "../tensor/index.ts";
import { peakOfGraph } from "./live-memory.ts";

/** The peak of what `body` computes from a 4×4 input, in units of one 4×4 float32 tensor. */
function peak(body: (x: Tensor) => Tensor[]) {
  return withTrace(newTrace("test"), () => {
    const x = inputTensor("x", [4, 4], "float32");
    const tensors = body(x);
    const graph = {
      inputs: [{ name: "x", tensor: x }],
      outputs: tensors.map((tensor, i) => ({ name: `y${i}`, tensor })),
    };
    const { bytes, at, pieces } = peakOfGraph(graph);
    return { units: bytes / 64, at, pieces: pieces.map(({ operation }) => operation) };
  });
}

describe("the peak of a graph", () => {
  it("is nothing where inputs leave as they came", () => {
    expect(peak((x) => [x])).toEqual({ units: 0, at: undefined, pieces: [] });
  });

  it("holds an operand until its last reader has run", () => {
    // x·x, then its product with x: both are held while the second is computed, the first one then goes.
    const square = (x: Tensor) => matmul(x, x);
    expect(peak((x) => [square(square(square(x)))])).toEqual({
      units: 2,
      at: "matmul",
      pieces: ["matmul", "matmul"],
    });
  });

  it("holds what leaves the graph to the end", () => {
    expect(
      peak((x) => {
        const a = matmul(x, x);
        const b = matmul(a, a);
        return [a, matmul(b, b)];
      }).units,
    ).toBe(3);
  });

  it("lets elementwise operations take the place of an operand that nobody else reads", () => {
    expect(peak((x) => [exp(exp(matmul(x, x)))])).toEqual({ units: 1, at: "matmul", pieces: ["matmul"] });
    // Both the product and its exponential are read by the sum.
    expect(
      peak((x) => {
        const a = matmul(x, x);
        return [a.add(exp(a))];
      }).units,
    ).toBe(2);
    // The input belongs to the caller.
    expect(peak((x) => [exp(x)]).units).toBe(1);
  });

  it("takes nothing for another shape, and holds what it looks at", () => {
    expect(
      peak((x) => {
        const a = matmul(x, x);
        return [matmul(a.reshape([2, 8]), exp(a.reshape([8, 2])))];
      }),
    ).toEqual({ units: 2.25, at: "matmul", pieces: ["matmul", "exp", "matmul"] });
  });

  it("sets aside as many pieces of each size as there are of it at once", () => {
    withTrace(newTrace("test"), () => {
      const x = inputTensor("x", [4, 4], "float32");
      const v = constant(new Float32Array(4), [4, 1]);
      // Two large results at once, then two small ones: the memory of the former is not cut up for the latter.
      const y = matmul(
        matmul(matmul(matmul(x, x), x), v)
          .exp()
          .reshape([1, 4]),
        x,
      );
      const { bytes, reserved } = peakOfGraph({ inputs: [], outputs: [{ name: "y", tensor: y }] });
      expect([bytes / 64, reserved / 64]).toEqual([2, 2.5]);
    });
  });

  it("counts the bytes of each type", () => {
    expect(peak((x) => [x.greater(0)]).units).toBe(0.25);
  });

  it("depends on the order of execution", () => {
    withTrace(newTrace("test"), () => {
      const x = inputTensor("x", [4, 4], "float32");
      const c = constant(new Float32Array(16), [4, 4]);
      const [a, b] = [matmul(x, x), matmul(x, c)];
      const v = constant(new Float32Array(4), [4, 1]);
      const [small, other] = [matmul(a, v), matmul(b, v)]; // a quarter of a unit each
      const outputs = [small, other].map((tensor, i) => ({ name: `y${i}`, tensor }));
      const units = (order: Tensor[]) => peakOfGraph({ inputs: [], outputs }, order).bytes / 64;
      expect(units([x, c, v, a, small, b, other])).toBe(1.5);
      expect(units([x, c, v, a, b, small, other])).toBe(2.25);
    });
  });
});
