/** Traversals and searches of a trained run's latent space. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadData } from "../../src/data/load-data.node.ts";
import { findModel } from "../../src/models/index.ts";
import { compile } from "../../src/runtime/index.ts";
import type { Tensor } from "../../src/tensor/index.ts";
import { exampleEncoder } from "../../src/train/latent-space.node.ts";
import { createSampler } from "../../src/train/latents.node.ts";
import { type OpenRun, openRun } from "../../src/train/open-run.node.ts";
import { nearestInLatentSpace, search } from "../../src/train/search.node.ts";
import { train } from "../../src/train/train.node.ts";
import { traversal, traverse } from "../../src/train/traverse.node.ts";

let folder = "";
let vae: OpenRun;
let autoencoder: OpenRun;
let gan: OpenRun;

async function trained(model: string, data: string): Promise<OpenRun> {
  const out = join(folder, model);
  const definition = findModel(model);
  const events = train({
    ...{ definition, out, data: { spec: data, splits: await loadData(data) } },
    ...{ preset: "tiny", device: "cpu", threads: 1 },
  });
  for await (const _ of events);
  return await openRun(out);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "imago-latent-"));
  vae = await trained("vae", "glyphs");
  autoencoder = await trained("autoencoder", "glyphs");
  gan = await trained("gan", "ring");
});
afterAll(async () => {
  for (const run of [vae, autoencoder, gan]) await run.runtime.dispose();
  await rm(folder, { recursive: true, force: true });
});

const decodeOne = async (run: OpenRun, z: readonly number[]): Promise<number[]> => {
  const decode = compile((code: Tensor) => run.model.decode!(code), {
    runtime: run.runtime,
    training: false,
  });
  return [...((await decode({ data: Float32Array.from(z), shape: [1, z.length] })).data as Float32Array)];
};
const close = (got: Iterable<number>, wanted: readonly number[]): void =>
  Array.from(got).forEach((v, i) => void expect(v).toBeCloseTo(wanted[i]!, 5));

describe("samples drawn from p(x|z)", () => {
  it("are black or white around the mean, and the same however many are asked for", async () => {
    const [drawn, means] = [createSampler(vae, { draw: true }), createSampler(vae)];
    const { data } = await drawn.sample(4, 0, 20);
    expect(new Set(data)).toEqual(new Set([-1, 1]));
    expect((await drawn.sample(4, 15, 3)).data).toEqual(data.slice(15 * 784, 18 * 784));
    const mean = (await means.sample(4, 0, 20)).data;
    // Of 15,680 independent pixels the sum lies within 5 standard deviations.
    const variance = mean.reduce((sum, v) => sum + 1 - v * v, 0);
    const difference = data.reduce((sum, v, i) => sum + v - mean[i]!, 0);
    expect(Math.abs(difference)).toBeLessThan(5 * Math.sqrt(variance));
  });

  it("are refused where examples are functions of z", () => {
    expect(() => createSampler(gan, { draw: true })).toThrow(/gan has no p\(x\|z\) to draw from/);
  });
});

describe("traversal", () => {
  it("varies one latent variable in each row and leaves the others in the middle", async () => {
    const { examples, dimensions } = await traversal(vae, { dimensions: [1, 0], steps: 5, range: 2 });
    expect(examples.shape).toEqual([10, 1, 28, 28]);
    expect(dimensions).toEqual([1, 0]);
    const picture = (i: number): Float32Array => examples.data.slice(784 * i, 784 * (i + 1));
    close(picture(2), await decodeOne(vae, [0, 0]));
    close(picture(7), await decodeOne(vae, [0, 0]));
    close(picture(0), await decodeOne(vae, [0, -2]));
    close(picture(8), await decodeOne(vae, [1, 0]));
  });

  it("begins with an encoded test example, and goes as far as codes do where there is no prior", async () => {
    const { test } = await loadData("glyphs");
    const x = new Float32Array(3 * 784);
    test!.read([0, 1, 2], x);
    const code = await exampleEncoder(autoencoder)({ data: x.slice(2 * 784), shape: [1, 1, 28, 28] });
    const { examples } = await traversal(autoencoder, { dimensions: [0], steps: 3, range: 1, from: 2 });
    const all = Array.from({ length: 1000 }, (_, i) => i);
    const thousand = new Float32Array(1000 * 784);
    test!.read(all, thousand);
    const codes = await exampleEncoder(autoencoder)({ data: thousand, shape: [1000, 1, 28, 28] });
    const first = all.map((i) => codes.data[2 * i]!);
    const mean = first.reduce((a, b) => a + b) / 1000;
    const deviation = Math.sqrt(first.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 1000);
    close(examples.data.slice(2 * 784), await decodeOne(autoencoder, [mean + deviation, code.data[1]!]));
  });

  it("puts the variables first whose codes vary most", async () => {
    const { dimensions } = await traversal(autoencoder, { steps: 2 });
    expect([...dimensions].sort()).toEqual([0, 1]);
  });

  it("says what does not exist", async () => {
    await expect(traversal(vae, { dimensions: [2] })).rejects.toThrow(
      "a latent variable is 2, expected a whole number from 0 to 1.",
    );
    await expect(traversal(vae, { from: 5000 })).rejects.toThrow(
      "There is no test example 5000; there are 2000, counted from 0.",
    );
    await expect(traverse(gan, { out: join(folder, "gan.png") })).rejects.toThrow(
      "gan makes points; a traversal is a sheet of pictures.",
    );
  });
});

describe("search", () => {
  it("finds a training picture by its file, before all others", async () => {
    const { train: data } = await loadData("glyphs");
    const x = new Float32Array(784);
    data.read([321], x);
    const file = join(folder, "glyph.png");
    const bytes = Uint8Array.from(x, (v) => Math.round((v + 1) * 127.5));
    await sharp(bytes, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toFile(file);
    const out = join(folder, "found.png");
    const { found, shape } = await search(vae, { like: file, n: 3, among: 2000, out });
    expect(found[0]).toEqual({ index: 321, distance: expect.closeTo(0, 4), label: 1 });
    expect(found[1]!.distance).toBeLessThanOrEqual(found[2]!.distance);
    expect(shape).toEqual([4, 1, 28, 28]);
  });

  it("measures the distance of the codes", async () => {
    const { train: data } = await loadData("glyphs");
    const x = new Float32Array(20 * 784);
    data.read(
      Array.from({ length: 20 }, (_, i) => i),
      x,
    );
    const codes = await exampleEncoder(vae)({ data: x, shape: [20, 1, 28, 28] });
    const [list] = await nearestInLatentSpace(
      vae,
      { data: x.slice(0, 784), shape: [1, 1, 28, 28] },
      { n: 20, among: 20 },
    );
    for (const { index, distance } of list!) {
      const [a, b] = [0, 1].map((j) => codes.data[2 * index + j]! - codes.data[j]!) as [number, number];
      expect(distance).toBeCloseTo(Math.hypot(a, b), 4);
    }
  });

  it("says what it cannot look for", async () => {
    const out = join(folder, "nothing.png");
    await expect(search(vae, { like: "no-such.png", out })).rejects.toThrow(
      "There is no file no-such.png, nor is it the number of a test example; name a picture, or a number from 0.",
    );
    await expect(
      nearestInLatentSpace(gan, { data: new Float32Array(2), shape: [1, 2] }, { n: 1 }),
    ).rejects.toThrow("gan has no encoder");
  });
});
