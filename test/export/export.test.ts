/** Everything that a trained run becomes: files, sheets, numbers, and code from the documentation that uses them. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Card } from "../../src/export-page/card.ts";
import { dcgan } from "../../src/models/adversarial/dcgan.ts";
import { gan } from "../../src/models/adversarial/gan.ts";
import { autoencoder } from "../../src/models/autoencoding/autoencoder.ts";
import { vae } from "../../src/models/autoencoding/vae.ts";
import { type ExportedRun, exportRun } from "../../src/train/export.node.ts";
import { interpolate } from "../../src/train/interpolate.node.ts";
import { createSampler, type Examples } from "../../src/train/latents.node.ts";
import type { OpenRun } from "../../src/train/open-run.node.ts";
import { reconstruct } from "../../src/train/reconstruct.node.ts";
import { manifold, sampleRun } from "../../src/train/sample.node.ts";
import { codeBlocks } from "./code-blocks.ts";
import { enliven, mixture, noise, standIn } from "./stand-in.ts";

const folder = mkdtempSync(join(tmpdir(), "imago-export-"));
const at = (...names: string[]): string => join(folder, ...names);
const image = { kind: "image", shape: [1, 28, 28] } as const;
const runs: OpenRun[] = [];
const make = (...args: Parameters<typeof standIn>): OpenRun => {
  const run = standIn(...args);
  runs.push(run);
  return run;
};
afterAll(async () => {
  for (const run of runs) await run.runtime.dispose();
  rmSync(folder, { recursive: true });
});

const root = fileURLToPath(new URL("../..", import.meta.url));
const documentation = readFileSync(join(root, "docs", "export.md"), "utf8");

describe("a run as files", () => {
  let run: OpenRun;
  let exported: ExportedRun;
  beforeAll(async () => {
    run = make(vae, { latent: 2, hidden: [32] }, image, at("vae-glyphs-0001"));
    await createSampler(run).sample(0, 0, 1);
    await enliven(run, 3);
    exported = await exportRun(run);
  });

  test("has every function of the model, each equal to the model", () => {
    expect(exported.out).toBe(at("vae-glyphs-0001", "export"));
    expect(exported.card.files.map(({ file }) => file)).toEqual([
      "generator.onnx",
      "encoder.onnx",
      "decoder.onnx",
    ]);
    for (const { file, largestDifference } of exported.card.files) {
      expect(existsSync(join(exported.out, file))).toBe(true);
      expect(largestDifference).toBeLessThan(1e-4);
    }
    expect(exported.card.files[0]!.inputs).toEqual([
      { name: "z", shape: ["N", 2], type: "float32", meaning: "latent vectors" },
    ]);
    expect(exported.card.files[1]!.outputs[0]).toMatchObject({ name: "z", shape: ["N", 2] });
  });

  test("takes any batch size", async () => {
    const session = await InferenceSession.create(join(exported.out, "generator.onnx"));
    for (const n of [1, 3, 64]) {
      const { data, shape } = await createSampler(run).latents(4, 0, n);
      const { x } = await session.run({ z: new OrtTensor("float32", data, [...shape]) });
      expect(x!.dims).toEqual([n, 1, 28, 28]);
    }
    await session.release();
  });

  test("has a card that says how to feed it, and nothing of this machine", () => {
    const text = readFileSync(join(exported.out, "card.json"), "utf8");
    const card = JSON.parse(text) as Card;
    expect(card).toEqual(exported.card);
    expect(card).toMatchObject({
      name: "vae-glyphs-0001",
      model: { name: "vae", paper: "arXiv:1312.6114" },
      data: { name: "glyphs", fingerprint: "0123abcd", length: 1000 },
      training: { steps: 123, seed: 5 },
      example: { kind: "image", shape: [1, 28, 28], range: [-1, 1] },
      latent: { shape: [2], distribution: "normal", scale: 1, shift: 0 },
      licence: "none given",
    });
    const readme = readFileSync(join(exported.out, "README.md"), "utf8");
    for (const all of [text, readme, readFileSync(join(exported.out, "index.html"), "utf8")])
      expect(all).not.toMatch(/private|someone|imago-export-|undefined|\[object/);
  });

  test("is not written over, unless asked; another licence then stands in the card", async () => {
    await expect(exportRun(run)).rejects.toThrow(/is not empty/);
    await expect(exportRun(run, { out: join(exported.out, "card.json") })).rejects.toThrow(/is a file/);
    const again = await exportRun(run, { overwrite: true, licence: "CC-BY-4.0" });
    expect(readFileSync(join(again.out, "README.md"), "utf8")).toContain("Licence: CC-BY-4.0\n");
    expect(again.card.files).toEqual(exported.card.files);
  });

  test("is used by the code of docs/export.md and of its own README in Node", async () => {
    const own = codeBlocks(readFileSync(join(exported.out, "README.md"), "utf8"), "js")[0]!
      .replace('"onnxruntime-web"', '"onnxruntime-node"')
      .replace('"generator.onnx"', '"export/generator.onnx"');
    const ofDocs = codeBlocks(documentation, "js")[0]!;
    const beside = at("vae-glyphs-0001");
    symlinkSync(join(root, "node_modules"), join(beside, "node_modules"));
    const outputOf = (code: string): { dims: number[]; data: number[] } => {
      writeFileSync(
        join(beside, "use.mjs"),
        `${code}\nconsole.log(JSON.stringify({ dims: x.dims, data: [...x.data] }));`,
      );
      return JSON.parse(execFileSync(process.execPath, ["use.mjs"], { cwd: beside, encoding: "utf8" }));
    };
    expect(outputOf(own).dims).toEqual([4, 1, 28, 28]);
    const { dims, data } = outputOf(ofDocs);
    const wanted = await createSampler(run).sample(7, 0, 4);
    expect(dims).toEqual(wanted.shape);
    expect(largestDifference(data, wanted.data)).toBeLessThan(1e-4);
  });

  const python = spawnSync("python3", ["-c", "import onnxruntime, numpy"]).status === 0;
  if (!python)
    console.log(
      "LEFT OUT: the Python code of docs/export.md. To run it: python3 -m pip install onnxruntime numpy.",
    );
  test.skipIf(!python)("is used by the code of docs/export.md in Python", () => {
    const code = `${codeBlocks(documentation, "python")[0]!}\nprint(pixels.shape, pixels.dtype)`;
    const output = execFileSync("python3", ["-c", code], { cwd: at("vae-glyphs-0001"), encoding: "utf8" });
    expect(output.trim()).toBe("(4, 1, 28, 28) uint8");
  });
});

describe("other models", () => {
  test("a DCGAN gives a generator and a discriminator, with the averaged weights where there are some", async () => {
    let averaged = 0;
    const run = {
      ...make(dcgan, { latent: 8, width: 4 }, image, at("dcgan")),
      withAverages: <T>(body: () => T): T => {
        averaged++;
        return body();
      },
    };
    const { card, page } = await exportRun(run);
    expect(card.files.map(({ file }) => file)).toEqual(["generator.onnx", "discriminator.onnx"]);
    expect(card.files[1]!.outputs[0]).toMatchObject({ name: "logit", shape: ["N", 1] });
    expect(page).toBe(true);
    expect(averaged).toBeGreaterThan(0);
  });

  test("a uniform prior is found in its formula", async () => {
    const { card } = await exportRun(
      make(dcgan, { latent: 8, width: 4, prior: "uniform" }, image, at("uniform")),
    );
    expect(card.latent).toEqual({ shape: [8], distribution: "uniform", scale: 2, shift: -1 });
  });

  test("an autoencoder gives files, but no page: it has nothing to sample", async () => {
    const run = make(autoencoder, {}, image, at("autoencoder"));
    const { card, page, out } = await exportRun(run);
    expect(card.files.map(({ file }) => file)).toEqual(["encoder.onnx", "decoder.onnx"]);
    expect(page).toBe(false);
    expect(existsSync(join(out, "index.html"))).toBe(false);
    await expect(sampleRun(run, { n: 4, out: at("none.png") })).rejects.toThrow(
      /no distribution to sample from/,
    );
  });

  test("a model whose prior is a mixture gives a sampler of latent vectors; one without latents, of examples", async () => {
    const mixed = await exportRun(make(mixture, {}, image, at("mixture")));
    expect(mixed.card.latent).toBeUndefined();
    expect(mixed.card.sampler).toMatchObject({ file: "sampler.onnx", gives: "latents", runSeed: 5 });
    expect(mixed.card.sampler!.inputs.map(({ kind }) => kind).sort()).toEqual(["normal", "randint"]);
    const { card } = await exportRun(make(noise, {}, image, at("noise")));
    expect(card.files.map(({ file }) => file)).toEqual(["sampler.onnx"]);
    expect(card.sampler!.gives).toBe("examples");
  });
});

describe("samples", () => {
  const kinds = {
    gan: [gan, { latent: 5 }],
    mixture: [mixture, {}],
    noise: [noise, {}],
  } as const;

  test.each(Object.entries(kinds))(
    "%s: example i is the same for every number of them",
    async (name, [model, options]) => {
      const run = make(model, options, { kind: "image", shape: [1, 8, 8] }, at(`samples-${name}`));
      const sampler = createSampler(run);
      const all = await sampler.sample(3, 0, 40);
      expect(all.shape).toEqual([40, 1, 8, 8]);
      for (const [first, count] of [
        [0, 1],
        [0, 17],
        [15, 2],
        [32, 8],
      ] as const) {
        const some = await sampler.sample(3, first, count);
        expect(some.data).toEqual(all.data.slice(first * 64, (first + count) * 64));
      }
      expect((await sampler.sample(4, 0, 1)).data).not.toEqual(all.data.slice(0, 64));
      expect(all.data.slice(0, 64)).not.toEqual(all.data.slice(64, 128));
    },
  );

  test("become a sheet, numbers for NumPy, or one file each", async () => {
    const run = make(gan, { latent: 5 }, { kind: "image", shape: [3, 8, 8] }, at("outputs"));
    const wanted = await createSampler(run).sample(9, 0, 5);
    await sampleRun(run, { n: 5, seed: 9, out: at("five.npy") });
    expect(readNpy(at("five.npy"))).toEqual(wanted);
    await sampleRun(run, { n: 5, seed: 9, out: at("five") });
    expect(readdirSync(at("five"))).toEqual(["0.png", "1.png", "2.png", "3.png", "4.png"]);
    const { data, info } = await sharp(at("five", "3.png")).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([8, 8, 3]);
    const green = wanted.data.subarray((3 * 3 + 1) * 64, (3 * 3 + 2) * 64);
    green.forEach((v, i) => {
      expect(data[3 * i + 1]).toBe(Math.round((v + 1) * 127.5));
    });
    await sampleRun(run, { n: 5, seed: 9, out: at("five.png") });
    expect((await sharp(at("five.png")).metadata()).format).toBe("png");
    await expect(sampleRun(run, { n: 5, out: at("five.png") })).rejects.toThrow(/exists/);
    await expect(sampleRun(run, { n: 5, out: at("five.bmp") })).rejects.toThrow(/ending ".bmp"/);
    await expect(sampleRun(run, { n: 10_001, out: at("no.png") })).rejects.toThrow(/it holds 10000/);
    await expect(sampleRun(run, { n: 2_000_000, out: at("no.npy") })).rejects.toThrow(/takes up to 1398101/);
    await expect(sampleRun(run, { n: 0, out: at("no.png") })).rejects.toThrow(/is 0, expected/);
    await expect(sampleRun(run, { n: 1, seed: -1, out: at("no.png") })).rejects.toThrow(/seed is -1/);
  });
});

describe("pictures of what a model has learned", () => {
  let run: OpenRun;
  beforeAll(async () => {
    run = make(vae, { latent: 2, hidden: [16] }, image, at("pictures"));
    Object.assign(run.manifest.data, { spec: "glyphs" });
    await createSampler(run).sample(0, 0, 1);
    await enliven(run, 3);
  });

  test.each([true, false])(
    "an interpolation begins and ends at the samples (spherical: %s)",
    async (spherical) => {
      const out = at(`walk-${spherical}.png`);
      await interpolate(run, { n: 2, steps: 4, spherical, seed: 6, out });
      const samples = await createSampler(run).sample(6, 0, 4);
      const cells = await cellsOf(out, 4);
      [0, 3, 4, 7].forEach((cell, i) => {
        const wanted = samples.data.subarray(i * 784, (i + 1) * 784).map((v) => Math.round((v + 1) * 127.5));
        expect(largestDifference(cells[cell]!, wanted)).toBeLessThanOrEqual(1);
      });
      expect(largestDifference(cells[1]!, cells[0]!)).toBeGreaterThan(2);
    },
  );

  test.each(["webp", "gif"])("an animated %s goes there and back", async (ending) => {
    await interpolate(run, { n: 3, steps: 5, out: at(`walk.${ending}`) });
    const { pages, format, loop } = await sharp(at(`walk.${ending}`)).metadata();
    expect({ pages, format, loop }).toEqual({ pages: 8, format: ending, loop: 0 });
  });

  test("the manifold has the prior's quantiles, the first variable to the right, the second upwards", async () => {
    await manifold(run, { size: 3, out: at("manifold.png") });
    const q = 0.96742157; // Φ⁻¹(5/6)
    const z = Float32Array.from([-q, q, 0, q, q, q, -q, 0, 0, 0, q, 0, -q, -q, 0, -q, q, -q]);
    const wanted = await createSampler(run).generate({ data: z, shape: [9, 2] });
    (await cellsOf(at("manifold.png"), 3)).forEach((cell, i) => {
      const bytes = wanted.data.subarray(i * 784, (i + 1) * 784).map((v) => Math.round((v + 1) * 127.5));
      expect(largestDifference(cell, bytes)).toBeLessThanOrEqual(1);
    });
    const three = make(vae, { latent: 3, hidden: [16] }, image, at("three"));
    await expect(manifold(three, { out: at("no.png") })).rejects.toThrow(/2 latent variables.*has \[3\]/);
  });

  test("reconstructions stand below the test examples", async () => {
    await reconstruct(run, { n: 12, out: at("reconstruction.png") });
    const { height } = await sharp(at("reconstruction.png")).metadata();
    expect(height).toBe(4 * (28 * 3 + 1) + 1);
    const points = make(gan, {}, { kind: "points", shape: [2] }, at("points"));
    await expect(reconstruct(points, { out: at("no.png") })).rejects.toThrow(/does not reconstruct/);
  });
});

/** The pictures of a sheet of 28×28 pictures, enlarged three times, as bytes at their own size. */
async function cellsOf(file: string, columns: number): Promise<Uint8Array[]> {
  const { data, info } = await sharp(file).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
  const step = 28 * 3 + 1;
  const rows = (info.height - 1) / step;
  return Array.from({ length: rows * columns }, (_, cell) => {
    const [left, top] = [(cell % columns) * step + 2, Math.floor(cell / columns) * step + 2];
    return Uint8Array.from(
      { length: 784 },
      (_, i) => data[(top + 3 * Math.floor(i / 28)) * info.width + left + 3 * (i % 28)]!,
    );
  });
}

function readNpy(file: string): Examples {
  const bytes = readFileSync(file);
  const length = bytes.readUInt16LE(8);
  const header = bytes.subarray(10, 10 + length).toString("latin1");
  expect((10 + length) % 64).toBe(0);
  expect(header).toContain("'descr': '<f4', 'fortran_order': False");
  const shape = header
    .match(/'shape': \(([^)]*)\)/)![1]!
    .split(",")
    .map(Number);
  return { data: new Float32Array(Uint8Array.from(bytes.subarray(10 + length)).buffer), shape };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((most, v, i) => Math.max(most, Math.abs(v - b[i]!)), 0);
}
