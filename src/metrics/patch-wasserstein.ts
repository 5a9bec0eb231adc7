/**
 * Sliced Wasserstein distance between patches of pictures, at each level of a Laplacian pyramid. Karras, Aila, Laine & Lehtinen
 * 2018, "Progressive growing of GANs", arXiv:1710.10196, section 5: coarse levels compare the large-scale structure, fine
 * levels the noise and the sharpness of edges.
 */
import { UserError } from "../tensor/index.ts";
import { deriveKey, fillIntegers } from "../tensor/random/index.ts";
import type { Features } from "./features.ts";
import { laplacianPyramid } from "./laplacian-pyramid.ts";
import type { Images } from "./metric.ts";
import type { Products } from "./products.ts";
import { slicedWasserstein } from "./sliced-wasserstein.ts";

export interface PatchWassersteinOptions {
  /** Patches taken at random places of each picture, at each level. Default 128. */
  readonly patches?: number;
  /** Pixels on each side of a patch. Default 7. */
  readonly patchSize?: number;
  /** Random directions. Default 512 (the paper's 4 × 128). */
  readonly projections?: number;
  /** Least pixels of the coarsest level. The paper has 16; the default 14 gives two levels to 28×28 pictures. */
  readonly smallest?: number;
  readonly seed?: number;
}

export interface LevelDistance {
  /** Height of the level, pixels. */
  readonly size: number;
  /** 1,000 · SW₁ of patches, each channel of a set shifted and scaled to mean 0 and deviation 1. */
  readonly value: number;
  readonly standardError: number;
}

/**
 * 1,000 · E_θ W₁ between patches of the real and of the generated pictures at each level, finest first. Memory: patches² ·
 * channels numbers for each patch of each picture. The paper takes 16,384 pictures of each; say how many were taken, since
 * fewer give larger distances.
 *
 * Throws (UserError) unless both are pictures of one size, with room for a patch.
 */
export async function patchWasserstein(
  real: Images,
  fake: Images,
  products: Products,
  options: PatchWassersteinOptions = {},
): Promise<LevelDistance[]> {
  const { patches = 128, patchSize = 7, projections = 512, smallest = 14, seed = 0 } = options;
  check(real, fake, patchSize);
  const [realLevels, fakeLevels] = [laplacianPyramid(real, smallest), laplacianPyramid(fake, smallest)];
  const distances: LevelDistance[] = [];
  for (const [level, images] of realLevels.entries()) {
    const draw = (from: Images, side: string): Features =>
      normalizedPatches(from, patches, patchSize, deriveKey(seed, "patches", level, side));
    const { value, standardError } = await slicedWasserstein(
      draw(images, "real"),
      draw(fakeLevels[level]!, "fake"),
      products,
      { projections, order: 1, seed },
    );
    distances.push({ size: images.shape[2]!, value: 1000 * value, standardError: 1000 * standardError });
  }
  return distances;
}

function check(real: Images, fake: Images, patchSize: number): void {
  const [a, b] = [real.shape, fake.shape];
  if (a.length !== 4 || b.length !== 4 || a.slice(1).join() !== b.slice(1).join()) {
    throw new UserError(
      `patchWasserstein: pictures are [${a.join(", ")}] and [${b.join(", ")}]; expected [n, channels, height, width] of one size.`,
    );
  }
  if (Math.min(a[2]!, a[3]!) < patchSize) {
    throw new UserError(
      `patchWasserstein: pictures of ${a[2]}×${a[3]} have no patch of ${patchSize}×${patchSize}.`,
    );
  }
}

/** Patches at random places, one row each, channel after channel; every channel has mean 0 and deviation 1 over all rows. */
function normalizedPatches(
  { data, shape }: Images,
  patches: number,
  size: number,
  key: readonly [number, number],
): Features {
  const [n, channels, height, width] = shape as readonly [number, number, number, number];
  const count = n * patches;
  const area = size * size;
  const places = (high: number, start: number): Int32Array =>
    fillIntegers(new Int32Array(count), key, { low: 0, high, start }) as Int32Array;
  const [ys, xs] = [places(height - size + 1, 0), places(width - size + 1, count)];
  const out = new Float32Array(count * channels * area);
  for (let i = 0, at = 0; i < count; i++) {
    for (let c = 0; c < channels; c++) {
      const plane = (Math.floor(i / patches) * channels + c) * height * width;
      for (let y = 0; y < size; y++, at += size) {
        const from = plane + (ys[i]! + y) * width + xs[i]!;
        out.set(data.subarray(from, from + size), at);
      }
    }
  }
  for (let c = 0; c < channels; c++) normalizeChannel(out, c, channels, area);
  return { data: out, count, dimensions: channels * area };
}

function normalizeChannel(rows: Float32Array, channel: number, channels: number, area: number): void {
  const each = (f: (at: number) => void): void => {
    for (let first = channel * area; first < rows.length; first += channels * area) {
      for (let at = first; at < first + area; at++) f(at);
    }
  };
  const count = rows.length / channels;
  let mean = 0;
  each((at) => {
    mean += rows[at]! / count;
  });
  let square = 0;
  each((at) => {
    square += (rows[at]! - mean) ** 2 / count;
  });
  const deviation = Math.sqrt(square) || 1; // a level without any detail stays 0
  each((at) => {
    rows[at] = (rows[at]! - mean) / deviation;
  });
}
