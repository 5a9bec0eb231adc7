/**
 * Philox 4×32-10, a counter-based generator: a bijection of a 128-bit counter under a 64-bit key.
 * Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", section 3.3.
 */

/** The 64-bit key, as two unsigned 32-bit words. */
export type PhiloxKey = readonly [number, number];
/** The 128-bit counter, least significant word first. */
export type PhiloxCounter = readonly [number, number, number, number];

// The two multipliers, whole and in halves of 16 bits, and the Weyl steps of the key.
const multiplier0 = 0xd2511f53;
const high0 = 0xd251;
const low0 = 0x1f53;
const multiplier1 = 0xcd9e8d57;
const high1 = 0xcd9e;
const low1 = 0x8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;
const rounds = 10;

/** Upper 32 bits of the unsigned product of `x` and a multiplier given in halves: JavaScript has no 64-bit integers. */
function multiplyHigh(x: number, high: number, low: number): number {
  const xHigh = x >>> 16;
  const xLow = x & 0xffff;
  const middle = (Math.imul(xHigh, low) + (Math.imul(xLow, low) >>> 16)) | 0;
  const carry = (Math.imul(xLow, high) + (middle & 0xffff)) | 0;
  return (Math.imul(xHigh, high) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/**
 * Fills `out` with the words of consecutive blocks: word i is word (i mod 4) of the block at counter + ⌊i/4⌋, so a
 * shorter fill is a prefix of a longer one. The two upper counter words stay fixed: a fill is far below 2⁶⁴ blocks.
 */
export function philox(out: Uint32Array, [key0, key1]: PhiloxKey, counter: PhiloxCounter): Uint32Array {
  let [block0, block1] = [counter[0] | 0, counter[1] | 0];
  const last = new Uint32Array(4);
  for (let at = 0; at < out.length; at += 4) {
    let c0 = block0;
    let c1 = block1;
    let c2 = counter[2] | 0;
    let c3 = counter[3] | 0;
    let k0 = key0 | 0;
    let k1 = key1 | 0;
    // Two rounds at a time: the words change places in every round, and twice need no copies.
    for (let round = 0; round < rounds; round += 2) {
      const d0 = multiplyHigh(c2, high1, low1) ^ c1 ^ k0;
      const d1 = Math.imul(c2, multiplier1);
      const d2 = multiplyHigh(c0, high0, low0) ^ c3 ^ k1;
      const d3 = Math.imul(c0, multiplier0);
      k0 = (k0 + weyl0) | 0;
      k1 = (k1 + weyl1) | 0;
      c0 = multiplyHigh(d2, high1, low1) ^ d1 ^ k0;
      c1 = Math.imul(d2, multiplier1);
      c2 = multiplyHigh(d0, high0, low0) ^ d3 ^ k1;
      c3 = Math.imul(d0, multiplier0);
      k0 = (k0 + weyl0) | 0;
      k1 = (k1 + weyl1) | 0;
    }
    if (at + 4 <= out.length) {
      out[at] = c0;
      out[at + 1] = c1;
      out[at + 2] = c2;
      out[at + 3] = c3;
    } else {
      last.set([c0, c1, c2, c3]);
      out.set(last.subarray(0, out.length - at), at);
    }
    block0 = (block0 + 1) | 0;
    if (block0 === 0) block1 = (block1 + 1) | 0;
  }
  return out;
}
