import type { Attributes, Tensor, TypedArray } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** Operations that are inputs: two of them with equal attributes are still two, as when a variable of size [4, 4, 4, 4] is stored in another order. */
const leaves = new Set(["input", "random", "variable"]);

/**
 * A rule that makes equal operations on equal inputs one. It remembers every tensor that it has met, those of graphs before
 * included: they are as good, since equal inputs are the same tensors.
 */
export function commonSubexpressions(same: SameArray): Rule {
  const idOf = numbering<object>();
  const textOf = numbering<string>();
  const keyOf = (value: Attributes[string]): string => {
    if (ArrayBuffer.isView(value)) return `#${idOf(same(value as TypedArray))}`;
    if (Array.isArray(value)) return `[${value.join(",")}]`;
    return typeof value === "object" && value !== null ? `#${idOf(value)}` : String(value);
  };
  const attributes = new Map<Attributes, number>();
  const attributesOf = ({ attrs }: Tensor): number => {
    const known = attributes.get(attrs);
    if (known !== undefined) return known;
    const texts = Object.entries(attrs).map(([name, value]) => `${name}=${keyOf(value)}`);
    const number = textOf(texts.join(";"));
    attributes.set(attrs, number);
    return number;
  };
  const seen = new Map<string, Tensor>();
  return (t) => {
    if (leaves.has(t.op.name)) return undefined;
    let key = `${idOf(t.op)} ${attributesOf(t)}`;
    for (const x of t.inputs) key += ` ${idOf(x)}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, t);
    return first;
  };
}

/** Gives equal keys the same number. */
function numbering<K>(): (key: K) => number {
  const numbers = new Map<K, number>();
  return (key) => {
    const known = numbers.get(key);
    if (known !== undefined) return known;
    numbers.set(key, numbers.size);
    return numbers.size - 1;
  };
}

/** Returns, for each array, the first array met with the same elements and type. */
export type SameArray = (data: TypedArray) => TypedArray;

/** Remembers every array it has seen, so that comparing a large constant again costs nothing. */
export function sameArrays(): SameArray {
  const known = new Map<TypedArray, TypedArray>();
  const buckets = new Map<string, TypedArray[]>();
  return (data) => {
    const before = known.get(data);
    if (before) return before;
    const key = `${data.constructor.name}/${data.length}/${hash(data)}`;
    const bucket = buckets.get(key) ?? [];
    const first = bucket.find((other) => equalBytes(other, data)) ?? data;
    if (first === data) buckets.set(key, [...bucket, data]);
    known.set(data, first);
    return first;
  };
}

/** FNV-1a over 32-bit words where they fit, over bytes elsewhere. */
function hash(data: TypedArray): number {
  let h = 0x811c9dc5;
  const words = wordsOf(data);
  for (let i = 0; i < words.length; i++) h = Math.imul(h ^ words[i]!, 0x01000193);
  return h >>> 0;
}

function wordsOf({ buffer, byteOffset, byteLength }: TypedArray): Int32Array | Uint8Array {
  const aligned = byteOffset % 4 === 0 && byteLength % 4 === 0;
  return aligned
    ? new Int32Array(buffer, byteOffset, byteLength / 4)
    : new Uint8Array(buffer, byteOffset, byteLength);
}

function equalBytes(a: TypedArray, b: TypedArray): boolean {
  const [p, q] = [wordsOf(a), wordsOf(b)];
  let i = 0;
  while (i < p.length && p[i] === q[i]) i++;
  return i === p.length && i === q.length;
}
