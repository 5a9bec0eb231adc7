/** The contract of a two-sample test: do two sets of examples come from one distribution? */
import { UserError } from "../../tensor/index.ts";
import { checkFeatures, type Features } from "../features.ts";

export interface TwoSampleOptions {
  /** Of the permutations and of every random choice: equal seeds give equal p-values. */
  readonly seed: number;
  /** Permutations of the labels, B: p-values are multiples of 1/(B + 1). Default 199. */
  readonly permutations?: number;
  /** For pairwise tests: ‖xᵢ − xⱼ‖² of the pooled rows, `a` first, where they are known already. */
  readonly squaredDistances?: Float64Array;
}

export interface TwoSampleResult {
  readonly statistic: number;
  /** P(T ≥ t | H0), "more different" for "≥" where small statistics speak against H0. At most α with chance at most α. */
  readonly pValue: number;
  /**
   * P(T > t | H0). The p-value of a statistic with ties jumps; strictPValue + u·(pValue − strictPValue) with an independent
   * uniform u is exactly uniform under H0.
   */
  readonly strictPValue: number;
  /** How the null distribution was found: by permuting labels, exactly, or as the limit of large samples. */
  readonly method: "permutation" | "exact" | "asymptotic";
  /** The statistic under permuted labels, to draw the null distribution. */
  readonly permuted?: Float64Array;
}

export interface TwoSampleTest {
  readonly name: string; // "energy"
  readonly title: string; // "Energy distance"
  /** The statistic in words and as a formula. */
  readonly statistic: string;
  /** Fewest examples on each side. */
  readonly least: number;
  /** Most examples on each side for rows of so many dimensions: beyond, a test would take minutes, or too much memory. */
  most(dimensions: number): number;
  /** Whether it looks at the distances of all pairs, which several tests can share. */
  readonly pairwise?: boolean;
  /** Throws (UserError) where the examples are too few, too many, not finite or of different dimensions. */
  test(a: Features, b: Features, options: TwoSampleOptions): Promise<TwoSampleResult>;
}

/** Both samples in one table, the rows of `a` first. */
export interface Pooled extends Features {
  readonly data: Float64Array;
  /** Rows that come from `a`. */
  readonly first: number;
}

/** Checks two samples for a test, and joins them. */
export function pool(
  { name, least, most }: Pick<TwoSampleTest, "name" | "least" | "most">,
  a: Features,
  b: Features,
): Pooled {
  checkFeatures(name, "the first sample", a, least);
  checkFeatures(name, "the second sample", b, least);
  if (a.dimensions !== b.dimensions) {
    throw new UserError(
      `${name}: the samples have ${a.dimensions} and ${b.dimensions} dimensions; expected the same number.`,
    );
  }
  const larger = Math.max(a.count, b.count);
  if (larger > most(a.dimensions)) {
    throw new UserError(
      `${name} takes at most ${most(a.dimensions)} examples on a side, got ${larger}; give a random part of them, as compareSamples does.`,
    );
  }
  const data = new Float64Array((a.count + b.count) * a.dimensions);
  data.set(a.data);
  data.set(b.data, a.count * a.dimensions);
  return { data, count: a.count + b.count, dimensions: a.dimensions, first: a.count };
}

/** Tests on pairs hold (2·1000)² distances in float64, 32 MB, and permutations look most of them up. */
export const mostForPairs = (): number => 1000;

/** Up to `rows` examples, and no more numbers in all than `numbers`, but 500 examples in any case. */
export const mostNumbers =
  (rows: number, numbers: number) =>
  (dimensions: number): number =>
    Math.max(500, Math.min(rows, Math.floor(numbers / dimensions)));
