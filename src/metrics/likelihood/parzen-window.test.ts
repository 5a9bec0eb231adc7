import { afterAll, describe, expect, it } from "vitest";
import { createRuntime } from "../../runtime/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { type Features, featuresOf } from "../features.ts";
import { createProducts } from "../products.ts";
import { parzenMetric, parzenWindow } from "./parzen-window.ts";

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());
const products = createProducts(runtime);

const gaussian = (count: number, dimensions: number, name: string): Features => ({
  data: createStream(deriveKey("parzen", name)).normal(new Float32Array(count * dimensions)),
  count,
  dimensions,
});
const truth = (dimensions: number): number => (-dimensions / 2) * (1 + Math.log(2 * Math.PI)); // −H of N(0, I)

describe("parzenWindow", () => {
  it("is a Gaussian's log-density where there is one sample", async () => {
    const test = featuresOf([
      [1, 2],
      [1, 2],
    ]);
    const { value } = await parzenWindow(
      featuresOf([
        [0, 0],
        [0, 0],
      ]),
      test,
      { products, validation: test, bandwidths: [1.5] },
    );
    expect(value).toBeCloseTo(-5 / 2 / 1.5 ** 2 - Math.log(2 * Math.PI * 1.5 ** 2), 12);
  });

  it("finds the density in one dimension, and the best of the bandwidths", async () => {
    const measured = await parzenWindow(gaussian(2000, 1, "samples"), gaussian(2000, 1, "test"), {
      products,
      validation: gaussian(1000, 1, "validation"),
    });
    expect(Math.abs(measured.value - truth(1))).toBeLessThan(4 * measured.standardError!);
    // Silverman's rule: 1.06 n^(−1/5) = 0.23.
    expect(measured.details!["bandwidth"]).toBeGreaterThan(0.1);
    expect(measured.details!["bandwidth"]).toBeLessThan(0.5);
  });

  it("fails in 30 dimensions as its note says: the data's own distribution loses against a constant", async () => {
    const [test, validation] = [gaussian(500, 30, "test 30"), gaussian(500, 30, "validation 30")];
    const own = await parzenWindow(gaussian(1000, 30, "own"), test, { products, validation });
    const mean = { data: new Float32Array(1000 * 30), count: 1000, dimensions: 30 };
    const constant = await parzenWindow(mean, test, { products, validation });
    expect(constant.value).toBeGreaterThan(own.value + 1);
    expect(own.value).toBeLessThan(truth(30) - 1);
    expect(own.note).toContain("ranks models wrongly");
  });

  it("refuses a bandwidth that is none, and says when the best is the last that was tried", async () => {
    const set = gaussian(50, 2, "small");
    const at = (bandwidths: number[]) => parzenWindow(set, set, { products, validation: set, bandwidths });
    await expect(at([1, 0])).rejects.toThrow("positive numbers");
    expect((await at([5, 9])).note).toContain("edge");
  });

  it("as a metric takes other real examples to choose the bandwidth than it measures", async () => {
    const [real, fake] = [gaussian(600, 2, "real"), gaussian(600, 2, "fake")];
    const [measured] = await parzenMetric.measure({ real, fake, runtime, seed: 3 });
    const [again] = await parzenMetric.measure({ real, fake, runtime, seed: 3 });
    expect(measured).toEqual(again);
    expect(Math.abs(measured!.value - truth(2))).toBeLessThan(0.3);
  });
});
