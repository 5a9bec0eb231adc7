import { UserError } from "../../tensor/index.ts";
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";
import type { Rows } from "./k-means.ts";

/** At most `most` rows, drawn without replacement by the seed, in their own order. All of them are not copied. */
export function chooseRows(rows: Rows, most: number, seed: number): Rows {
  const { data, count, dimensions: d } = rows;
  if (count <= most) return rows;
  const order = fillPermutation(new Int32Array(count), deriveKey(seed, "choose-rows")) as Int32Array;
  const out = new Float64Array(most * d);
  order
    .slice(0, most)
    .sort()
    .forEach((row, i) => {
      out.set(data.subarray(row * d, (row + 1) * d), i * d);
    });
  return { data: out, count: most, dimensions: d };
}

/** The rows of each class, in their own order. Throws (UserError) where a class has none. */
export function rowsByClass({ data, dimensions: d }: Rows, y: Int32Array, classes: number): Rows[] {
  return Array.from({ length: classes }, (_, c) => {
    const own = Array.from(y.keys()).filter((i) => y[i] === c);
    if (own.length === 0)
      throw new UserError(`class ${c} of ${classes} has no examples; leave it out, or give it some.`);
    const out = new Float64Array(own.length * d);
    own.forEach((row, i) => {
      out.set(data.subarray(row * d, (row + 1) * d), i * d);
    });
    return { data: out, count: own.length, dimensions: d };
  });
}
