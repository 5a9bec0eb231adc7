import type { Attributes, Tensor, TypedArray } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** Operations that are inputs: two of them with equal attributes are still two. */
const leaves = new Set(["input", "random"]);

/** A rule that makes equal operations on equal inputs one. Holds state: make one for each graph. */
export function commonSubexpressions(): Rule {
  const ids = new Map<object, number>();
  const idOf = (object: object): number => {
    const known = ids.get(object);
    if (known !== undefined) return known;
    ids.set(object, ids.size);
    return ids.size - 1;
  };
  const same = equalArrays();
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

/** A function that returns, for each array, the first array with the same elements and type. */
function equalArrays(): (data: TypedArray) => TypedArray {
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

const bytesOf = (data: TypedArray): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** FNV-1a over the bytes. */
function hash(data: TypedArray): number {
  let h = 0x811c9dc5;
  for (const byte of bytesOf(data)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

function equalBytes(a: TypedArray, b: TypedArray): boolean {
  const [p, q] = [bytesOf(a), bytesOf(b)];
  return p.length === q.length && p.every((byte, i) => byte === q[i]);
}
