// @ts-check

/**
 * Numbers from U(low, high), the same in every run: mulberry32, a small generator without
 * patterns that a model could learn.
 * @param {number[]} shape @param {number} [low] @param {number} [high]
 */
export function uniformData(shape, low = 0, high = 1) {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  let state = 12345;
  for (let i = 0; i < data.length; i++) {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    data[i] = low + (((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32) * (high - low);
  }
  return { data, shape };
}
