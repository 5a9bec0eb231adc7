import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Dataset } from "../data/dataset.ts";
import { loadPictureFolder } from "../data/picture-folder.node.ts";
import { openExamples } from "./open-examples.node.ts";

const folder = mkdtempSync(join(tmpdir(), "imago-examples-"));
const at = (...names: string[]): string => join(folder, ...names);
const cacheBefore = process.env["IMAGO_CACHE"];
beforeAll(() => {
  process.env["IMAGO_CACHE"] = at("cache");
});
afterEach(() => rmSync(at("cache"), { recursive: true, force: true }));
afterAll(() => {
  if (cacheBefore === undefined) delete process.env["IMAGO_CACHE"];
  else process.env["IMAGO_CACHE"] = cacheBefore;
  rmSync(folder, { recursive: true });
});

/** Writes an array as np.save does. */
function npy(name: string, descr: string, shape: readonly number[], values: ArrayBufferView): string {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }\n`;
  const head = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, text.length & 255, text.length >> 8]);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  writeFileSync(at(name), Buffer.concat([head, Buffer.from(text, "latin1"), bytes]));
  return at(name);
}

async function picturesOf(path: string, options = {}): Promise<Dataset> {
  const opened = await openExamples(path, options);
  if (opened.kind !== "pictures") throw new Error("expected pictures");
  return opened.dataset;
}

function pixels(dataset: Dataset, indices: readonly number[]): number[] {
  const out = new Float32Array(indices.length * dataset.shape.reduce((a, b) => a * b, 1));
  dataset.read(indices, out);
  return [...out];
}

const close = (got: readonly number[], wanted: readonly number[]): void => {
  expect(got.length).toBe(wanted.length);
  got.forEach((v, i) => void expect(v).toBeCloseTo(wanted[i]!, 6));
};

describe(".npy files", () => {
  const bytes = Uint8Array.from({ length: 5 * 3 * 4 * 2 }, (_, i) => (i * 37) % 256);
  const asFloat = (b: number): number => b / 127.5 - 1;

  it("of bytes N×C×H×W are pictures, in any order they are asked for", async () => {
    const data = await picturesOf(npy("chw.npy", "|u1", [5, 3, 4, 2], bytes));
    expect(data).toMatchObject({ kind: "image", shape: [3, 4, 2], length: 5, name: "chw" });
    close(pixels(data, [3, 4, 0]), [...bytes.slice(72), ...bytes.slice(0, 24)].map(asFloat));
  });

  it("of bytes N×H×W×C are the same pictures", async () => {
    const last = new Uint8Array(bytes.length);
    for (let n = 0; n < 5; n++)
      for (let c = 0; c < 3; c++)
        for (let i = 0; i < 8; i++) last[n * 24 + i * 3 + c] = bytes[n * 24 + c * 8 + i]!;
    const data = await picturesOf(npy("hwc.npy", "|u1", [5, 4, 2, 3], last));
    expect(data.shape).toEqual([3, 4, 2]);
    close(pixels(data, [0, 1, 2, 3, 4]), [...bytes].map(asFloat));
  });

  it.each([
    ["[0, 1]", "<f4", [0, 0.25, 0.5, 1], [-1, -0.5, 0, 1]],
    ["[−1, 1]", "<f4", [-1, -0.5, 0.5, 1], [-1, -0.5, 0.5, 1]],
    ["[0, 255]", "<f8", [0, 51, 204, 255], [-1, -0.6, 0.6, 1]],
  ])("of floats may be in %s", async (_, descr, values, wanted) => {
    const array = descr === "<f4" ? Float32Array.from(values) : Float64Array.from(values);
    close(pixels(await picturesOf(npy("float.npy", descr, [1, 1, 2, 2], array)), [0]), wanted);
  });

  it("can be scaled and made grey", async () => {
    const data = await picturesOf(npy("chw.npy", "|u1", [5, 3, 4, 2], bytes), { size: 6, channels: 1 });
    expect(data.shape).toEqual([1, 6, 6]);
  });

  it("of two dimensions are features, as they are", async () => {
    const opened = await openExamples(npy("f.npy", "<f8", [2, 3], Float64Array.of(1, 2, 3, 4, 5, 1e300)));
    expect(opened).toMatchObject({ kind: "features", features: { count: 2, dimensions: 3 } });
    if (opened.kind === "features") expect([...opened.features.data]).toEqual([1, 2, 3, 4, 5, 1e300]);
  });

  it("have the fingerprint of their numbers", async () => {
    const a = await picturesOf(npy("a.npy", "|u1", [5, 3, 4, 2], bytes));
    const b = await picturesOf(npy("b.npy", "|u1", [5, 3, 4, 2], bytes));
    const c = await picturesOf(
      npy(
        "c.npy",
        "|u1",
        [5, 3, 4, 2],
        bytes.map((v) => v ^ 1),
      ),
    );
    expect(b.fingerprint).toBe(a.fingerprint);
    expect(c.fingerprint).not.toBe(a.fingerprint);
  });

  it.each<[string, () => string, RegExp]>([
    ["one axis too few", () => npy("x.npy", "<f4", [2, 2, 2], new Float32Array(8)), /2×2×2; expected four/],
    [
      "unclear channels",
      () => npy("x.npy", "|u1", [1, 3, 9, 3], new Uint8Array(81)),
      /could both be the chan/,
    ],
    ["no channels", () => npy("x.npy", "|u1", [1, 4, 4, 4], new Uint8Array(64)), /with 1 or 3 channels/],
    ["no pictures", () => npy("x.npy", "|u1", [0, 3, 4, 4], new Uint8Array(0)), /expected some pictures/],
    ["no features", () => npy("x.npy", "<f4", [0, 3], new Float32Array(0)), /expected some features/],
    ["too much", () => npy("x.npy", "<f4", [1, 1, 1, 2], Float32Array.of(-1, 7)), /pixels from -1 to 7/],
    ["NaN pixels", () => npy("x.npy", "<f4", [1, 1, 1, 2], Float32Array.of(0, Number.NaN)), /NaN at place 1/],
    [
      "NaN features",
      () => npy("x.npy", "<f4", [2, 2], Float32Array.of(0, 1, 2, Number.NaN)),
      /x\.npy holds NaN in row 1, column 1; .*leave that example out/,
    ],
    [
      "another type",
      () => npy("x.npy", "<i4", [1, 1, 2, 2], new Int32Array(4)),
      /type <i4; save them as uint8/,
    ],
    ["a short file", () => npy("x.npy", "<f4", [9e9, 3], new Float32Array(4)), /damaged or cut short/],
  ])("with %s give a sentence", async (_, make, message) => {
    const error: unknown = await openExamples(make()).catch((e: unknown) => e);
    expect(error).toMatchObject({ name: "UserError", message: expect.stringMatching(message) });
  });
});

async function png(place: string, width: number, height: number, level: number, tint = 0): Promise<void> {
  const raw = Buffer.from(Array.from({ length: width * height }, () => [level + tint, level, level]).flat());
  mkdirSync(join(place, ".."), { recursive: true });
  await sharp(raw, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(place);
}

describe("a folder of pictures", () => {
  it("is all of its pictures, with folders as classes, and decoded once", async () => {
    for (let i = 0; i < 12; i++) await png(at("set", i % 2 ? "odd" : "even", `${10 + i}.png`), 5, 3, 10 * i);
    const data = await picturesOf(at("set"));
    expect(data).toMatchObject({ shape: [1, 3, 5], length: 12, classes: 2, classNames: ["even", "odd"] });
    const labels = new Int32Array(3);
    data.labels!([5, 6, 11], labels);
    expect([...labels]).toEqual([0, 1, 1]);
    close(
      pixels(data, [6, 1]),
      [10, 20].flatMap((v) => Array(15).fill(v / 127.5 - 1)),
    );
    const files = readdirSync(at("cache", "pictures")).sort();
    expect(files).toHaveLength(2);
    const again = await picturesOf(at("set"));
    expect(again.fingerprint).toBe(data.fingerprint);
    close(pixels(again, [6]), pixels(data, [6]));
    expect(readdirSync(at("cache", "pictures")).sort()).toEqual(files);
  });

  it("has the folders inside its splits as classes, and gives one split as folder:test", async () => {
    for (const part of ["train", "test"])
      for (const [i, name] of ["cat", "dog"].entries())
        await png(at("split", part, name, "1.png"), 4, 4, part === "test" ? 200 + i : 20);
    expect(await picturesOf(at("split"))).toMatchObject({ length: 4, classNames: ["cat", "dog"] });
    const test = await picturesOf(`${at("split")}:test`);
    expect(test).toMatchObject({ length: 2, classNames: ["cat", "dog"], shape: [1, 4, 4] });
    close(pixels(test, [1]).slice(0, 1), [201 / 127.5 - 1]);
  });

  it("of different sizes wants --size, and with it is scaled", async () => {
    await png(at("mixed", "a.png"), 8, 8, 100, 50);
    await png(at("mixed", "b.png"), 8, 4, 200, 50);
    await expect(openExamples(at("mixed"))).rejects.toThrow(
      /different sizes: a\.png is 8×8 and b\.png 8×4; give --size/,
    );
    const data = await picturesOf(at("mixed"), { size: 4 });
    expect(data).toMatchObject({ shape: [3, 4, 4], length: 2 });
    close(pixels(data, [0]).slice(0, 17), [...Array(16).fill(150 / 127.5 - 1), 100 / 127.5 - 1]);
  });

  it("leaves out what cannot be read, and says so", async () => {
    for (const name of ["a", "b", "c"]) await png(at("damaged", `${name}.png`), 4, 4, name.charCodeAt(0));
    writeFileSync(at("damaged", "b.png"), "no picture");
    const { dataset, warnings } = await loadPictureFolder(at("damaged"));
    expect(dataset.length).toBe(2);
    close(pixels(dataset, [1]).slice(0, 1), [99 / 127.5 - 1]);
    expect(warnings[0]).toMatch(/^1 of 3 pictures in .* left out: b\.png \(/);
    expect((await openExamples(at("damaged"))).warnings).toEqual(warnings);
  });

  it("without any picture says what belongs there", async () => {
    mkdirSync(at("empty"));
    await expect(openExamples(at("empty"))).rejects.toThrow(/has no pictures; put PNG/);
    writeFileSync(at("empty", "a.png"), "no picture");
    await expect(openExamples(at("empty"))).rejects.toThrow(/None of the 1 pictures/);
  });
});

describe("data by name", () => {
  it("is all of it, or one split", async () => {
    const [all, train, test] = await Promise.all(
      ["moons", "moons:train", "moons:test"].map((spec) => picturesOf(spec)),
    );
    expect([all!.length, train!.length, test!.length]).toEqual([110_000, 100_000, 10_000]);
    close(pixels(all!, [100_003, 7, 99_999]), [
      ...pixels(test!, [3]),
      ...pixels(train!, [7]),
      ...pixels(train!, [99_999]),
    ]);
    const labels = new Int32Array(2);
    all!.labels!([100_003, 7], labels);
    const own = new Int32Array(1);
    test!.labels!([3], own);
    expect(labels[0]).toBe(own[0]);
    await expect(openExamples("no-such-data")).rejects.toThrow(/There is no data called no-such-data/);
  });
});
