/**
 * Perceptual path length: how far pictures move in a feature space where the latent vector moves a little.
 * Karras, Laine & Aila 2019, "A style-based generator architecture for GANs", arXiv:1812.04948, section 4.1:
 *   PPL = E[ d(G(path(z₁, z₂; t)), G(path(z₁, z₂; t + ε))) / ε² ],  z₁, z₂ ~ p(z), t ~ U(0, 1)
 * with d(a, b) = ‖f(a) − f(b)‖² of the features f.
 */
import { UserError } from "../tensor/index.ts";
import { deriveKey, fillNormal, fillUniform } from "../tensor/random/index.ts";
import type { Features } from "./features.ts";
import { errorOfMean, total } from "./summary.ts";

/** Latent vectors, [n, …]. */
export interface Latents {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** What is measured: examples of type X from latent vectors, and their features. */
export interface LatentPath<X> {
  /** Shape of one latent vector. */
  readonly latentShape: readonly number[];
  generate(z: Latents): Promise<X>;
  extract(examples: X): Promise<Features>;
  /** Fills with draws from the prior, for the seed and the end (0 or 1) of the path. Default: standard normals. */
  readonly prior?: (out: Float32Array, seed: number, end: 0 | 1) => void;
}

export interface PathLengthOptions {
  /** Number of paths. Default 10,000. */
  readonly samples?: number;
  /** ε. Default 1e-4. */
  readonly epsilon?: number;
  /** "slerp", along the great circle, for normal latents (the paper, in Z), or "lerp", straight. Default "slerp". */
  readonly path?: "slerp" | "lerp";
  /** t uniform on (0, 1) ("full", the paper's), or 0 ("end", its variant). Default "full". */
  readonly place?: "full" | "end";
  /** Percentiles outside which distances are left out; undefined keeps all. Default [1, 99]. */
  readonly keep?: readonly [number, number] | undefined;
  readonly batch?: number;
  readonly seed?: number;
  readonly onProgress?: (share: number) => void;
}

export interface PathLength {
  /** Mean of the distances that were kept. */
  readonly value: number;
  readonly standardError: number;
  /** All distances d/ε², in the order of the paths. */
  readonly distances: Float64Array;
  readonly kept: number;
}

/**
 * Perceptual path length. A linear generator A and plain features give ‖A(z₂ − z₁)‖² on the straight path for any ε, 2·tr(AAᵀ)
 * in the mean.
 *
 * Conventions: StyleGAN is the default in Z with LPIPS features. torch-fidelity and torchmetrics are `{ path: "lerp", place: "end",
 * keep: [1, 99] }`. `slerp` makes unit vectors of both ends first, as StyleGAN does; their "slerp_any" keeps lengths instead.
 * Latent vectors and pictures are float32: with ε = 1e-4 the last digits of the features' differences are rounding, so that
 * very flat paths read too long; a larger ε shows it.
 *
 * Throws (UserError) where options are out of range.
 */
export async function perceptualPathLength<X>(
  model: LatentPath<X>,
  options: PathLengthOptions = {},
): Promise<PathLength> {
  const { samples = 10_000, epsilon = 1e-4, path = "slerp", place = "full", batch = 128, seed = 0 } = options;
  const keep = "keep" in options ? options.keep : ([1, 99] as const);
  check(samples, epsilon, keep);
  const size = model.latentShape.reduce((a, b) => a * b, 1);
  const ends = ([0, 1] as const).map((end) => {
    const out = new Float32Array(samples * size);
    if (model.prior) model.prior(out, seed, end);
    else fillNormal(out, deriveKey(seed, "ppl", end));
    return out;
  });
  const times = new Float32Array(samples);
  if (place === "full") fillUniform(times, deriveKey(seed, "ppl", "t"));
  const distances = new Float64Array(samples);
  for (let first = 0; first < samples; first += batch) {
    const n = Math.min(batch, samples - first);
    const z = new Float32Array(2 * n * size);
    for (let i = 0; i < n; i++) {
      const [a, b] = ends.map((end) => end.subarray((first + i) * size, (first + i + 1) * size));
      const t = times[first + i]!;
      const point = path === "slerp" ? slerp : lerp;
      point(a!, b!, t, z.subarray(i * size, (i + 1) * size));
      point(a!, b!, t + epsilon, z.subarray((n + i) * size, (n + i + 1) * size));
    }
    const features = await model.extract(
      await model.generate({ data: z, shape: [2 * n, ...model.latentShape] }),
    );
    for (let i = 0; i < n; i++) distances[first + i] = squaredDistance(features, i, n + i) / epsilon ** 2;
    options.onProgress?.((first + n) / samples);
  }
  const kept = keep ? between(distances, keep) : distances;
  const standardError = errorOfMean(kept);
  return { value: total(kept) / kept.length, standardError, distances, kept: kept.length };
}

function check(samples: number, epsilon: number, keep: readonly [number, number] | undefined): void {
  if (!Number.isInteger(samples) || samples < 1 || !(epsilon > 0)) {
    throw new UserError(
      `ppl: got ${samples} samples and ε = ${epsilon}; expected a whole number of samples and a positive ε.`,
    );
  }
  if (keep && !(keep[0] >= 0 && keep[0] < keep[1] && keep[1] <= 100)) {
    throw new UserError(`ppl: got the percentiles ${keep.join(" and ")}; expected 0 ≤ low < high ≤ 100.`);
  }
}

function lerp(a: Float32Array, b: Float32Array, t: number, out: Float32Array): void {
  for (let i = 0; i < a.length; i++) out[i] = a[i]! + (b[i]! - a[i]!) * t;
}

/** cos(ωt)·â + sin(ωt)·ê: from â towards b̂ on the unit sphere, ê being b̂'s part across â (Shoemake 1985). */
function slerp(a: Float32Array, b: Float32Array, t: number, out: Float32Array): void {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  let cosine = 0;
  for (let i = 0; i < a.length; i++) cosine += (a[i]! / lengthA) * (b[i]! / lengthB);
  const across = Float64Array.from(a, (v, i) => b[i]! / lengthB - (cosine * v) / lengthA);
  const sine = norm(across);
  const angle = Math.atan2(sine, cosine) * t;
  for (let i = 0; i < a.length; i++) {
    // Vectors on one line have no plane to turn in.
    const side = sine > 0 ? across[i]! / sine : 0;
    out[i] = Math.cos(angle) * (a[i]! / lengthA) + Math.sin(angle) * side;
  }
}

function norm(v: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < v.length; i++) sum += v[i]! ** 2;
  return Math.sqrt(sum);
}

function squaredDistance({ data, dimensions }: Features, i: number, j: number): number {
  let sum = 0;
  for (let d = 0; d < dimensions; d++) sum += (data[i * dimensions + d]! - data[j * dimensions + d]!) ** 2;
  return sum;
}

/** The numbers from the low percentile (the number at or below it) to the high one (at or above), as NumPy names them. */
function between(values: Float64Array, [low, high]: readonly [number, number]): Float64Array {
  const sorted = values.slice().sort();
  const least = sorted[Math.floor((low / 100) * (sorted.length - 1))]!;
  const most = sorted[Math.ceil((high / 100) * (sorted.length - 1))]!;
  return values.filter((v) => v >= least && v <= most);
}
