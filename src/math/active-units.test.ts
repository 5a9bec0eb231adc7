import { afterAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../runtime/index.ts";
import type { Tensor } from "../tensor/index.ts";
import { activeUnits } from "./active-units.ts";
import { normalHeads } from "./distributions/index.ts";
import { greyValues } from "./grey-values.ts";

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());
const f32 = (data: number[], shape: number[]) => ({ data: Float32Array.from(data), shape });

describe("activeUnits", () => {
  it("counts the columns whose variance is above the threshold", async () => {
    const f = compile((means: Tensor) => [activeUnits(means), activeUnits(means, { threshold: 0.3 })], {
      runtime,
    });
    // Variances 0.25, 0.0081 and 0 about means that are not 0.
    const [usual, strict] = await f(f32([5.5, 1.09, 7, 4.5, 0.91, 7], [2, 3]));
    expect([Number(usual!.data[0]), Number(strict!.data[0])]).toEqual([1, 0]);
  });
});

describe("greyValues", () => {
  it("takes pixels to [0, 1] and back, and leaves points alone", async () => {
    const grey = greyValues("image");
    const f = compile((x: Tensor) => ({ unit: grey.toUnit(x), back: grey.fromUnit(grey.toUnit(x)) }), {
      runtime,
    });
    const { unit, back } = await f(f32([-1, 0, 0.5, 1], [4]));
    expect([...unit.data]).toEqual([0, 0.5, 0.75, 1]);
    expect([...back.data]).toEqual([-1, 0, 0.5, 1]);
    const points = compile((x: Tensor) => greyValues("points").toUnit(x), { runtime, name: "points" });
    expect([...(await points(f32([3, -7], [2]))).data]).toEqual([3, -7]);
  });
});

describe("normalHeads", () => {
  it("has the first half as mean, and a variance that follows the second half down to the floor", async () => {
    const f = compile(
      (y: Tensor) => {
        const { mean, logVariance } = normalHeads(y);
        const squashed = normalHeads(y, { floor: -2, mean: (x) => x.sigmoid() });
        return [mean, logVariance, squashed.mean, squashed.logVariance];
      },
      { runtime },
    );
    const [mean, logVariance, squashed, high] = await f(f32([0, 2, 10, -100], [1, 4]));
    expect([...mean!.data]).toEqual([0, 2]);
    expect(Number(logVariance!.data[0])).toBeCloseTo(10, 5);
    expect(Number(logVariance!.data[1])).toBeCloseTo(-6, 5);
    expect(Number(squashed!.data[0])).toBeCloseTo(0.5, 6);
    expect(Number(high!.data[1])).toBeCloseTo(-2, 5);
  });

  it("wants two numbers for each", () => {
    const odd = compile((y: Tensor) => normalHeads(y).mean, { runtime, name: "odd" });
    return expect(odd(f32([1, 2, 3], [1, 3]))).rejects.toThrow(
      "normalHeads: got [1, 3], expected [n, 2c, …]",
    );
  });
});
