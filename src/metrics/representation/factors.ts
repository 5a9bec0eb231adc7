/** Codes of examples whose factors of variation are known: what disentanglement is measured on. */
import { UserError } from "../../tensor/index.ts";
import { checkFeatures, type Features } from "../features.ts";

export interface FactoredCodes {
  /** Latent codes, one row for each example: means, not samples. */
  readonly codes: Features;
  /** Values of the factors, one row for each example: whole numbers from 0 up. `discretize` makes them of continuous ones. */
  readonly factors: Features;
}

/** Throws (UserError) unless there are finite codes, and factors of two values or more, for the same examples. */
export function checkFactors(what: string, { codes, factors }: FactoredCodes): void {
  checkFeatures(what, "the codes", codes, 2);
  checkFeatures(what, "the factors", factors, 2);
  if (codes.count !== factors.count) {
    throw new UserError(
      `${what}: codes of ${codes.count} examples and factors of ${factors.count}; expected the same examples.`,
    );
  }
  const bad = factors.data.findIndex((v) => !Number.isInteger(v) || v < 0);
  if (bad >= 0) {
    throw new UserError(
      `${what}: a factor is ${factors.data[bad]}; expected whole numbers from 0 up. discretize makes them of continuous values.`,
    );
  }
  for (let k = 0; k < factors.dimensions; k++) {
    if (new Set(columnOf(factors, k)).size < 2)
      throw new UserError(`${what}: factor ${k} has one value only; leave it out.`);
  }
}

/** Column c as float64. */
export function columnOf({ data, count, dimensions }: Features, c: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => data[i * dimensions + c]!);
}

/** The number of the bin of each value, of `bins` bins of equal width between the least and the largest of its column. */
export function discretize(features: Features, bins = 20): Features {
  const { count, dimensions: d } = features;
  const data = new Float64Array(count * d);
  for (let c = 0; c < d; c++) {
    const column = columnOf(features, c);
    const [low, high] = [column.reduce((a, b) => Math.min(a, b)), column.reduce((a, b) => Math.max(a, b))];
    if (high === low) continue;
    column.forEach((v, i) => {
      data[i * d + c] = Math.min(bins - 1, Math.floor(((v - low) / (high - low)) * bins));
    });
  }
  return { data, count, dimensions: d };
}
