import { describe, expect, test } from "vitest";
import { quality, relative, toFeatures } from "../../test/golden/metrics/quality.ts";
import { type Features, featuresOf, takeRows } from "./features.ts";
import { inceptionScore, softmaxRows } from "./inception-score.ts";

function oneHot(count: number, classes: number): Features {
  return featuresOf(
    Array.from({ length: count }, (_, i) =>
      Array.from({ length: classes }, (_, c) => (i % classes === c ? 1 : 0)),
    ),
  );
}

test("one-hot rows spread evenly give the number of classes, equal rows give 1", () => {
  expect(inceptionScore(oneHot(70, 7), { splits: 1 }).value).toBeCloseTo(7, 12);
  expect(inceptionScore(oneHot(70, 7), { splits: 10, shuffle: false }).value).toBeCloseTo(7, 12);
  const equal = featuresOf(Array.from({ length: 40 }, () => [0.5, 0.25, 0.25, 0]));
  expect(inceptionScore(equal)).toMatchObject({ value: 1, standardError: 0, deviation: 0 });
});

describe("torch-fidelity", () => {
  const { logits, splits, shuffled } = quality["inception score"];
  const probabilities = softmaxRows(toFeatures(logits));

  test.each(Object.entries(splits))("%s splits of rows in order", (n, golden) => {
    const { value, deviation } = inceptionScore(probabilities, { splits: Number(n), shuffle: false });
    expect(relative(value, golden.value)).toBeLessThan(1e-12);
    expect(deviation).toBeCloseTo(golden.deviation, 12);
  });

  test("rows in the order of its generator", () => {
    const rows = takeRows(probabilities, shuffled.order);
    const { value, deviation } = inceptionScore(rows, { splits: 10, shuffle: false });
    expect(relative(value, shuffled.value)).toBeLessThan(1e-12);
    expect(relative(deviation, shuffled.deviation)).toBeLessThan(1e-11);
  });
});

test("the seed deals the rows", () => {
  const probabilities = softmaxRows(toFeatures(quality["inception score"].logits));
  expect(inceptionScore(probabilities, { seed: 1 })).toEqual(inceptionScore(probabilities, { seed: 1 }));
  expect(inceptionScore(probabilities, { seed: 1 }).value).not.toBe(
    inceptionScore(probabilities, { seed: 2 }).value,
  );
  expect(inceptionScore(probabilities, { splits: 1, seed: 1 }).value).toBeCloseTo(
    inceptionScore(probabilities, { splits: 1, seed: 2 }).value,
    12,
  );
});

test.each([
  [
    "logits",
    featuresOf(Array.from({ length: 20 }, () => [3, -1])),
    /add up to 2.00000; .* softmaxRows first/,
  ],
  ["fewer rows than splits", oneHot(5, 2), /is needs at least 10 examples, but class probabilities are 5/],
])("%s are refused", (_, wrong, message) => {
  expect(() => inceptionScore(wrong)).toThrow(message);
});
