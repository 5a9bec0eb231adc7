import { fillPermutation } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";
import type { Dataset, Splits } from "./dataset.ts";

/** The examples of `dataset` with the given numbers, in that order. `part` tells its fingerprint from the whole's. */
export function subset(dataset: Dataset, indices: Int32Array, part: string): Dataset {
  const inner = (numbers: ArrayLike<number>): Int32Array =>
    Int32Array.from({ length: numbers.length }, (_, i) => indices[numbers[i]!]!);
  const { labels } = dataset;
  return {
    ...dataset,
    length: indices.length,
    fingerprint: `${dataset.fingerprint}/${part}`,
    read: (numbers, out) => dataset.read(inner(numbers), out),
    ...(labels === undefined
      ? {}
      : {
          labels: (numbers: ArrayLike<number>, out: Int32Array) => labels.call(dataset, inner(numbers), out),
        }),
  };
}

const holdOutShare = 10;

/**
 * Sets aside one example in ten for testing. Which ones depends only on the number of examples, never on a run's seed:
 * every run on the same data trains and tests on the same examples. Below ten examples all of them are for training.
 */
export function holdOut(dataset: Dataset): Splits {
  const held = Math.floor(dataset.length / holdOutShare);
  if (held === 0) return { train: dataset };
  const order = fillPermutation(new Int32Array(dataset.length), deriveKey("hold-out")) as Int32Array;
  return {
    train: subset(dataset, order.slice(held).sort(), "train"),
    test: subset(dataset, order.slice(0, held).sort(), "test"),
  };
}
