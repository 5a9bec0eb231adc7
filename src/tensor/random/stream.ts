import { fillBits, fillNormal, fillUniform } from "./fill.ts";
import type { PhiloxKey } from "./philox.ts";

/** A stream of random numbers on the host, keyed and counter-based: the same key gives the same numbers everywhere. */
export interface RandomStream {
  /** Fills with independent uniforms in the open interval (0, 1). */
  uniform(out: Float32Array): Float32Array;
  /** Fills with independent standard normals. */
  normal(out: Float32Array): Float32Array;
  /** Fills with uniform 32-bit unsigned integers. */
  bits(out: Uint32Array): Uint32Array;
}

/**
 * The stream of `key` from its beginning. Every number takes one word, and the next call goes on where the last one
 * stopped: filling 3 and then 5 numbers gives the same as filling 8.
 */
export function createStream(key: PhiloxKey): RandomStream {
  let start = 0;
  const advance = <T extends { length: number }>(out: T): { start: number } => {
    const from = start;
    start += out.length;
    return { start: from };
  };
  return {
    uniform: (out) => fillUniform(out, key, advance(out)),
    normal: (out) => fillNormal(out, key, advance(out)),
    bits: (out) => fillBits(out, key, advance(out)),
  };
}
