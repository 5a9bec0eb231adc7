// @ts-check
/** Pairs of distributions in five dimensions that two-sample tests are to tell apart. */
import { createStream, deriveKey } from "../../dist/tensor/random/index.js";

export const dimensions = 5;
export const count = 100;

/** Normals of one row, what its rows share (e), and uniforms (u): the second sample is made of these. */
/** @typedef {{ z: number, e: number, u: number }} Noise */

/** @type {{ readonly [name: string]: (noise: Noise) => number }} */
const kinds = {
  null: ({ z }) => z,
  scale: ({ z }) => 1.35 * z,
  laplace: ({ u }) => (-Math.sign(u - 0.5) * Math.log1p(-2 * Math.abs(u - 0.5))) / Math.SQRT2,
  correlation: ({ z, e }) => Math.sqrt(0.6) * e + Math.sqrt(0.4) * z,
  modes: ({ z, e }) => (e > 0 ? 0.9 : -0.9) + Math.sqrt(1 - 0.9 ** 2) * z,
};

/** What the second sample is drawn from; the first is N(0, I). */
export const cases = [
  { name: "P = Q (level)", kind: "null", shift: 0 },
  { name: "shift 0.3", kind: "null", shift: 0.3 },
  { name: "scale 1.35", kind: "scale", shift: 0 },
  { name: "Laplace, equal mean and variance", kind: "laplace", shift: 0 },
  { name: "correlation 0.6, equal marginals", kind: "correlation", shift: 0 },
  { name: "two modes ±0.9·1, equal mean and variance", kind: "modes", shift: 0 },
];

/**
 * A sample of the case: [count, d] float64.
 * @param {{ kind: string, shift: number }} of
 * @param {number} seed
 * @param {string} side
 * @param {number} d
 */
export function draw({ kind, shift }, seed, side, d = dimensions) {
  const stream = createStream(deriveKey(seed, "verify/two-sample", side));
  const z = stream.normal(new Float32Array(count * d));
  const e = stream.normal(new Float32Array(count));
  const u = stream.uniform(new Float32Array(count * d));
  const make = kinds[kind] ?? kinds["null"];
  const data = Float64Array.from(z, (v, i) => {
    const noise = { z: v, e: /** @type {number} */ (e[Math.floor(i / d)]), u: /** @type {number} */ (u[i]) };
    return /** @type {(noise: Noise) => number} */ (make)(noise) + shift;
  });
  return { data, count, dimensions: d };
}
