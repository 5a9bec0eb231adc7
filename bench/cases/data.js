// @ts-check

/**
 * Numbers from U(low, high), the same in every run: a linear congruential generator is random enough to time with.
 * @param {number[]} shape @param {number} [low] @param {number} [high]
 */
export function uniformData(shape, low = 0, high = 1) {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  let state = 12345;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    data[i] = low + (state / 2 ** 32) * (high - low);
  }
  return { data, shape };
}
