import { type PhiloxKey, philox } from "./philox.ts";

/**
 * The key of one stream of random numbers, from everything that names it – seed, function, step, source, or a
 * variable's name: `deriveKey(seed, "train/D", step, source)`.
 *
 * Philox is its own hash: the parts become 32-bit words (each part a tag with its length, then a number's two float64
 * words or a string's UTF-16 units), and each word w_i with its position maps the key to the next one,
 * k ← first two words of philox(counter = [w_i, i, 0, 0], key = k). Tags make ("ab", "c") differ from ("a", "bc") and 1 from
 * "1"; keys of different parts are equal with the chance of random 64-bit numbers.
 */
export function deriveKey(...parts: readonly (number | string)[]): PhiloxKey {
  return keysAfter(...parts)();
}

/** Keys whose first parts are the same, at the cost of the others: `keysAfter(a, b)(c)` is `deriveKey(a, b, c)`. */
export function keysAfter(
  ...first: readonly (number | string)[]
): (...rest: readonly (number | string)[]) => PhiloxKey {
  const words = first.flatMap(wordsOf);
  const begun = hash([0, 0], words, 0);
  return (...rest) => hash(begun, rest.flatMap(wordsOf), words.length);
}

function hash(from: PhiloxKey, words: readonly number[], position: number): PhiloxKey {
  const block = new Uint32Array(4);
  return words.reduce<PhiloxKey>((key, word, i) => {
    philox(block, key, [word, position + i, 0, 0]);
    return [block[0]!, block[1]!];
  }, from);
}

const numberTag = 0x40000000;
const stringTag = 0x80000000;

function wordsOf(part: number | string): number[] {
  if (typeof part === "number") {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, part + 0); // −0 + 0 is 0: they are one seed
    return [numberTag, view.getUint32(0), view.getUint32(4)];
  }
  return [stringTag + part.length, ...Array.from({ length: part.length }, (_, i) => part.charCodeAt(i))];
}
