import type { Attributes, Op, Tensor } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** Constants up to this many elements are compared by value; larger ones by identity, which is cheap and nearly as good. */
const comparedByValue = 4096;

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
  const seen = new Map<string, Tensor>();
  return (t) => {
    if (leaves.has(t.op.name)) return undefined;
    const key = `${idOf(t.op satisfies Op)}(${t.inputs.map(idOf).join(",")})${attributeKey(t.attrs, idOf)}`;
    const first = seen.get(key);
    if (first) return first;
    seen.set(key, t);
    return undefined;
  };
}

function attributeKey(attrs: Attributes, idOf: (object: object) => number): string {
  return Object.entries(attrs)
    .map(([name, value]) => {
      if (ArrayBuffer.isView(value)) {
        const data = value as Float32Array | BigInt64Array;
        return `${name}=${data.length <= comparedByValue ? `${data.constructor.name}:${data.join(",")}` : `#${idOf(data)}`}`;
      }
      if (Array.isArray(value)) return `${name}=[${value.join(",")}]`;
      if (typeof value === "object" && value !== null) return `${name}=#${idOf(value)}`;
      return `${name}=${String(value)}`;
    })
    .join(";");
}
