import type { Attributes, Tensor, TypedArray } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** Operations that are inputs: two of them with equal attributes are still two. */
const leaves = new Set(["input", "random"]);

/** A rule that makes equal operations on equal inputs one. Holds state: make one for each rewriting of a graph. */
export function commonSubexpressions(same: SameArray): Rule {
  const ids = new Map<object, number>();
  const idOf = (object: object): number => {
    const known = ids.get(object);
    if (known !== undefined) return known;
    ids.set(object, ids.size);
    return ids.size - 1;
  };
  const keyOf = (value: Attributes[string]): string => {
    if (ArrayBuffer.isView(value)) return `#${idOf(same(value as TypedArray))}`;
    if (Array.isArray(value)) return `[${value.join(",")}]`;
    return typeof value === "object" && value !== null ? `#${idOf(value)}` : String(value);
  };
  const seen = new Map<string, Tensor>();
  return (t) => {
    if (leaves.has(t.op.name)) return undefined;
    const attributes = Object.entries(t.attrs).map(([name, value]) => `${name}=${keyOf(value)}`);
    const key = `${idOf(t.op)}(${t.inputs.map(idOf).join(",")})${attributes.join(";")}`;
    const first = seen.get(key);
    if (first) return first;
    seen.set(key, t);
    return undefined;
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
  for (const word of wordsOf(data)) h = Math.imul(h ^ word, 0x01000193);
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
  return p.length === q.length && p.every((word, i) => word === q[i]);
}
