/** KL(p ‖ q) and entropy from samples: plug-in histograms and Monte Carlo log-ratios. Nats, float64. */
import { UserError } from "../../tensor/errors.ts";
import { entropyOfTable, jensenShannonOfTables, klOfTables } from "./tables.ts";

/** An estimate with the standard error of its mean. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/**
 * KL(p ‖ q) from log p(x) − log q(x) at samples x of p: the mean log-ratio, unbiased, of either sign.
 */
export function klFromLogRatios(logRatios: ArrayLike<number>): Estimate {
  return meanOf("klFromLogRatios", logRatios, (t) => t);
}

/**
 * KL(p ‖ q) from the same log-ratios by k3 = E_p[r − 1 − log r], r = q/p (Schulman 2020, "Approximating KL divergence"):
 * unbiased where q has no mass outside p's support, never negative, and of low variance where p and q are close; where q
 * is wider than p, r has a heavy tail and the estimate is low in most samples.
 */
export function klK3FromLogRatios(logRatios: ArrayLike<number>): Estimate {
  return meanOf("klK3FromLogRatios", logRatios, (t) => Math.expm1(-t) + t);
}

/** How samples fall into bins. */
export interface HistogramOptions {
  /** Bins along each axis. Default 40. */
  readonly bins?: number;
  /** [low, high] of each axis; values outside count in the outermost bins. Default: the range of both samples. */
  readonly range?: readonly (readonly [number, number])[];
  /** Added to the count of every bin, 0.5 by default: without it one empty bin of q makes KL(p ‖ q) infinite. It biases towards 0. */
  readonly pseudocount?: number;
}

/** Samples of a distribution: rows of `dimensions` numbers. */
export interface Samples {
  readonly data: ArrayLike<number>;
  readonly count: number;
  readonly dimensions: number;
}

/** KL(p ‖ q) of the histograms of two samples: biased by the bins' width, the pseudocount and the sample sizes. */
export function klFromHistograms(p: Samples, q: Samples, options: HistogramOptions = {}): number {
  return klOfTables(...histograms(p, q, options));
}

/** JS(p, q) of the histograms of two samples. */
export function jensenShannonFromHistograms(p: Samples, q: Samples, options: HistogramOptions = {}): number {
  return jensenShannonOfTables(...histograms(p, q, { pseudocount: 0, ...options }));
}

/** Differential entropy of a sample's histogram: H(table) + log(volume of a bin). */
export function entropyFromHistogram(p: Samples, options: HistogramOptions = {}): number {
  const range = options.range ?? rangeOf([p]);
  const { bins = 40 } = options;
  const [table] = histograms(p, p, { pseudocount: 0, ...options, range });
  const volume = range.reduce((v, [low, high]) => (v * (high - low)) / bins, 1);
  return entropyOfTable(table) + Math.log(volume);
}

function histograms(
  p: Samples,
  q: Samples,
  { bins = 40, range = rangeOf([p, q]), pseudocount = 0.5 }: HistogramOptions,
): [Float64Array, Float64Array] {
  checkSamples("histograms", p, q);
  const cells = bins ** p.dimensions;
  if (!(cells <= 2 ** 22) || !(bins >= 1)) {
    throw new UserError(
      `histograms: ${bins} bins along each of ${p.dimensions} axes are ${cells} cells; expected at most ${2 ** 22}. Take fewer bins, or klFromNeighbors, which needs none.`,
    );
  }
  return [p, q].map((samples) => {
    const counts = new Float64Array(cells).fill(pseudocount);
    for (let i = 0; i < samples.count; i++) counts[cellOf(samples, i, bins, range)]! += 1;
    const total = samples.count + pseudocount * cells;
    return counts.map((c) => c / total);
  }) as [Float64Array, Float64Array];
}

function cellOf(
  { data, dimensions }: Samples,
  i: number,
  bins: number,
  range: readonly (readonly [number, number])[],
): number {
  let cell = 0;
  for (let a = 0; a < dimensions; a++) {
    const [low, high] = range[a]!;
    const place = Math.floor(((data[i * dimensions + a]! - low) / (high - low)) * bins);
    cell = cell * bins + Math.min(bins - 1, Math.max(0, place));
  }
  return cell;
}

function rangeOf(sets: readonly Samples[]): [number, number][] {
  return Array.from({ length: sets[0]!.dimensions }, (_, a) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { data, count, dimensions } of sets) {
      for (let i = 0; i < count; i++) {
        const v = data[i * dimensions + a]!;
        low = Math.min(low, v);
        high = Math.max(high, v);
      }
    }
    return low < high ? [low, high] : [low - 0.5, low + 0.5];
  });
}

/** Throws (UserError) unless both samples are full tables with rows of one length. */
export function checkSamples(what: string, p: Samples, q: Samples): void {
  for (const { data, count, dimensions } of [p, q]) {
    if (count < 1 || dimensions < 1 || data.length !== count * dimensions) {
      throw new UserError(
        `${what}: ${data.length} numbers for ${count} rows of ${dimensions}; expected ${count * dimensions}, and at least one row.`,
      );
    }
  }
  if (p.dimensions !== q.dimensions) {
    throw new UserError(
      `${what}: the samples have ${p.dimensions} and ${q.dimensions} dimensions; expected the same number.`,
    );
  }
}

function meanOf(what: string, values: ArrayLike<number>, f: (value: number) => number): Estimate {
  const n = values.length;
  if (n < 2) throw new UserError(`${what}: got ${n} samples, expected at least 2.`);
  let [mean, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    const v = f(values[i]!);
    const change = v - mean;
    mean += change / (i + 1);
    squares += change * (v - mean);
  }
  return { value: mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}
