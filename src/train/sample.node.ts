import { join } from "node:path";
import sharp from "sharp";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { UserError } from "../tensor/index.ts";
import { normalQuantiles } from "../tensor/random/quantile.ts";
import { createSampler, type Examples, type RunSampler, type SamplerOptions } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, npyBytes, type OutputOptions } from "./output.node.ts";
import { scatterPng } from "./scatter.node.ts";
import { sheetPng, toByte } from "./sheet.node.ts";

export interface SampleOptions extends OutputOptions, SamplerOptions {
  /** Number of examples. */
  readonly n: number;
  /** Default 0. */
  readonly seed?: number;
}

/** What was written: a sheet, a file of numbers, or a folder with one picture each. */
export interface Written {
  readonly out: string;
  readonly files: number;
  readonly shape: readonly number[];
}

const mostExamples = 10_000_000;
/** A sheet of more pictures cannot be looked at, nor a scatter of more points drawn in reasonable time. */
const mostInPicture = { image: 10_000, points: 100_000 } as const;
/** One file is made in memory: 1 GB of numbers at most. */
const mostNumbers = 2 ** 28;

/**
 * Samples a trained model into `out`: `.png` a sheet (points: a scatter), `.npy` the numbers as float32 [n, …] with pixels in
 * [−1, 1], a name without ending a folder with a PNG file for each picture. Example i depends on the seed and i alone.
 * Throws (UserError) where `out` exists, or the model has nothing to sample.
 */
export async function sampleRun(run: OpenRun, { n, seed = 0, ...options }: SampleOptions): Promise<Written> {
  const output: OutputOptions = options;
  checkCount("the number of samples", n, 1, mostExamples);
  const ending = endingOf(output.out, [".png", ".npy", ""]);
  checkSize(run, ending, n);
  checkFree(output);
  const sampler = createSampler(run, options);
  if (ending === "") return await writeFolder(sampler, output.out, seed, n);
  const examples = await sampler.sample(seed, 0, n);
  const bytes = ending === ".npy" ? npyBytes(examples.data, examples.shape) : await picture(run, examples);
  await atomicWrite(output.out, bytes);
  return { out: output.out, files: 1, shape: examples.shape };
}

function checkSize({ spec, definition }: OpenRun, ending: string, n: number): void {
  if (ending === "" && spec.kind === "points")
    throw new UserError(`${definition.name} makes points: name a .png file for a scatter, or a .npy file.`);
  if (ending === ".png" && n > mostInPicture[spec.kind])
    throw new UserError(
      `One .png file for ${n} examples is too much, it holds ${mostInPicture[spec.kind]}; name a .npy file, or a folder for pictures.`,
    );
  const most = Math.floor(mostNumbers / spec.shape.reduce((a, b) => a * b, 1));
  if (ending === ".npy" && n > most)
    throw new UserError(
      `${n} examples are too many for one .npy file, which takes up to ${most} of this model.`,
    );
}

/** Examples as one PNG picture: a sheet of images, a scatter of points. */
export async function picture(run: OpenRun, examples: Examples, columns?: number): Promise<Uint8Array> {
  if (run.spec.kind === "points") return await scatterPng({ fake: examples });
  return await sheetPng(examples, columns === undefined ? {} : { columns });
}

/** Pictures are made a few at a time, so that any number of them fits into memory. */
async function writeFolder(sampler: RunSampler, folder: string, seed: number, n: number): Promise<Written> {
  const digits = String(n - 1).length;
  const block = 256;
  let one: readonly number[] = [];
  for (let first = 0; first < n; first += block) {
    const count = Math.min(block, n - first);
    const { data, shape } = await sampler.sample(seed, first, count);
    one = shape.slice(1);
    const size = data.length / count;
    for (let i = 0; i < count; i++) {
      const name = `${String(first + i).padStart(digits, "0")}.png`;
      const png = await onePng({ data: data.subarray(i * size, (i + 1) * size), shape: [1, ...one] });
      await atomicWrite(join(folder, name), png);
    }
  }
  return { out: folder, files: n, shape: [n, ...one] };
}

/** One picture as it is, without a frame. */
async function onePng({ data, shape }: Examples): Promise<Uint8Array> {
  const [, channels, height, width] = shape as readonly [number, 1 | 3, number, number];
  const pixels = new Uint8Array(data.length);
  data.forEach((v, i) => {
    pixels[(i % (height * width)) * channels + Math.floor(i / (height * width))] = toByte(v);
  });
  return await sharp(pixels, { raw: { width, height, channels } }).png().toBuffer();
}

export interface ManifoldOptions extends OutputOptions {
  /** Pictures along each side. Default 20. */
  readonly size?: number;
}

/**
 * The manifold of a model with two latent variables (Kingma & Welling 2013, figure 4): the unit square at (i + ½)/size,
 * carried through the prior's inverse distribution function and the generator, as a sheet. The first variable grows to
 * the right, the second upwards.
 */
export async function manifold(run: OpenRun, { size = 20, ...output }: ManifoldOptions): Promise<Written> {
  checkCount("the side of the manifold", size, 2, 100);
  endingOf(output.out, [".png"]);
  checkFree(output);
  const sampler = createSampler(run);
  const { latent } = sampler;
  if (latent?.shape.join() !== "2" || run.spec.kind !== "image") {
    const got = sampler.latentShape ? `[${sampler.latentShape.join(", ")}]` : "none";
    throw new UserError(
      `The manifold needs a picture model with 2 latent variables from a plain prior, but ${run.definition.name} has ${got}; train one with --set latent=2.`,
    );
  }
  const places = Array.from({ length: size }, (_, i) => (i + 0.5) / size);
  const inverse =
    latent.distribution === "normal"
      ? normalQuantiles(
          new Float32Array(size),
          Uint32Array.from(places, (p) => p * 2 ** 32),
        )
      : places;
  const axis = Array.from(inverse, (v) => v * latent.scale + latent.shift);
  const z = Float32Array.from(axis.flatMap((_, row) => axis.flatMap((x) => [x, axis[size - 1 - row]!])));
  const examples = await sampler.generate({ data: z, shape: [size * size, 2] });
  await atomicWrite(output.out, await picture(run, examples, size));
  return { out: output.out, files: 1, shape: examples.shape };
}
