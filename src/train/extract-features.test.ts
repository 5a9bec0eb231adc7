import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../data/dataset.ts";
import { floatDataset } from "../data/float-dataset.ts";
import { glyphs } from "../data/glyphs/glyphs.ts";
import { loadData } from "../data/load-data.node.ts";
import { resized } from "../data/resize.ts";
import { subset } from "../data/subset.ts";
import { findModel } from "../models/registry.ts";
import type { DoneEvent } from "./events.ts";
import { extractFeatures } from "./extract-features.node.ts";
import { classifierExtractor } from "./extractors/classifier-run.node.ts";
import type { FeatureExtractor } from "./extractors/extractor.ts";
import { openExtractor } from "./extractors/open-extractor.node.ts";
import { pixelExtractor } from "./extractors/pixels.ts";
import { createSampler } from "./latents.node.ts";
import { openRun } from "./open-run.node.ts";
import { testAccuracy } from "./test-accuracy.node.ts";
import { type TrainOptions, train } from "./train.node.ts";

let folder = "";
const at = (name: string): string => join(folder, name);

async function trained(
  name: string,
  model: string,
  spec: string,
  changes: Partial<TrainOptions> = {},
): Promise<DoneEvent> {
  const splits = await loadData(spec);
  const options = { preset: "tiny", device: "cpu", threads: 1, out: at(name), ...changes } as const;
  const data = { spec, splits };
  for await (const event of train({ definition: findModel(model), data, ...options }))
    if (event.type === "done") return event;
  throw new Error("the training did not end");
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "imago-features-"));
  await trained("moons", "classifier", "moons", { steps: 200, options: { lr: 0.02 } });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const rows: Dataset = floatDataset({
  ...{ name: "rows", kind: "points", shape: [2], fingerprint: "rows" },
  values: Float32Array.from({ length: 1400 }, (_, i) => i),
});

describe("extractFeatures", () => {
  it("takes all of a data set in its order", async () => {
    const seen: number[] = [];
    const { features, indices, probabilities } = await extractFeatures(rows, pixelExtractor([2]), {
      onProgress: (done, total) => seen.push(done / total),
    });
    expect(features).toMatchObject({ count: 700, dimensions: 2 });
    expect([...features.data]).toEqual(Array.from({ length: 1400 }, (_, i) => i));
    expect([...indices!]).toEqual(Array.from({ length: 700 }, (_, i) => i));
    expect(probabilities).toBeUndefined();
    expect([seen[0], seen.at(-1)]).toEqual([0, 1]);
  });

  it("takes fewer without replacement, chosen by the seed alone", async () => {
    const take = async (count: number, seed: number) =>
      (await extractFeatures(rows, pixelExtractor([2]), { count, seed })).indices!;
    const some = await take(300, 5);
    expect(new Set(some).size).toBe(300);
    expect(await take(300, 5)).toEqual(some);
    expect(await take(300, 6)).not.toEqual(some);
    expect(await take(20, 5)).toEqual(some.subarray(0, 20));
    expect((await take(9999, 5)).length).toBe(700);
  });

  it("does not hold all examples at once", async () => {
    const largest: number[] = [];
    const source: Dataset = {
      ...rows,
      shape: [1000],
      read(indices, out) {
        largest.push(indices.length);
        out.fill(0);
      },
    };
    await extractFeatures(source, pixelExtractor([1000]));
    expect(Math.max(...largest)).toBeLessThanOrEqual(256);
    expect(largest.reduce((a, b) => a + b)).toBe(700);
  });

  it("takes samples of a run by their numbers", async () => {
    await trained("gan", "gan", "ring");
    const run = await openRun(at("gan"));
    const sampler = createSampler(run);
    const { features, indices } = await extractFeatures(sampler, pixelExtractor([2]), {
      count: 300,
      seed: 9,
    });
    expect(indices).toBeUndefined();
    expect(features.data).toEqual((await sampler.sample(9, 0, 300)).data);
    await expect(extractFeatures(sampler, pixelExtractor([2]))).rejects.toThrow(/how many samples/);
    await run.runtime.dispose();
  });

  it("names the example of a feature that is not a number", async () => {
    const bad: FeatureExtractor = {
      ...pixelExtractor([2]),
      name: "bad.onnx",
      extract: async (x) => ({ features: x.map((v) => (v === 603 ? Number.NaN : v)) }),
    };
    await expect(extractFeatures(rows, bad)).rejects.toThrow(
      /bad\.onnx gives NaN as feature 1 of example 301;/,
    );
    await expect(extractFeatures(rows, pixelExtractor([2]), { count: 0 })).rejects.toThrow(/is 0, expected/);
  });
});

describe("a classifier's run", () => {
  it("ends with its accuracy on the test examples, in the log too", async () => {
    const run = await openRun(at("moons"));
    const { accuracy, correct, examples, byClass } = await testAccuracy(run);
    expect(examples).toBe(10_000);
    expect(accuracy).toBe(correct / examples);
    expect(accuracy).toBeGreaterThan(0.8); // guessing gives ½
    expect((byClass[0]! + byClass[1]!) / 2).toBeCloseTo(accuracy, 1);
    const last = (await readFile(join(at("moons"), "metrics.jsonl"), "utf8")).trim().split("\n").at(-1)!;
    expect(JSON.parse(last)).toMatchObject({ step: 200, losses: { "test accuracy": accuracy } });
    await run.runtime.dispose();
  });

  it("extracts what the model computes, and probabilities that agree with its accuracy", async () => {
    const extractor = await openExtractor(at("moons"), rows, { threads: 1 });
    expect(extractor).toMatchObject({
      kind: "classifier",
      name: "classifier moons",
      dimensions: 16,
      classes: 2,
    });
    const { test } = (await loadData("moons")) as { test: Dataset };
    const { features, probabilities } = await extractFeatures(test, extractor);
    expect(features).toMatchObject({ count: 10_000, dimensions: 16 });
    const labels = new Int32Array(10_000);
    test.labels!(
      Int32Array.from(labels, (_, i) => i),
      labels,
    );
    let correct = 0;
    for (let i = 0; i < 10_000; i++) {
      const [a, b] = [probabilities!.data[2 * i]!, probabilities!.data[2 * i + 1]!];
      expect(Math.abs(a + b - 1)).toBeLessThan(1e-6);
      if (labels[i] === (b > a ? 1 : 0)) correct++;
    }
    const run = await openRun(at("moons"));
    expect(correct).toBe((await testAccuracy(run)).correct);
    const again = await classifierExtractor(at("moons"), { threads: 1 });
    expect(again.hash).toBe(extractor.hash);
    for (const open of [extractor, again]) await open.dispose();
    await run.runtime.dispose();
  });

  it("brings pictures to the size and channels of its training; margins are no probabilities", async () => {
    const splits = glyphs({ length: 200, size: 16 });
    const data = { spec: "glyphs", size: 16, splits };
    await trained("svm", "classifier", "moons", { data, options: { head: "svm" }, steps: 3 });
    const extractor = await classifierExtractor(at("svm"), { threads: 1 });
    expect(extractor).toMatchObject({ dimensions: 16, resizer: "as in training, 16×16" });
    expect(extractor.classes).toBeUndefined();
    const large = glyphs({ length: 20 }).train;
    const wanted = await extractFeatures(resized(large, 16), extractor);
    const got = await extractFeatures(large, extractor);
    expect(got.features).toEqual(wanted.features);
    expect(got.probabilities).toBeUndefined();
    await extractor.dispose();
    await expect(openExtractor(at("svm"), rows)).rejects.toThrow(
      /takes examples \[1, 16, 16\], but these are \[2\]/,
    );
  });

  it("is asked for where another model's run is named", async () => {
    const run = await openRun(at("gan"));
    await expect(openExtractor(at("gan"), rows)).rejects.toThrow(
      /which does not classify; name a run of `imago/,
    );
    await expect(testAccuracy(run)).rejects.toThrow(/gan does not classify/);
    await run.runtime.dispose();
    const moons = await openRun(at("moons"));
    await expect(testAccuracy(moons, { data: "checkerboard" })).rejects.toThrow(/has no labels/);
    await expect(openExtractor("no-such-run", rows)).rejects.toThrow(/There is no run "no-such-run"/);
    await moons.runtime.dispose();
  });

  it("shows mistakes in its sheet", async () => {
    const all = glyphs({ length: 400, size: 16 });
    const splits = {
      train: all.train,
      test: subset(
        all.train,
        Int32Array.from({ length: 60 }, (_, i) => i),
        "t",
      ),
    };
    const done = await trained("digits", "classifier", "moons", {
      data: { spec: "glyphs", size: 16, splits },
      steps: 20,
    });
    expect(done.sheet).toBe(join(at("digits"), "predictions", "000020.png"));
    expect(await readFile(done.report, "utf8")).toContain("<b>Predictions</b>");
  });
});
