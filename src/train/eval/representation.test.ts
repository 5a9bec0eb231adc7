import { afterAll, expect, test } from "vitest";
import type { Dataset } from "../../data/dataset.ts";
import { floatDataset } from "../../data/float-dataset.ts";
import { createRuntime } from "../../runtime/index.ts";
import { createStream, type Tensor } from "../../tensor/index.ts";
import type { Subject } from "./evaluation.ts";
import { representation } from "./representation.ts";

const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(() => runtime.dispose());

/** Points whose two coordinates are two factors of five values each, a little noisy. */
function factored(length: number, key: number, labels: boolean): Dataset {
  const factors = Int32Array.from(createStream([key, 1]).uniform(new Float32Array(2 * length)), (u) =>
    Math.floor(5 * u),
  );
  const noise = createStream([key, 2]).normal(new Float32Array(2 * length));
  const values = noise.map((v, at) => factors[at]! + 0.05 * v);
  const set = floatDataset({
    ...{ name: "factored", kind: "points", shape: [2], values, fingerprint: `factored ${key}` },
    ...(labels && { labels: Int32Array.from({ length }, (_, i) => Number(factors[2 * i]! > 2)) }),
  });
  const read = (indices: ArrayLike<number>, out: Int32Array): void => {
    for (let n = 0; n < indices.length; n++)
      out.set(factors.subarray(2 * indices[n]!, 2 * indices[n]! + 2), 2 * n);
  };
  return { ...set, factors: { names: ["a", "b"], sizes: [5, 5], read } };
}

function subjectOf(encode: (x: Tensor) => Tensor, labels: boolean): Subject {
  const splits = { train: factored(600, 1, labels), test: factored(1500, 2, labels) };
  return {
    ...{ kind: "points", seed: 1, runtime, splits, progress: () => undefined },
    run: {
      model: { encode },
      runtime,
      withAverages: <T>(body: () => T) => body(),
      definition: { name: "m" },
    },
    reference: { name: "factored", split: "test", fingerprint: "factored 2" },
    real: { name: "real", count: 1500 },
    extractor: { name: "raw" },
  } as unknown as Subject;
}

const scoresOf = async (subject: Subject, metrics = ["representation", "disentanglement"]) => {
  expect(representation.unfit(subject)).toBeUndefined();
  const { scores } = await representation.measure(subject, (metric) => metrics.includes(metric));
  return new Map(scores.map(({ name, value }) => [name, value]));
};

test("codes that are the factors are disentangled, mixtures of them are not", async () => {
  const own = await scoresOf(subjectOf((x) => x.mul(2), false));
  expect([...own.keys()]).toEqual([
    "MIG",
    "FactorVAE score",
    "disentanglement",
    "completeness",
    "informativeness",
  ]);
  for (const value of own.values()) expect(value).toBeGreaterThan(0.95);
  const turned = await scoresOf(
    subjectOf((x) => {
      const [a, b] = x.split(2, 1) as [Tensor, Tensor];
      return a.add(b).add(x.mul(0.1)); // both codes are nearly the sum
    }, false),
  );
  expect(turned.get("MIG")).toBeLessThan(0.3);
  expect(turned.get("disentanglement")).toBeLessThan(0.6);
});

test("with labels the classes are probed too, and each metric can be asked for alone", async () => {
  const subject = subjectOf((x) => x.mul(1), true);
  const all = await scoresOf(subject);
  expect(all.get("linear-probe accuracy")).toBeGreaterThan(0.97);
  expect(all.get("MIG")).toBeGreaterThan(0.9);
  expect((await scoresOf(subject, ["disentanglement"])).has("linear-probe accuracy")).toBe(false);
  expect((await scoresOf(subject, ["representation"])).has("MIG")).toBe(false);
});

test("data with neither labels nor factors has nothing to be measured by", () => {
  const subject = subjectOf((x) => x, false);
  const { factors, ...plain } = subject.splits!.test!;
  expect(representation.unfit({ ...subject, splits: { ...subject.splits!, test: plain } })).toContain("none");
});
