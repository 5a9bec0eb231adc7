import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inOrder } from "./batches.ts";
import { builtInData } from "./built-in.ts";
import type { Dataset } from "./dataset.ts";
import { loadData } from "./load-data.node.ts";

const shared = process.env["IMAGO_DATA"] || resolve("../shared/data");

/** `describe` where a data set is at hand, else a line that says what was left out. */
function describeWith(name: string): typeof describe | typeof describe.skip {
  if (existsSync(join(shared, name))) return describe;
  console.log(`LEFT OUT: reading ${name}. To run it, name a folder that holds it in IMAGO_DATA.`);
  return describe.skip;
}

let root = "";
const before = { ...process.env };
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "imago-data-"));
  process.env["IMAGO_CACHE"] = join(root, "cache");
  process.env["IMAGO_DATA"] = shared;
});
afterAll(() => {
  process.env = before;
  rmSync(root, { recursive: true });
});

function read(dataset: Dataset, i: number): number[] {
  const out = new Float32Array(dataset.shape.reduce((a, b) => a * b));
  dataset.read([i], out);
  return [...out];
}

const put = (name: string, bytes: Uint8Array | string): string => {
  const file = join(root, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, bytes);
  return file;
};

const idx = (shape: number[], data: ArrayLike<number>): Uint8Array => {
  const out = Buffer.alloc(4 + 4 * shape.length + data.length);
  out.set([0, 0, 8, shape.length]);
  for (const [i, d] of shape.entries()) out.writeUInt32BE(d, 4 + 4 * i);
  out.set(data, 4 + 4 * shape.length);
  return out;
};

const npy = (descr: string, shape: string, data: Uint8Array): Uint8Array => {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }\n`;
  const start = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  return Buffer.concat([start, Buffer.from(header), data]);
};

test.each(builtInData.filter((d) => d.source === "procedural").map((d) => d.name))(
  "%s is there offline",
  async (name) => {
    const { train, test: held } = await loadData(name);
    expect(train.length).toBeGreaterThanOrEqual(20_000);
    expect(held!.length).toBeGreaterThanOrEqual(2_000);
    expect(read(train, 0).every(Number.isFinite)).toBe(true);
  },
);

test("the seed and the size reach procedural data", async () => {
  const { train } = await loadData("glyphs", { size: 32, seed: 3, channels: 3 });
  expect(train.shape).toEqual([3, 32, 32]);
  expect(train.fingerprint).toContain("seed=3 size=32");
});

test("a folder in MNIST's layout, half of it gzipped", async () => {
  put("digits/train-images-idx3-ubyte", idx([12, 4, 4], new Uint8Array(192).fill(255)));
  put("digits/train-labels-idx1-ubyte.gz", gzipSync(idx([12], new Uint8Array(12).fill(3))));
  put("digits/t10k-images-idx3-ubyte.gz", gzipSync(idx([2, 4, 4], new Uint8Array(32))));
  const { train, test: held } = await loadData(join(root, "digits"), { size: 8 });
  expect(train).toMatchObject({ name: "digits", shape: [1, 8, 8], length: 12, classes: 4 });
  expect(read(train, 0)).toEqual(new Array(64).fill(1));
  expect(read(held!, 0)).toEqual(new Array(64).fill(-1));
});

test("lying, cut and mismatched IDX files are refused in one sentence", async () => {
  const lying = idx([1000, 28, 28], new Uint8Array(784));
  await expect(loadData(put("lying.idx", lying))).rejects.toThrow(/claims 1000×28×28 = 784000 bytes/);
  const cut = gzipSync(idx([1, 28, 28], new Uint8Array(784))).subarray(0, 30);
  await expect(loadData(put("cut.idx.gz", cut))).rejects.toThrow(/damaged or cut short \(gzip\)/);
  put("odd/train-images-idx3-ubyte", idx([2, 4, 4], new Uint8Array(32)));
  put("odd/train-labels-idx1-ubyte", idx([3], [0, 1, 2]));
  await expect(loadData(join(root, "odd"))).rejects.toThrow(/has 2 pictures: expected one label for each/);
});

test("CIFAR-10 binary files, with the names of the classes", async () => {
  const records = new Uint8Array(10 * 3073).map((_, i) => (i % 3073 === 0 ? Math.floor(i / 3073) : 255));
  put("cifar/data_batch_1.bin.gz", gzipSync(records));
  put("cifar/batches.meta.txt", "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
  const { train, test: held } = await loadData(join(root, "cifar"));
  expect(train).toMatchObject({ shape: [3, 32, 32], length: 9, classes: 10 });
  expect(train.classNames).toEqual([..."abcdefghij"]);
  expect(held!.length).toBe(1);
});

test("NumPy arrays: points, pictures, and Keras's names in a zip", async () => {
  const points = new Uint8Array(Float32Array.from({ length: 40 }, (_, i) => i).buffer);
  const { train, test: held } = await loadData(put("p.npy", npy("<f4", "(20, 2)", points)));
  expect(train).toMatchObject({ kind: "points", shape: [2], length: 18, name: "p" });
  expect(held!.length).toBe(2);
  const zip = zipSync({
    "x_train.npy": npy("|u1", "(4, 2, 2, 3)", new Uint8Array(48).fill(255)),
    "y_train.npy": npy("|u1", "(4,)", Uint8Array.of(0, 1, 2, 1)),
    "x_test.npy": npy("|u1", "(1, 2, 2, 3)", new Uint8Array(12)),
    "y_test.npy": npy("|u1", "(1,)", Uint8Array.of(2)),
  });
  const splits = await loadData(put("k.npz", zip));
  expect(splits.train).toMatchObject({ kind: "image", shape: [3, 2, 2], length: 4, classes: 3 });
  expect(splits.test!.length).toBe(1);
  const badLabels = zipSync({
    "x.npy": npy("|u1", "(4, 2, 2)", new Uint8Array(16)),
    "y.npy": npy("|u1", "(1,)", Uint8Array.of(1)),
  });
  await expect(loadData(put("bad.npz", badLabels))).rejects.toThrow(/has 4 examples but 1 labels in y/);
});

test("points that a person drew, too few to hold any out", async () => {
  const { train, test: held } = await loadData(put("drawn.csv", "x,y\n0,1\n2,3\n"));
  expect(train).toMatchObject({ kind: "points", shape: [2], length: 2, name: "drawn" });
  expect(held).toBeUndefined();
  expect(read(train, 1)).toEqual([2, 3]);
});

test.each([
  ["an unknown name", () => "mnits", {}, /no data called mnits: expected a path or one of glyphs, ring/],
  ["an empty file", () => put("empty.csv", ""), {}, /is empty/],
  ["one picture", () => put("one.png", "x"), {}, /is one picture; give the folder/],
  ["a strange file", () => put("x.pdf", "%PDF"), {}, /of no format known here/],
  ["a lying name", () => put("x.npy", "hello"), {}, /does not begin as its name promises/],
  ["a size of 0", () => "glyphs", { size: 0 }, /size of the pictures is 0/],
  ["half a pixel", () => "mnist", { size: 28.5 }, /size of the pictures is 28.5/],
  ["half a seed", () => "ring", { seed: 0.5 }, /seed is 0.5/],
])("%s is a mistake of the user", async (_, spec, options, message) => {
  const error: unknown = await loadData(spec(), options).catch((e: unknown) => e);
  expect(error).toMatchObject({ name: "UserError", message: expect.stringMatching(message) });
});

describeWith("mnist")("MNIST", () => {
  test("has its 60,000 and 10,000 digits", async () => {
    const { train, test: held } = await loadData("mnist");
    expect(train).toMatchObject({ shape: [1, 28, 28], length: 60_000, classes: 10, name: "mnist" });
    expect(held!.length).toBe(10_000);
    const labels = new Int32Array(10);
    train.labels!([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], labels);
    expect([...labels]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    const out = new Float32Array(784 * 1000);
    let sum = 0;
    for (const portion of inOrder(train.length, 1000)) {
      train.read(portion, out);
      for (const v of out) sum += (v + 1) / 2;
    }
    expect(sum / (784 * train.length)).toBeCloseTo(0.1306604762738429, 6); // of the official files
  });
});

describeWith("cifar10-batches-bin")("CIFAR-10", () => {
  test("has as many of each class", async () => {
    const { train, test: held } = await loadData("cifar10");
    expect(train).toMatchObject({ shape: [3, 32, 32], classes: 10, name: "cifar10" });
    const labels = new Int32Array(held!.length);
    held!.labels!(
      Array.from({ length: held!.length }, (_, i) => i),
      labels,
    );
    const counts = new Array<number>(10).fill(0);
    for (const label of labels) counts[label]!++;
    expect(new Set(counts).size).toBe(1);
  });
});

describeWith("cifar10-jpg")("a folder of 3,500 JPEGs", () => {
  test("becomes two splits with labels", async () => {
    const { train, test: held, warnings } = await loadData(join(shared, "cifar10-jpg"), { size: 32 });
    expect(train).toMatchObject({ shape: [3, 32, 32], length: 3000, classes: 10 });
    expect(held).toMatchObject({ shape: [3, 32, 32], length: 500, classes: 10 });
    expect(train.classNames![0]).toBe("airplane");
    expect(warnings).toEqual([]);
  });
});

test("binarized- before a name gives its pictures in black and white, the same in every reading", async () => {
  const [{ train }, again, grey] = await Promise.all([
    loadData("binarized-glyphs"),
    loadData("glyphs", { levels: 2 }),
    loadData("glyphs"),
  ]);
  expect({ name: train.name, levels: train.levels }).toEqual({ name: "binarized-glyphs", levels: 2 });
  expect(new Set(read(train, 0))).toEqual(new Set([-1, 1]));
  expect(read(train, 0)).toEqual(read(again.train, 0));
  expect(read(train, 0)).not.toEqual(read(grey.train, 0));
});

test("thresholded- before a name makes pixels white from one half on", async () => {
  const [grey, sharp] = await Promise.all([
    loadData("glyphs", { size: 14 }),
    loadData("thresholded-glyphs", { size: 14, levels: 2 }),
  ]);
  const [a, b] = [grey, sharp].map(({ train }) => {
    const x = new Float32Array(5 * 14 * 14);
    train.read([0, 1, 2, 3, 4], x);
    return x;
  });
  expect(sharp.train).toMatchObject({ levels: 2, name: "thresholded-glyphs", shape: [1, 14, 14] });
  expect(b).toEqual(a!.map((v) => (v >= 0 ? 1 : -1)));
});
