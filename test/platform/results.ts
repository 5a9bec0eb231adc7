/** Named tensors as plain numbers, so that they can be taken from a page to the test and compared. */
import type { Value } from "../../src/index.ts";

export interface PlainTensor {
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** Compared exactly. */
  readonly exact: boolean;
}
export type PlainTensors = { readonly [name: string]: PlainTensor };

export function plain({ shape, data }: Value): PlainTensor {
  return { shape: [...shape], data: Array.from(data, Number), exact: !(data instanceof Float32Array) };
}

/** Every tensor of a nested structure, by its path. */
export function flatten(tree: object, path = ""): PlainTensors {
  if ("data" in tree) return { [path]: plain(tree as Value) };
  return Object.assign({}, ...Object.entries(tree).map(([key, child]) => flatten(child, `${path}/${key}`)));
}

/** ‖a − b‖ / ‖b‖ in float64; 0 where both are zero, infinite where one is not finite. */
export function relativeDifference(a: PlainTensor, b: PlainTensor): number {
  if (a.shape.join() !== b.shape.join()) return Number.POSITIVE_INFINITY;
  if (a.exact) return a.data.every((x, i) => x === b.data[i]) ? 0 : Number.POSITIVE_INFINITY;
  let [difference, size] = [0, 0];
  b.data.forEach((reference, i) => {
    difference += (a.data[i]! - reference) ** 2;
    size += reference ** 2;
  });
  if (difference === 0) return 0;
  const ratio = Math.sqrt(difference / size);
  return Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
}

/** The tensors that differ most, largest first. */
export function compare(got: PlainTensors, reference: PlainTensors): { name: string; difference: number }[] {
  const names = Object.keys(reference);
  if (names.join() !== Object.keys(got).join()) throw new Error("the two backends gave different tensors");
  return names
    .map((name) => ({ name, difference: relativeDifference(got[name]!, reference[name]!) }))
    .sort((a, b) => b.difference - a.difference);
}
