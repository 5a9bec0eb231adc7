// @ts-check

/** @typedef {{ kind: "image" | "points", shape: readonly number[], levels?: number, classes?: number }} Spec */

/**
 * Numbers from U(low, high), the same in every run: mulberry32, a small generator without
 * patterns that a model could learn.
 * @param {number[]} shape @param {number} [low] @param {number} [high] @param {number} [seed]
 */
export function uniformData(shape, low = 0, high = 1, seed = 12345) {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  let state = seed;
  for (let i = 0; i < data.length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    data[i] = low + (((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  }
  return { data, shape };
}

/** Zeros and ones. @param {number[]} shape */
export function binaryPictures(shape) {
  const { data } = uniformData(shape);
  return { data: data.map((v) => (v > 0.5 ? 1 : 0)), shape };
}

/**
 * A minibatch as a model of the registry takes it: pixels in [−1, 1] on the grid of grey levels, or points; with classes
 * where the data has them.
 * @param {Spec} spec @param {number} batch
 */
export function minibatch({ kind, shape, levels = 256, classes }, batch) {
  const x = uniformData([batch, ...shape], kind === "image" ? 0 : -2, kind === "image" ? 1 : 2);
  const grey = (/** @type {number} */ v) => (2 * Math.floor(v * levels)) / (levels - 1) - 1;
  const data = kind === "image" ? x.data.map(grey) : x.data;
  const labels = Int32Array.from({ length: batch }, (_, i) => i % (classes ?? 1));
  return {
    x: { data, shape: x.shape },
    ...(classes !== undefined && { y: { data: labels, shape: [batch] } }),
  };
}
