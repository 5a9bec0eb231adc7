import { UserError } from "../errors.ts";
import { type PhiloxCounter, type PhiloxKey, philox } from "./philox.ts";
import { normalQuantiles } from "./quantile.ts";

/** Which stretch of a key's words to use: `start` words after its beginning. */
export type FillOptions = { start?: number };

// Words are made and transformed while they are still in the processor's cache.
const chunk = 4096;

/** Uniform 32-bit words number start, start + 1, … of the stream of `key`. */
export function fillBits(out: Uint32Array, key: PhiloxKey, { start = 0 }: FillOptions = {}): Uint32Array {
  const skipped = start % 4;
  if (skipped > 0) {
    const head = philox(new Uint32Array(4), key, counterAt((start - skipped) / 4)).subarray(skipped);
    out.set(head.subarray(0, Math.min(head.length, out.length)));
    if (out.length > head.length)
      philox(out.subarray(head.length), key, counterAt((start - skipped) / 4 + 1));
    return out;
  }
  return philox(out, key, counterAt(start / 4));
}

function counterAt(block: number): PhiloxCounter {
  return [block % 2 ** 32, Math.floor(block / 2 ** 32), 0, 0];
}

/**
 * Independent uniforms in the open interval (0, 1): (k + ½) / 2²³ for a 23-bit k, which float32 holds exactly, so that
 * neither log(u) nor log(1 − u) is ever infinite.
 */
export function fillUniform(out: Float32Array, key: PhiloxKey, options: FillOptions = {}): Float32Array {
  return transform(out, key, options, uniformChunk);
}

/** Independent standard normals, one word each, by the inverse of the distribution function (quantile.ts). */
export function fillNormal(out: Float32Array, key: PhiloxKey, options: FillOptions = {}): Float32Array {
  return transform(out, key, options, normalQuantiles);
}

function transform(
  out: Float32Array,
  key: PhiloxKey,
  { start = 0 }: FillOptions,
  write: (out: Float32Array, words: Uint32Array) => unknown,
): Float32Array {
  const words = new Uint32Array(Math.min(chunk, out.length));
  for (let at = 0; at < out.length; at += chunk) {
    const part = out.subarray(at, at + chunk);
    write(part, fillBits(words.subarray(0, part.length), key, { start: start + at }));
  }
  return out;
}

function uniformChunk(out: Float32Array, words: Uint32Array): void {
  for (let i = 0; i < out.length; i++) out[i] = uniformOf(words[i]!);
}

/** (k + ½) / 2²³ of the upper 23 bits k of a word. */
export function uniformOf(word: number): number {
  return ((word >>> 9) + 0.5) * 2 ** -23;
}

/**
 * Independent whole numbers low, …, high − 1: low + ⌊word · (high − low) / 2³²⌋ (Lemire 2019, "Fast random integer
 * generation in an interval", without the rejection, so that number i always comes from word i). The chance of a
 * number differs from 1/n, n = high − low, by at most 2⁻³², relatively n/2³²: 1e-7 for n = 500.
 */
export function fillIntegers(
  out: Int32Array | BigInt64Array | Float32Array,
  key: PhiloxKey,
  { low, high, start = 0 }: FillOptions & { low: number; high: number },
): typeof out {
  const count = high - low;
  if (!Number.isSafeInteger(low) || !Number.isInteger(count) || count < 1 || count > 2 ** 32) {
    throw new UserError(
      `randint: got low ${low} and high ${high}, expected whole numbers with low < high ≤ low + 2³²; high is excluded.`,
    );
  }
  const words = fillBits(new Uint32Array(out.length), key, { start });
  if (out instanceof BigInt64Array)
    for (let i = 0; i < out.length; i++) out[i] = BigInt(low + scaled(words[i]!, count));
  else for (let i = 0; i < out.length; i++) out[i] = low + scaled(words[i]!, count);
  return out;
}

function scaled(word: number, count: number): number {
  return Math.floor(word * count * 2 ** -32);
}

/**
 * A uniformly random order of 0 … n − 1 in every run of `length` numbers of `out` (default: all of it), by Fisher and
 * Yates from the top (Durstenfeld 1964); run r uses words r·length, …, so runs are independent of each other.
 */
export function fillPermutation(
  out: Int32Array | BigInt64Array | Float32Array,
  key: PhiloxKey,
  { start = 0, length = out.length }: FillOptions & { length?: number } = {},
): typeof out {
  const words = fillBits(new Uint32Array(out.length), key, { start });
  const order = new Uint32Array(length);
  for (let at = 0; at + length <= out.length && length > 0; at += length) {
    for (let i = 0; i < length; i++) order[i] = i;
    for (let i = length - 1; i > 0; i--) {
      const j = scaled(words[at + i]!, i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    if (out instanceof BigInt64Array) out.set(BigInt64Array.from(order, BigInt), at);
    else out.set(order, at);
  }
  return out;
}
