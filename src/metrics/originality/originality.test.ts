import { afterAll, describe, expect, it } from "vitest";
import { createRuntime } from "../../runtime/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { type Features, rowsOf } from "../features.ts";
import { createProducts } from "../products.ts";
import type { Measured } from "../protocol.ts";
import { birthdaySupport } from "./birthday.ts";
import { dataCopying } from "./data-copying.ts";
import { likelihoodGap } from "./likelihood-gap.ts";
import { mannWhitney } from "./mann-whitney.ts";
import { originality } from "./originality.ts";

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());
const products = createProducts(runtime);

const gaussian = (count: number, dimensions: number, name: string): Features => ({
  data: createStream(deriveKey("originality", name)).normal(new Float32Array(count * dimensions)),
  count,
  dimensions,
});
/** Rows i of a with noise of the given size. */
function near(a: Features, count: number, noise: number): Features {
  const e = createStream(deriveKey("near")).normal(new Float32Array(count * a.dimensions));
  const data = e.map((v, at) => a.data[at % a.data.length]! + noise * v);
  return { data, count, dimensions: a.dimensions };
}
const byName = (measured: readonly Measured[], name: string): Measured =>
  measured.find((m) => m.name === name)!;

const training = gaussian(1000, 4, "training");
const heldOut = gaussian(400, 4, "held out");
const run = (generated: Features, options = {}) =>
  originality({ training, heldOut, generated }, { products, seed: 1, permutations: 199, ...options });

describe("originality", () => {
  it("finds nothing in new examples, but for the share of false alarms that a level of 5 % allows", async () => {
    const repetitions = 40;
    const alarms = { "data-copying": 0, "near-training": 0, "neighbor-ratio": 0 };
    for (let i = 0; i < repetitions; i++) {
      const sets = {
        training,
        heldOut: gaussian(300, 4, `held ${i}`),
        generated: gaussian(350, 4, `new ${i}`),
      };
      const { measured } = await originality(sets, { products, seed: i, permutations: 99 });
      for (const name of Object.keys(alarms) as (keyof typeof alarms)[])
        alarms[name] += Number(byName(measured, name).details!["pValue"]) <= 0.05 ? 1 : 0;
      expect(byName(measured, "copies").value).toBe(0);
    }
    // Binomial(40, 0.05) exceeds 7 with a chance of 0.1 %.
    for (const count of Object.values(alarms)) expect(count).toBeLessThanOrEqual(7);
  });

  it("finds copies, and the originals", async () => {
    const { measured, neighbors } = await run(rowsOf(training, 100, 200), { k: 3 });
    expect(byName(measured, "copies")).toMatchObject({ value: 1, details: { count: 200 } });
    expect(Array.from({ length: 200 }, (_, i) => neighbors.indices[3 * i])).toEqual(
      Array.from({ length: 200 }, (_, i) => 100 + i),
    );
    expect(byName(measured, "data-copying").value).toBeLessThan(-10);
    expect(byName(measured, "near-training").value).toBe(1);
    expect(byName(measured, "neighbor-ratio").value).toBe(0);
    for (const m of measured.slice(0, 3)) expect(m.details!["pValue"]).toBeCloseTo(1 / 200, 10);
  });

  it("finds blurred copies, which are no exact ones, and counts them with a tolerance", async () => {
    const blurred = near(training, 300, 0.02);
    const exact = await run(blurred);
    expect(byName(exact.measured, "copies").value).toBe(0);
    expect(byName(exact.measured, "data-copying").value).toBeLessThan(-10);
    expect(byName((await run(blurred, { tolerance: 0.1 })).measured, "copies").value).toBeGreaterThan(0.95);
  });

  it("tells samples that lie off the data from copies by the sign", async () => {
    const { measured } = await run(near(training, 300, 1.5));
    expect(byName(measured, "data-copying").value).toBeGreaterThan(3);
    expect(byName(measured, "near-training").details!["pValue"]).toBeGreaterThan(0.5);
  });

  it("finds copying in one region that distances over the whole space hide", async () => {
    // A dense cluster, and a sparse one whose copies are still farther from their originals than dense neighbours are.
    const real = (count: number, name: string): Features =>
      clusters(gaussian(count, 4, name), (i) => i % 2 === 0);
    const [train, held] = [real(1000, "two"), real(400, "two held out")];
    const sparse = near(
      { ...train, data: train.data.filter((_, at) => Math.floor(at / 4) % 2 === 1), count: 500 },
      300,
      0.2,
    );
    const dense = clusters(gaussian(100, 4, "dense"), () => true);
    const generated = { data: Float32Array.from([...sparse.data, ...dense.data]), count: 400, dimensions: 4 };
    const sets = { training: train, heldOut: held, generated };
    const { measured } = await originality(sets, { products, seed: 1, permutations: 199, cells: 2 });
    const copying = byName(measured, "data-copying");
    expect(Number(copying.details!["z"])).toBeGreaterThan(0); // as if samples lay off the data
    expect(copying.value).toBeLessThan(-5);
    expect(copying.details!["pValue"]).toBeLessThan(0.01);
  });

  it("says which sets do not fit, and when they are too small", async () => {
    const few = run(gaussian(10, 4, "few"));
    await expect(few).rejects.toThrow("at least 20 generated");
    await expect(run(gaussian(100, 3, "flat"))).rejects.toThrow("4 features and generated ones 3");
  });

  it("tells how far it is", async () => {
    const shares: number[] = [];
    await run(gaussian(100, 4, "progress"), { onProgress: (share: number) => shares.push(share) });
    expect(shares.at(-1)).toBe(1);
    expect([...shares].sort((a, b) => a - b)).toEqual(shares);
  });
});

/** Rows for which `dense` holds are drawn together to a tenth, far from the others. */
function clusters(set: Features, dense: (row: number) => boolean): Features {
  const data = Float32Array.from(set.data, (v, at) => (dense(Math.floor(at / 4)) ? 20 + v / 20 : v));
  return { ...set, data };
}

describe("dataCopying", () => {
  it("has uniform p-values when nothing is copied", () => {
    const distances = (name: string, i: number, n: number): Float32Array =>
      createStream(deriveKey(name, i)).uniform(new Float32Array(n));
    const repetitions = 200;
    const p = Array.from({ length: repetitions }, (_, i) => {
      const [a, b] = [distances("a", i, 40), distances("b", i, 60)];
      return dataCopying({ distances: a }, { distances: b }, { seed: i, permutations: 99 })[0]!.details![
        "pValue"
      ] as number;
    }).sort((x, y) => x - y);
    // Kolmogorov–Smirnov distance to the uniform, at level 0.001.
    const distance = Math.max(...p.map((v, i) => Math.max(v - i / repetitions, (i + 1) / repetitions - v)));
    expect(distance).toBeLessThan(1.95 / Math.sqrt(repetitions) + 0.01);
  });
});

describe("likelihoodGap", () => {
  it("is the difference of means with the error of both", () => {
    const gap = likelihoodGap(Float64Array.of(-1, -3, -2), Float64Array.of(-10, -14));
    expect(gap).toMatchObject({ value: 10, unit: "nats", details: { train: -2, test: -12 } });
    expect(gap.standardError).toBeCloseTo(Math.sqrt(1 / 3 + 8 / 2), 12);
  });
});

describe("birthdaySupport", () => {
  it("counts the examples that a memoriser repeats", async () => {
    const support = 100;
    const words = createStream(deriveKey("memoriser")).uniform(new Float32Array(300));
    const data = Float32Array.from(words, (u) => Math.floor(u * support));
    const rows = Float32Array.from(
      { length: 300 * 4 },
      (_, at) => training.data[4 * data[Math.floor(at / 4)]! + (at % 4)]!,
    );
    const measured = await birthdaySupport(heldOut, { data: rows, count: 300, dimensions: 4 }, { products });
    expect(measured.value).toBeGreaterThan(50);
    expect(measured.value).toBeLessThan(200);
    expect(Math.abs(measured.value - support)).toBeLessThan(3 * measured.standardError!);
  });

  it("gives a lower bound where nothing is repeated", async () => {
    const measured = await birthdaySupport(heldOut, gaussian(50, 4, "once"), { products, threshold: 1e-6 });
    expect(measured).toMatchObject({ value: (50 * 49) / 2, details: { pairs: 0 } });
    expect(measured.note).toContain("At least");
    expect(measured.standardError).toBeUndefined();
  });
});

describe("mannWhitney", () => {
  it("is extreme for separated samples and centred for equal ones", () => {
    expect(mannWhitney([1, 2, 3], [4, 5, 6])).toMatchObject({ u: 0 });
    expect(mannWhitney([4, 5, 6], [1, 2, 3])).toMatchObject({ u: 9 });
    expect(mannWhitney([7, 7], [7, 7, 7])).toEqual({ u: 3, z: 0 });
  });
});
