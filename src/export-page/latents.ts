/** Latent vectors from a seed: the same numbers in Node and in the exported page. */
import { fillNormal, fillUniform } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";

/** Independent numbers, each `shift + scale · u` with u standard normal, or uniform in (0, 1). */
export interface LatentSpec {
  /** Of one latent vector. */
  readonly shape: readonly number[];
  readonly distribution: "normal" | "uniform";
  readonly scale: number;
  readonly shift: number;
}

/** Examples are made in portions of this many, so that an example does not depend on how many are asked for. */
export const portionOf = (kind: "image" | "points"): number => (kind === "image" ? 16 : 256);

/** The call number that keys a sampler's random numbers: one for each seed and portion. */
export const samplerStep = (seed: number, portion: number): number => seed * 2 ** 20 + portion;

/** Numbers in one latent vector. */
export const latentSize = ({ shape }: Pick<LatentSpec, "shape">): number => shape.reduce((a, b) => a * b, 1);

/**
 * The latent vectors number `first`, first + 1, … of `seed`, one after another. Vector i is the stream of the key
 * (seed, "sample", i), so it is the same whatever `count` is.
 */
export function seededLatents(spec: LatentSpec, seed: number, first: number, count: number): Float32Array {
  const size = latentSize(spec);
  const out = new Float32Array(count * size);
  const fill = spec.distribution === "normal" ? fillNormal : fillUniform;
  for (let i = 0; i < count; i++) {
    fill(out.subarray(i * size, (i + 1) * size), deriveKey(seed, "sample", first + i));
  }
  if (spec.scale === 1 && spec.shift === 0) return out;
  const scale = Math.fround(spec.scale);
  const shift = Math.fround(spec.shift);
  for (let i = 0; i < out.length; i++) out[i] = Math.fround(out[i]! * scale) + shift;
  return out;
}

/** The straight line (1 − t)·a + t·b. */
export function linear(a: Float32Array, b: Float32Array, t: number): Float32Array {
  return a.map((value, i) => (1 - t) * value + t * b[i]!);
}

/**
 * Spherical interpolation (Shoemake 1985; for latent vectors White 2016, arXiv:1609.04468): the direction goes along the great
 * circle, the length along the straight line,
 *   (sin((1 − t)θ)·a/‖a‖ + sin(tθ)·b/‖b‖) / sin θ · ((1 − t)‖a‖ + t‖b‖),   cos θ = ⟨a, b⟩ / (‖a‖‖b‖).
 * Normal vectors of many dimensions have nearly one length, and so have these; the straight line passes nearer to the origin.
 * Where a and b have one direction, or opposite ones, it is the straight line.
 */
export function spherical(a: Float32Array, b: Float32Array, t: number): Float32Array {
  const dot = (x: Float32Array, y: Float32Array): number => x.reduce((sum, v, i) => sum + v * y[i]!, 0);
  const [lengthA, lengthB] = [Math.sqrt(dot(a, a)), Math.sqrt(dot(b, b))];
  const cosine = dot(a, b) / (lengthA * lengthB);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  if (!(sine > 1e-6)) return linear(a, b, t);
  const length = (1 - t) * lengthA + t * lengthB;
  const weightA = ((Math.sin((1 - t) * angle) / sine) * length) / lengthA;
  const weightB = ((Math.sin(t * angle) / sine) * length) / lengthB;
  return a.map((value, i) => weightA * value + weightB * b[i]!);
}

/** Portions one after another. */
export function join(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
