/** What quality metrics compare: one row of numbers for each example, raw pixels or what a network makes of them. */
import { UserError } from "../tensor/index.ts";
import { deriveKey, fillPermutation } from "../tensor/random/index.ts";

export interface Features {
  /** Row after row. */
  readonly data: Float32Array | Float64Array;
  readonly count: number;
  readonly dimensions: number;
}

/** Features from nested lists, for small examples: [[x, y], …]. */
export function featuresOf(rows: readonly (readonly number[])[]): Features {
  return { data: Float64Array.from(rows.flat()), count: rows.length, dimensions: rows[0]?.length ?? 0 };
}

/** Rows first … first + count − 1, without a copy. */
export function rowsOf({ data, dimensions }: Features, first: number, count: number): Features {
  return { data: data.subarray(first * dimensions, (first + count) * dimensions), count, dimensions };
}

/** The rows with the given numbers, in that order, as a float64 copy. */
export function takeRows({ data, dimensions }: Features, indices: ArrayLike<number>): Features {
  const out = new Float64Array(indices.length * dimensions);
  for (let i = 0; i < indices.length; i++) {
    const first = indices[i]! * dimensions;
    out.set(data.subarray(first, first + dimensions), i * dimensions);
  }
  return { data: out, count: indices.length, dimensions };
}

/** At most `most` rows: all of them as they are, or as many drawn without replacement by the key's parts. */
export function someRows(features: Features, most: number, ...key: readonly (number | string)[]): Features {
  if (features.count <= most) return features;
  const order = fillPermutation(new Int32Array(features.count), deriveKey(...key)) as Int32Array;
  return takeRows(features, order.subarray(0, most));
}

/**
 * Throws (UserError) unless the features are a full table of finite numbers with at least `least` rows. `what` names them
 * ("the generated examples"), `metric` what they are for.
 */
export function checkFeatures(metric: string, what: string, features: Features, least = 1): void {
  const { data, count, dimensions } = features;
  if (data.length !== count * dimensions || dimensions < 1) {
    throw new UserError(
      `${metric}: the features of ${what} are ${data.length} numbers for ${count} rows of ${dimensions}; expected ${count * dimensions}, and at least one in a row.`,
    );
  }
  if (count < least) {
    throw new UserError(
      `${metric} needs at least ${least} examples, but ${what} are ${count}; give more of them, or leave ${metric} out.`,
    );
  }
  const bad = data.findIndex((v) => !Number.isFinite(v));
  if (bad >= 0) {
    throw new UserError(
      `${metric}: number ${bad % dimensions} of the features of example ${Math.floor(bad / dimensions)} of ${what} is ${data[bad]}; expected finite numbers. Leave that example out, or mend what made it.`,
    );
  }
}

/** Throws (UserError) unless both sets pass checkFeatures and have rows of one length. */
export function checkPair(metric: string, real: Features, fake: Features, least = 1): void {
  checkFeatures(metric, "the real examples", real, least);
  checkFeatures(metric, "the generated examples", fake, least);
  if (real.dimensions !== fake.dimensions) {
    throw new UserError(
      `${metric}: real examples have ${real.dimensions} features and generated ones ${fake.dimensions}; extract both in the same way.`,
    );
  }
}
