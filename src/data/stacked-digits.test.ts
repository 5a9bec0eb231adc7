import { expect, test } from "vitest";
import { withChannels } from "./channels.ts";
import { floatDataset } from "./float-dataset.ts";
import { glyphs } from "./glyphs/glyphs.ts";
import { loadData } from "./load-data.node.ts";
import { stackedDigits } from "./stacked-digits.ts";

const digits = glyphs({ length: 500 });

test("a picture has three digits as channels, and their digits as its class", () => {
  const { train } = stackedDigits("stacked-glyphs", digits, { length: 40 });
  expect(train).toMatchObject({
    kind: "image",
    shape: [3, 28, 28],
    length: 40,
    classes: 1000,
    name: "stacked-glyphs",
  });
  expect(train.classNames![7]).toBe("007");
  const known = new Float32Array(500 * 784);
  digits.train.read(
    Array.from({ length: 500 }, (_, i) => i),
    known,
  );
  const digitOf = (plane: Float32Array): number => {
    const n = Array.from({ length: 500 }, (_, i) => i).find((i) =>
      plane.every((v, k) => v === known[784 * i + k]!),
    );
    return n! % 10;
  };
  const [picture, label] = [new Float32Array(3 * 784), new Int32Array(1)];
  for (const i of [0, 7, 39]) {
    train.read([i], picture);
    train.labels!([i], label);
    const seen = [0, 1, 2].map((c) => digitOf(picture.subarray(784 * c, 784 * (c + 1))));
    expect(label[0]).toBe(100 * seen[0]! + 10 * seen[1]! + seen[2]!);
  }
});

test("pictures depend on the seed, the part and their number only", () => {
  const labelsOf = (seed: number, part: "train" | "test", length = 500) => {
    const out = new Int32Array(50);
    stackedDigits("s", digits, { seed, length })[part]!.labels!(
      Array.from(out, (_, i) => i),
      out,
    );
    return [...out];
  };
  expect(labelsOf(1, "train")).toEqual(labelsOf(1, "train", 900));
  expect(labelsOf(1, "train")).not.toEqual(labelsOf(2, "train"));
  expect(labelsOf(1, "train")).not.toEqual(labelsOf(1, "test"));
  expect(stackedDigits("s", digits, { seed: 1 }).train.fingerprint).not.toBe(
    stackedDigits("s", digits, { seed: 2 }).train.fingerprint,
  );
});

test("loaded by name: size and seed reach it, and 128,000 pictures cost nothing before they are read", async () => {
  const { train, test: held } = await loadData("stacked-glyphs", { size: 32, seed: 3 });
  expect(train).toMatchObject({ shape: [3, 32, 32], length: 128_000, classes: 1000 });
  expect(held!.length).toBe(12_800);
  expect(train.fingerprint).toContain("seed=3");
});

test("what is not grey digits is refused", () => {
  const colour = { train: withChannels(digits.train, 3) };
  expect(() => stackedDigits("s", colour)).toThrow(
    /glyphs has 3 channels and 10 classes; expected grey digits/,
  );
  const points = floatDataset({
    name: "p",
    kind: "points",
    shape: [2],
    values: new Float32Array(4),
    fingerprint: "p",
  });
  expect(() => stackedDigits("s", { train: points })).toThrow(/expected grey digits of ten classes/);
});
