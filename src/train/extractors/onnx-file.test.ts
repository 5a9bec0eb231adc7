import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile, createRuntime } from "../../runtime/index.ts";
import { cast, mean, neg, type Tensor } from "../../tensor/index.ts";
import { onnxExtractor } from "./onnx-file.node.ts";

const folder = mkdtempSync(join(tmpdir(), "imago-extractor-"));
const at = (name: string): string => join(folder, name);
const runtime = createRuntime({ device: "cpu", threads: 1 });
afterAll(async () => {
  await runtime.dispose();
  rmSync(folder, { recursive: true });
});

const sidecar = {
  input: "images",
  size: [2, 3],
  channels: 3,
  layout: "NCHW",
  resize: "box",
  range: [0, 255],
  features: "features",
};
const describeFile = (name: string, changes: object = {}): void =>
  writeFileSync(at(`${name}.json`), JSON.stringify({ ...sidecar, ...changes }));

type Net = (x: Tensor) => Tensor | Tensor[];
type Shape = (string | number)[];
/** The mean of each channel, and that as logits of three classes. */
const channelMeans: Net = (x) => [mean(x, [2, 3]), mean(x, [2, 3]).div(255)];
async function save(
  name: string,
  net: Net,
  shape: Shape | { shape: Shape; dtype: "int32" },
  outputs: string[],
): Promise<void> {
  const f = compile(net, { runtime, training: false, name });
  writeFileSync(at(`${name}.onnx`), await f.onnx(shape, { inputs: ["images"], outputs }));
}

beforeAll(async () => {
  await save("means", channelMeans, ["N", 3, 2, 3], ["features", "logits"]);
  await save("fixed", channelMeans, [4, 3, 2, 3], ["features", "logits"]);
  await save("last", (x) => mean(x, [1, 2]), ["N", 2, 3, 3], ["features"]);
  await save("grey", (x) => x.reshape([-1, 6]), ["N", 1, 2, 3], ["features"]);
  await save("flat", (x) => x.mul(2), ["N", 18], ["features"]);
  await save("pictures", (x) => neg(x), ["N", 3, 2, 3], ["features"]);
  await save("scalar", (x) => mean(x, [1, 2, 3]), ["N", 3, 2, 3], ["features"]);
  const bytes = { shape: ["N", 3, 2, 3], dtype: "int32" as const };
  await save("bytes", (x) => mean(cast(x, "float32"), [2, 3]), bytes, ["features"]);
});

/** n pictures of 4 × 6 pixels whose channels have the values c/4 − 1/2, shifted by the picture's number/10. */
const pictures = (n: number, channels = 3): { data: Float32Array; shape: number[] } => ({
  data: Float32Array.from({ length: n * channels * 24 }, (_, i) => {
    const [picture, c] = [Math.floor(i / (channels * 24)), Math.floor(i / 24) % channels];
    return c / 4 - 0.5 + picture / 10;
  }),
  shape: [n, channels, 4, 6],
});
const byte = (v: number): number => (v + 1) * 127.5;

describe("an ONNX file as extractor", () => {
  it.each(["means", "fixed"])(
    "%s: gives a row of features and probabilities for each picture",
    async (name) => {
      describeFile(name, { logits: "logits" });
      const extractor = await onnxExtractor(at(`${name}.onnx`), { threads: 1 });
      expect(extractor).toMatchObject({
        ...{ name: `${name}.onnx`, kind: "onnx", dimensions: 3, classes: 3, resizer: "box 2×3" },
      });
      const { data, shape } = pictures(6);
      const { features, probabilities } = await extractor.extract(data, 6, shape);
      expect(features.length).toBe(18);
      for (let n = 0; n < 6; n++)
        for (let c = 0; c < 3; c++) expect(features[3 * n + c]).toBeCloseTo(byte(c / 4 - 0.5 + n / 10), 3);
      for (let n = 0; n < 6; n++) {
        const row = [...probabilities!.subarray(3 * n, 3 * n + 3)];
        expect(row.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
        expect(row[1]! / row[0]!).toBeCloseTo(Math.exp(127.5 / 4 / 255), 5);
      }
      await extractor.dispose();
    },
  );

  it("repeats grey for a network of colours, and takes the luma of colour for one of grey", async () => {
    describeFile("means", { range: [-1, 1] });
    describeFile("grey", { channels: 1, range: [-1, 1] });
    const [colour, grey] = await Promise.all(["means", "grey"].map((n) => onnxExtractor(at(`${n}.onnx`))));
    const one = pictures(2, 1);
    const repeated = (await colour!.extract(one.data, 2, one.shape)).features;
    [-0.5, -0.5, -0.5, -0.4, -0.4, -0.4].forEach((v, i) => void expect(repeated[i]).toBeCloseTo(v, 6));
    const three = pictures(1);
    const { features } = await grey!.extract(three.data, 1, three.shape);
    for (const v of features) expect(v).toBeCloseTo(0.299 * -0.5 + 0.587 * -0.25, 6);
    for (const extractor of [colour!, grey!]) await extractor.dispose();
  });

  it("feeds mean and std of [0, 1], and channels last", async () => {
    describeFile("last", { layout: "NHWC", range: undefined, mean: [0.5, 0.25, 0], std: 0.5 });
    const extractor = await onnxExtractor(at("last.onnx"));
    const { data, shape } = pictures(1);
    const { features } = await extractor.extract(data, 1, shape);
    // Channels −½, −¼, 0 are ¼, ⅜, ½ of [0, 1].
    [(0.25 - 0.5) / 0.5, (0.375 - 0.25) / 0.5, 0.5 / 0.5].forEach(
      (v, i) => void expect(features[i]).toBeCloseTo(v, 6),
    );
    await extractor.dispose();
  });

  it("has a hash of the file and of the preprocessing", async () => {
    const hashes: string[] = [];
    for (const changes of [{}, { resize: "bicubic" }, {}, { range: [0, 1] }]) {
      describeFile("means", changes);
      const extractor = await onnxExtractor(at("means.onnx"));
      hashes.push(extractor.hash);
      await extractor.dispose();
    }
    expect(hashes[2]).toBe(hashes[0]);
    expect(new Set(hashes).size).toBe(3);
  });

  it("tells the sidecar to write where there is none", async () => {
    rmSync(at("pictures.json"), { force: true });
    const message = await problem("pictures.onnx");
    expect(message).toContain(`write ${at("pictures.json")}, for example: {"input":"images","size":[2,3]`);
  });

  it.each<[string, string, object, RegExp]>([
    [
      "a wrong input name",
      "means",
      { input: "x" },
      /has no input "x", it has "images" float32\[N, 3, 2, 3\]/,
    ],
    ["a wrong output name", "means", { features: "pool" }, /has no output "pool", it has "features"/],
    ["a wrong logits name", "means", { logits: "top" }, /has no output "top"/],
    ["a wrong rank", "flat", {}, /input "images" is float32\[N, 18\], but .* float32\[N, 3, 2, 3\]/],
    ["another type", "bytes", {}, /input "images" is int32\[N, 3, 2, 3\], but its sidecar feeds float32/],
    ["a wrong size", "means", { size: 299 }, /feeds float32\[N, 3, 299, 299\]/],
    ["a wrong layout", "means", { layout: "NHWC" }, /feeds float32\[N, 2, 3, 3\] \(NHWC\)/],
    [
      "pictures as output",
      "pictures",
      {},
      /output "features" is float32\[.*3, 2, 3\], expected float32\[N, d\]/,
    ],
    ["one number as output", "scalar", {}, /expected float32\[N, d\]/],
    ["an unknown resizer", "means", { resize: "nearest" }, /resize: .*bilinear/],
    ["an unknown word", "means", { crop: 3 }, /[Uu]nrecognized key.*crop/],
    ["a huge size", "means", { size: 1e9 }, /size/],
    ["two kinds of scale", "means", { mean: 0, std: 1 }, /either range, or mean and std/],
    ["a scale by 0", "means", { range: undefined, mean: 0, std: 0 }, /std must not be 0/],
    ["a mean for two channels", "means", { range: undefined, mean: [1, 2], std: 1 }, /mean/],
  ])("says what to change for %s", async (_, name, changes, message) => {
    describeFile(name, changes);
    expect(await problem(`${name}.onnx`)).toMatch(message);
  });

  it("says what is wrong with files that are none", async () => {
    writeFileSync(at("noise.onnx"), Buffer.from("not a network at all"));
    expect(await problem("noise.onnx")).toMatch(/cannot be loaded by ONNX Runtime/);
    expect(await problem("absent.onnx")).toMatch(/There is no file/);
    writeFileSync(at("means.json"), "{");
    expect(await problem("means.onnx")).toMatch(/is no JSON; write it like this: \{"input"/);
  });

  it("refuses points, and numbers that do not fill the shape", async () => {
    describeFile("means");
    const extractor = await onnxExtractor(at("means.onnx"));
    await expect(extractor.extract(new Float32Array(4), 2, [2, 2])).rejects.toThrow(/pictures with 1 or 3/);
    await expect(extractor.extract(new Float32Array(5), 1, [1, 3, 2, 3])).rejects.toThrow(/got 5 numbers/);
    await extractor.dispose();
  });
});

/** The sentence of a UserError; anything else fails the test. */
async function problem(name: string): Promise<string> {
  const error: unknown = await onnxExtractor(at(name)).then(
    () => "no error",
    (e: unknown) => e,
  );
  expect(error).toMatchObject({ name: "UserError" });
  return (error as Error).message;
}
