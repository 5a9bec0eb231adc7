import { UserError } from "../tensor/index.ts";
import { fillPermutation } from "../tensor/random/fill.ts";
import { deriveKey } from "../tensor/random/key.ts";
import type { Dataset, Splits } from "./dataset.ts";
import { permutation } from "./permute-index.ts";
import { exampleSize } from "./size.ts";

/** The examples of `dataset` with the given numbers, in that order. `part` tells its fingerprint from the whole's. */
export function subset(dataset: Dataset, indices: Int32Array, part: string): Dataset {
  const inner = (numbers: ArrayLike<number>): Int32Array =>
    Int32Array.from({ length: numbers.length }, (_, i) => indices[numbers[i]!]!);
  const { labels, factors } = dataset;
  return {
    ...dataset,
    length: indices.length,
    fingerprint: `${dataset.fingerprint}/${part}`,
    read: (numbers, out) => dataset.read(inner(numbers), out),
    ...(factors && { factors: { ...factors, read: (numbers, out) => factors.read(inner(numbers), out) } }),
    ...(labels === undefined
      ? {}
      : {
          labels: (numbers: ArrayLike<number>, out: Int32Array) => labels.call(dataset, inner(numbers), out),
        }),
  };
}

/**
 * `count` examples chosen by the seed, of each class as many as of any other (one more of the first classes where they do not
 * divide evenly); without labels, any. Throws (UserError) where there are not as many.
 */
export function balancedSubset(dataset: Dataset, count: number, seed: number): Dataset {
  const { length, classes = 1, labels } = dataset;
  const order = permutation(length, seed, "few examples");
  const places = Int32Array.from({ length }, (_, i) => order(i));
  const classOf = new Int32Array(length);
  labels?.call(dataset, places, classOf);
  const kinds = labels ? classes : 1;
  const wanted = Array.from({ length: kinds }, (_, k) => Math.floor((count + kinds - 1 - k) / kinds));
  const chosen = places.filter((_, i) => wanted[classOf[i]!]!-- > 0);
  if (chosen.length < count) {
    const short = wanted.findIndex((left) => left > 0);
    throw new UserError(
      `${dataset.name} has too few examples for ${count} of them${labels ? `, the same number of each class: class ${short} lacks ${wanted[short]}` : ""}; ask for fewer.`,
    );
  }
  return subset(dataset, chosen.sort(), `balanced=${count},seed=${seed}`);
}

/** The examples of `first`, then those of `second`, which are of the same shape; labels where both have them. */
export function concatenated(first: Dataset, second: Dataset): Dataset {
  const size = exampleSize(first.shape);
  const parts = (numbers: ArrayLike<number>) =>
    [first, second].map((dataset, which) => {
      const places = Array.from({ length: numbers.length }, (_, i) => i).filter(
        (i) => Number(numbers[i]! >= first.length) === which,
      );
      return { dataset, places, own: places.map((i) => numbers[i]! - which * first.length) };
    });
  const { labels, classes, classNames, factors, ...rest } = first;
  const labelled = labels !== undefined && second.labels !== undefined;
  return {
    ...rest,
    length: first.length + second.length,
    fingerprint: `${first.fingerprint}+${second.fingerprint}`,
    read(numbers, out) {
      for (const { dataset, places, own } of parts(numbers)) {
        const examples = new Float32Array(own.length * size);
        dataset.read(own, examples);
        places.forEach((place, i) => {
          out.set(examples.subarray(i * size, (i + 1) * size), place * size);
        });
      }
    },
    ...(labelled && {
      ...(classNames !== undefined && { classNames }),
      classes: Math.max(classes ?? 0, second.classes ?? 0),
      labels(numbers: ArrayLike<number>, out: Int32Array) {
        for (const { dataset, places, own } of parts(numbers)) {
          const found = new Int32Array(own.length);
          dataset.labels!(own, found);
          places.forEach((place, i) => {
            out[place] = found[i]!;
          });
        }
      },
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
