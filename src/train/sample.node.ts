import { join } from "node:path";
import sharp from "sharp";
import { UserError } from "../tensor/index.ts";
import { normalQuantiles } from "../tensor/random/quantile.ts";
import { atomicWrite } from "./atomic-write.node.ts";
import { createSampler, type Examples } from "./latents.node.ts";
import type { OpenRun } from "./open-run.node.ts";
import { checkCount, checkFree, endingOf, npyBytes, type OutputOptions } from "./output.node.ts";
import { scatterPng } from "./scatter.node.ts";
import { sheetPng, toByte } from "./sheet.node.ts";

export interface SampleOptions extends OutputOptions {
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

const mostExamples = 1_000_000;

/**
 * Samples a trained model into `out`: `.png` a sheet (points: a scatter), `.npy` the numbers as float32 [n, …] with pixels in
 * [−1, 1], a name without ending a folder with a PNG file for each picture. Example i depends on the seed and i alone.
 * Throws (UserError) where `out` exists, or the model has nothing to sample.
 */
export async function sampleRun(run: OpenRun, { n, seed = 0, ...output }: SampleOptions): Promise<Written> {
  checkCount("the number of samples", n, 1, mostExamples);
  const ending = endingOf(output.out, [".png", ".npy", ""]);
  checkFree(output);
  const examples = await createSampler(run).sample(seed, 0, n);
  if (ending === "") return await writeFolder(run, output.out, examples);
  await atomicWrite(output.out, await encoded(run, ending, examples));
  return { out: output.out, files: 1, shape: examples.shape };
}

async function encoded(run: OpenRun, ending: string, examples: Examples): Promise<Uint8Array> {
  if (ending === ".npy") return npyBytes(examples.data, examples.shape);
  return await picture(run, examples);
}

/** Examples as one PNG picture: a sheet of images, a scatter of points. */
export async function picture(run: OpenRun, examples: Examples, columns?: number): Promise<Uint8Array> {
  if (run.spec.kind === "points") return await scatterPng({ fake: examples });
  return await sheetPng(examples, columns === undefined ? {} : { columns });
}

async function writeFolder(run: OpenRun, folder: string, { data, shape }: Examples): Promise<Written> {
  if (run.spec.kind === "points")
    throw new UserError(
      `${run.definition.name} makes points: name a .png file for a scatter, or a .npy file.`,
    );
  const n = shape[0]!;
  const size = data.length / n;
  const digits = String(n - 1).length;
  for (let i = 0; i < n; i++) {
    const one = { data: data.subarray(i * size, (i + 1) * size), shape: [1, ...shape.slice(1)] };
    const name = `${String(i).padStart(digits, "0")}.png`;
    await atomicWrite(join(folder, name), await onePng(one));
  }
  return { out: folder, files: n, shape };
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
