import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import { constant, newTrace, read, square, sum, type Variable, withTrace } from "../tensor/index.ts";
import { clipByGlobalNorm, clipByValue, globalNorm } from "./clip.ts";
import { minimize, trainableVariables } from "./minimize.ts";
import { sgd } from "./sgd.ts";

const runtime = createRuntime({ device: "cpu" });
afterAll(() => runtime.dispose());

const variable = (name: string, values: number[], trainable = true): Variable => ({
  name,
  shape: [values.length],
  dtype: "float32",
  trainable,
  init: () => new Float32Array(values),
});

describe("minimize", () => {
  it("takes a network, a list of both, and leaves out what no gradient trains", () => {
    const [a, b, mean] = [variable("G/a", [1]), variable("D/b", [1]), variable("G/mean", [0], false)];
    const G = { name: "G", variables: () => [a, mean] };
    expect(trainableVariables(G)).toEqual([a]);
    expect(trainableVariables([G, b, a])).toEqual([a, b]);
  });

  it("moves the parameters and returns the clipped gradients", async () => {
    const w = variable("minimize/w", [3, 4]);
    const step = compile(
      () => {
        const loss = sum(square(read(w))).mul(0.5);
        const [g] = minimize(loss, [w], sgd({ lr: 0.5 }), { clip: { norm: 1 } });
        return { g: g!, w: read(w) };
      },
      { runtime },
    );
    const { g, w: moved } = await step();
    expect(g.data[0]).toBeCloseTo(0.6, 6);
    expect(g.data[1]).toBeCloseTo(0.8, 6);
    expect(moved.data[0]).toBeCloseTo(2.7, 6);
    expect(moved.data[1]).toBeCloseTo(3.6, 6);
  });

  it("names a parameter that the loss does not use, and takes zeros on request", () => {
    const [w, unused] = [variable("G/w", [1]), variable("G/unused", [1])];
    const step = (options: { unused?: "zero" }) =>
      withTrace(newTrace("step"), () => minimize(sum(read(w)), [w, unused], sgd({ lr: 1 }), options));
    expect(() => step({})).toThrow("does not depend on the parameter G/unused");
    expect(step({ unused: "zero" })).toHaveLength(2);
  });
});

describe("clipping", () => {
  it("leaves small gradients alone and scales all of them by one factor", async () => {
    const f = compile(
      () => {
        const g = [constant([3, 0]), constant([4])];
        return {
          norm: globalNorm(g),
          small: clipByGlobalNorm(g, 6),
          large: clipByGlobalNorm(g, 1),
          value: clipByValue(g, 3.5),
        };
      },
      { runtime },
    );
    const { norm, small, large, value } = await f();
    expect(norm.data[0]).toBe(5);
    expect(small.map((x) => [...x.data])).toEqual([[3, 0], [4]]);
    expect(large[0]!.data[0]).toBeCloseTo(0.6, 6);
    expect(large[1]!.data[0]).toBeCloseTo(0.8, 6);
    expect(value.map((x) => [...x.data])).toEqual([[3, 0], [3.5]]);
  });

  it("leaves gradients of zero at zero", async () => {
    const { data } = await compile(() => clipByGlobalNorm([constant([0, 0])], 1)[0]!, { runtime })();
    expect([...data]).toEqual([0, 0]);
  });

  it("refuses limits that are not positive", () => {
    expect(() => clipByGlobalNorm([constant([1])], 0)).toThrow("maxNorm is 0");
    expect(() => clipByValue([constant([1])], -1)).toThrow("the limit is -1");
    expect(() => globalNorm([])).toThrow("got no gradients");
  });
});
