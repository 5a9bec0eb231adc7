import { fillBits } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";

/** A permutation of 0 … length − 1 that is asked for one place at a time. */
export type Permutation = (place: number) => number;

const rounds = 24;
const leastBits = 4; // on fewer bits, a Feistel network has too few functions to choose from

/**
 * The permutation number `parts` of 0 … length − 1, without a table: any place costs the same few operations, so a run
 * may start at any step. A Feistel network of 24 rounds on the smallest power of two ≥ length, walked until it lands
 * below length (Mitchell, Stokes, Frank & Holmes 2021, "Bandwidth-optimal random shuffling for GPUs", sections 4–5). Rounds
 * on halves of two bits or more are even permutations, so a coin decides whether 0 and 1 change places.
 */
export function permutation(length: number, ...parts: readonly (number | string)[]): Permutation {
  const bits = Math.max(leastBits, 32 - Math.clz32(Math.max(0, length - 1)));
  const keys = fillBits(new Uint32Array(rounds + 1), deriveKey(...parts));
  const coin = keys[rounds]! >>> 31;
  const low = bits >> 1;
  const [lowMask, highMask] = [2 ** low - 1, 2 ** (bits - low) - 1];
  const encrypt = (place: number): number => {
    let [right, left] = [place & lowMask, place >>> low];
    for (let r = 0; r < rounds; r += 2) {
      left ^= mix(right, keys[r]!) & highMask;
      right ^= mix(left, keys[r + 1]!) & lowMask;
    }
    const at = left * 2 ** low + right;
    return at < 2 ? at ^ coin : at;
  };
  return (place) => {
    let at = encrypt(place);
    while (at >= length) at = encrypt(at);
    return at;
  };
}

/** A 32-bit word of which every bit depends on every bit of `x` and `key`: the finaliser of MurmurHash3. */
function mix(x: number, key: number): number {
  let h = (x ^ key) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
