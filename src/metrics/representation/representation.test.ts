import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createRuntime } from "../../runtime/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { type Features, featuresOf } from "../features.ts";
import { createProducts } from "../products.ts";
import {
  clusterAgreement,
  clusterPurity,
  dci,
  discretize,
  type FactoredCodes,
  factorVaeScore,
  fitLogistic,
  linearProbe,
  mutualInformationGap,
  neighborAccuracy,
} from "./index.ts";
import { lasso } from "./lasso.ts";
import { standardizer } from "./standardize.ts";

// scikit-learn's numbers (test/golden/metrics/two_sample.py).
const golden = JSON.parse(
  readFileSync(new URL("../../../test/golden/metrics/two-sample.json", import.meta.url), "utf8"),
).representation;
const x = featuresOf(golden.x);

const runtime = createRuntime({ device: "cpu" });
const products = createProducts(runtime);
afterAll(() => runtime.dispose());

/** Classes 0 … 2 about three corners of a triangle in the plane. */
const clouds = (count: number, name: string, spread: number) => {
  const noise = createStream(deriveKey(3, name)).normal(new Float32Array(2 * count));
  const labels = Int32Array.from({ length: count }, (_, i) => i % 3);
  const at = (i: number): [number, number] => [
    Math.cos((labels[i]! * 2 * Math.PI) / 3),
    Math.sin((labels[i]! * 2 * Math.PI) / 3),
  ];
  const features: Features = {
    data: noise.map((z, i) => at(i >> 1)[i % 2]! + spread * z),
    count,
    dimensions: 2,
  };
  return { features, labels };
};
const splitOf = (spread: number) => {
  const [train, test] = [clouds(600, "train", spread), clouds(600, "test", spread)];
  return {
    train: train.features,
    trainLabels: train.labels,
    test: test.features,
    testLabels: test.labels,
    classes: 3,
  };
};

describe("logistic regression", () => {
  it("finds the optimum that scikit-learn finds, by loops and by the engine's products", async () => {
    for (const options of [{}, { products }]) {
      const classifier = await fitLogistic(x, golden.labels, 3, { penalty: golden.penalty, ...options });
      expect(classifier.converged).toBe(true);
      const logits = await classifier.logits(x);
      golden.logProbabilities.forEach((row: number[], i: number) => {
        const own = Array.from(logits.subarray(3 * i, 3 * i + 3));
        const all = Math.log(own.reduce((sum, v) => sum + Math.exp(v), 0));
        row.forEach((wanted, k) => {
          expect(Math.abs(own[k]! - all - wanted)).toBeLessThan(1e-3);
        });
      });
    }
  });
});

describe("accuracy of features", () => {
  it("is 1 for classes far apart, and near Bayes where they overlap", async () => {
    expect((await linearProbe(splitOf(0.05))).value).toBe(1);
    expect((await neighborAccuracy(splitOf(0.05), { products })).value).toBe(1);
    const probe = await linearProbe(splitOf(0.6));
    const bayes = accuracyOfNearestCorner(splitOf(0.6));
    expect(Math.abs(probe.value - bayes)).toBeLessThan(3 * probe.standardError!);
    const near = await neighborAccuracy(splitOf(0.6), { products, k: 25 });
    expect(near.value).toBeGreaterThan(bayes - 4 * near.standardError!);
    expect(probe.details!["chance"]).toBeCloseTo(1 / 3, 2);
  });

  it("is chance for features without information", async () => {
    const split = splitOf(0.3);
    const noise = (name: string) => clouds(600, name, 1e6).features;
    const got = await linearProbe({ ...split, train: noise("n1"), test: noise("n2") });
    expect(Math.abs(got.value - 1 / 3)).toBeLessThan(4 * got.standardError!);
  });

  it("decides a draw by the nearest neighbour", async () => {
    const split = {
      train: featuresOf([[0], [0.9]]),
      trainLabels: [1, 0],
      test: featuresOf([[0.1], [0.8]]),
      testLabels: [1, 0],
      classes: 2,
    };
    expect((await neighborAccuracy(split, { products, k: 2 })).value).toBe(1);
  });

  it("names missing classes, wrong labels and too few labels", async () => {
    const split = splitOf(0.3);
    await expect(linearProbe({ ...split, classes: 4 })).rejects.toThrow("no training example has class 3");
    await expect(linearProbe({ ...split, testLabels: [0, 1] })).rejects.toThrow("600 examples and 2 labels");
    const wrong = split.trainLabels.map((v, i) => (i === 5 ? 7 : v));
    await expect(neighborAccuracy({ ...split, trainLabels: wrong }, { products })).rejects.toThrow(
      "the label of example 5 is 7; expected a whole number from 0 to 2",
    );
  });
});

/** All 8³ combinations of three factors of eight values, and codes made of them. */
function grid(code: (v: readonly [number, number, number]) => number[]): FactoredCodes {
  const rows = Array.from({ length: 512 }, (_, i): [number, number, number] => [i % 8, (i >> 3) % 8, i >> 6]);
  return { codes: featuresOf(rows.map(code)), factors: featuresOf(rows) };
}
const perfect = grid(([a, b, c]) => [2 * c - 1, -a, 0, 0.5 * b]); // permuted, scaled, one code unused
const rotated = grid(([a, b, c]) => {
  const [p, q] = [(a + b) / Math.SQRT2, (a - b) / Math.SQRT2];
  return [(p + c) / Math.SQRT2, (p - c) / Math.SQRT2, q];
});
const noise = createStream(deriveKey(9, "codes")).normal(new Float32Array(512 * 3));
const useless: FactoredCodes = { ...perfect, codes: { data: noise, count: 512, dimensions: 3 } };

describe("disentanglement", () => {
  it("is 1 where every factor has a code of its own", () => {
    expect(mutualInformationGap(perfect).value).toBeCloseTo(1, 12);
    expect(factorVaeScore(perfect, { seed: 0 })).toMatchObject({ value: 1, details: { codesInUse: 3 } });
    const [d, c, i] = dci(perfect, { seed: 0 });
    expect(d!.value).toBeCloseTo(1, 10);
    expect(c!.value).toBeCloseTo(1, 10);
    expect(i!.value).toBeGreaterThan(0.999);
  });

  it("is low for rotated codes, which still inform", () => {
    expect(mutualInformationGap(rotated).value).toBeLessThan(0.25);
    expect(factorVaeScore(rotated, { seed: 0 }).value).toBeLessThan(0.8);
    const [d, c, i] = dci(rotated, { seed: 0 });
    expect(d!.value).toBeLessThan(0.5);
    expect(c!.value).toBeLessThan(0.5);
    expect(i!.value).toBeGreaterThan(0.99);
  });

  it("is near its floor for codes that know nothing", () => {
    expect(mutualInformationGap(useless).value).toBeLessThan(0.05);
    expect(factorVaeScore(useless, { seed: 0 }).value).toBeLessThan(0.5);
    expect(dci(useless, { seed: 0 })[2]!.value).toBeLessThan(0.05);
  });

  it("a duplicated code takes the gap away but leaves the vote and D whole", () => {
    const twice = grid(([a, b, c]) => [a, a, b, c]);
    expect(mutualInformationGap(twice).value).toBeCloseTo(2 / 3, 12);
    expect(factorVaeScore(twice, { seed: 0 }).value).toBe(1);
    expect(dci(twice, { seed: 0 })[0]!.value).toBeCloseTo(1, 10);
  });

  it("asks for whole factors of the same examples", () => {
    const continuous = {
      ...perfect,
      factors: { ...perfect.factors, data: perfect.factors.data.map((v) => v / 3) },
    };
    expect(() => mutualInformationGap(continuous)).toThrow("discretize makes them of continuous values");
    expect(
      mutualInformationGap({ ...perfect, factors: discretize(continuous.factors, 8) }).value,
    ).toBeCloseTo(1, 12);
    const constant = { ...perfect, factors: { data: new Float64Array(512), count: 512, dimensions: 1 } };
    expect(() => dci(constant, { seed: 0 })).toThrow("factor 0 has one value only");
    expect(() => dci({ ...perfect, codes: featuresOf([[1], [2]]) }, { seed: 0 })).toThrow(
      "codes of 2 examples",
    );
    const collapsed = { ...perfect, codes: { data: new Float64Array(512), count: 512, dimensions: 1 } };
    expect(() => factorVaeScore(collapsed, { seed: 0 })).toThrow("the encoder has collapsed");
  });

  it("the lasso is scikit-learn's", () => {
    const target = standardizer(featuresOf(golden.target.map((v: number) => [v])));
    const y = target(featuresOf(golden.target.map((v: number) => [v]))).data;
    const w = lasso(standardizer(x)(x).data, y, { penalty: 0.1 });
    golden.lasso.forEach((wanted: number, i: number) => {
      expect(w[i]).toBeCloseTo(wanted, 9);
    });
  });
});

describe("clusters", () => {
  it("purity and NMI are scikit-learn's", () => {
    const [purity, nmi] = clusterAgreement(golden.clusters, golden.labels, 3);
    expect(purity!.value).toBeCloseTo(golden.purity, 12);
    expect(nmi!.value).toBeCloseTo(golden.nmi, 12);
  });

  it("are 1 for clouds far apart, and chance for one cluster", () => {
    const { features, labels } = clouds(300, "clusters", 0.05);
    expect(clusterPurity(features, labels, 3, { seed: 0 }).map((m) => m.value)).toEqual([
      expect.closeTo(1, 12),
      expect.closeTo(1, 12),
    ]);
    const [purity, nmi] = clusterPurity(features, labels, 3, { seed: 0, clusters: 1 });
    expect(purity!.value).toBeCloseTo(1 / 3, 12);
    expect(nmi!.value).toBeCloseTo(0, 12);
  });
});

function accuracyOfNearestCorner({ test, testLabels }: ReturnType<typeof splitOf>): number {
  let hits = 0;
  for (let i = 0; i < test.count; i++) {
    const dots = [0, 1, 2].map(
      (k) =>
        test.data[2 * i]! * Math.cos((k * 2 * Math.PI) / 3) +
        test.data[2 * i + 1]! * Math.sin((k * 2 * Math.PI) / 3),
    );
    if (dots.indexOf(Math.max(...dots)) === testLabels[i]) hits++;
  }
  return hits / test.count;
}
