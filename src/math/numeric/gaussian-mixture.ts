/** Gaussian mixtures by expectation–maximisation, float64. */
import { UserError } from "../../tensor/index.ts";
import { chooseRows } from "./choose-rows.ts";
import { kMeans, type Rows } from "./k-means.ts";
import { addRow, emptyMoments, type MixtureParameters, maximize } from "./mixture-moments.ts";

export interface GaussianMixtureOptions {
  /** K. */
  readonly components: number;
  readonly covariance: "full" | "diagonal";
  /** Standard deviations in every direction stay at least this. Default 1e-3. */
  readonly smallest?: number;
  /** Of k-means, which makes the start. Default 0. */
  readonly seed?: number;
  /** Most iterations. Default 200. */
  readonly iterations?: number;
  /** Ends when the mean log-likelihood rises by less. Default 1e-6 nats. */
  readonly tolerance?: number;
}

export interface GaussianMixture extends MixtureParameters {
  /** Mean log p of the rows under these parameters, nats: it never falls from one iteration to the next. */
  readonly logLikelihood: number;
}

/**
 * The iterations of EM (Dempster, Laird & Rubin 1977), from the clusters of k-means on: each gives the parameters and their
 * log-likelihood. Variances that would fall below smallest² in some direction are set to it, which is the maximum under that
 * constraint (Hathaway 1985): no component can shrink onto one point, and the log-likelihood still never falls.
 *
 * Throws (UserError) unless 1 ≤ K ≤ rows.
 */
export function* gaussianMixtureSteps(
  rows: Rows,
  options: GaussianMixtureOptions,
): Generator<GaussianMixture, void> {
  const { components, covariance, smallest = 1e-3, seed = 0, iterations = 200, tolerance = 1e-6 } = options;
  const full = covariance === "full";
  if (!(smallest > 0))
    throw new UserError(
      `gaussianMixture: smallest is ${smallest}; expected a standard deviation larger than 0.`,
    );
  const { labels } = kMeans(rows, { k: components, seed, iterations: 10 });
  const start = emptyMoments(rows, components, full);
  labels.forEach((k, i) => {
    addRow(start, rows, i, k, 1);
  });
  let parameters = maximize(start, smallest);
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < iterations; i++) {
    const { moments, logLikelihood } = expectation(rows, parameters, full);
    yield { ...parameters, logLikelihood };
    if (logLikelihood - before < tolerance) return;
    before = logLikelihood;
    parameters = maximize(moments, smallest);
  }
}

/** The mixture at the end of EM. */
export function gaussianMixture(rows: Rows, options: GaussianMixtureOptions): GaussianMixture {
  let last: GaussianMixture | undefined;
  for (last of gaussianMixtureSteps(rows, options));
  return last!;
}

/** −2 log L + p log n (Schwarz 1978): the smaller, the better the number of components. */
export function bayesianInformation(
  { means, weights, whitening, logLikelihood }: GaussianMixture,
  n: number,
): number {
  const [K, d] = [weights.length, means.length / weights.length];
  const ofCovariance = whitening.length === K * d ? d : (d * (d + 1)) / 2;
  return -2 * n * logLikelihood + (K - 1 + K * (d + ofCovariance)) * Math.log(n);
}

/** Rows that are enough to tell how many components there are. */
const forChoice = 5000;

/** The number of components, from 1 to `most`, with the least `bayesianInformation` on at most 5,000 of the rows. */
export function chooseComponents(
  rows: Rows,
  most: number,
  options: Omit<GaussianMixtureOptions, "components">,
): number {
  const few = chooseRows(rows, forChoice, options.seed ?? 0);
  const informations = Array.from({ length: most }, (_, i) =>
    bayesianInformation(gaussianMixture(few, { ...options, components: i + 1 }), few.count),
  );
  return informations.indexOf(Math.min(...informations)) + 1;
}

/** log p of each row, nats. */
export function mixtureLogDensity(rows: Rows, mixture: MixtureParameters): Float64Array {
  const score = scorer(mixture, rows.dimensions);
  return Float64Array.from({ length: rows.count }, (_, i) => score(rows, i));
}

/** The E-step: responsibilities, already summed up, and the log-likelihood. */
function expectation(rows: Rows, parameters: MixtureParameters, full: boolean) {
  const K = parameters.weights.length;
  const moments = emptyMoments(rows, K, full);
  const score = scorer(parameters, rows.dimensions);
  const joint = new Float64Array(K);
  let total = 0;
  for (let i = 0; i < rows.count; i++) {
    const logProb = score(rows, i, joint);
    total += logProb;
    for (let k = 0; k < K; k++) {
      const responsibility = Math.exp(joint[k]! - logProb);
      if (responsibility > 1e-12) addRow(moments, rows, i, k, responsibility);
    }
  }
  return { moments, logLikelihood: total / rows.count };
}

/** A function that gives log p of row i, and log πₖ N(x; μₖ, Σₖ) in `joint`. */
function scorer({ weights, means, whitening }: MixtureParameters, d: number) {
  const K = weights.length;
  const full = whitening.length > K * d || d === 1;
  const size = full ? d * d : d;
  const constants = Float64Array.from(weights, (w, k) => {
    let log = Math.log(w) - (d / 2) * Math.log(2 * Math.PI);
    const own = whitening.subarray(k * size, (k + 1) * size);
    // Rows of W are orthogonal: |det W| is the product of their lengths.
    for (let a = 0; a < d; a++) log += full ? 0.5 * Math.log(squareOf(own, a * d, d)) : Math.log(own[a]!);
    return log;
  });
  const centred = new Float64Array(d);
  return ({ data }: Rows, i: number, joint = new Float64Array(K)): number => {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) {
      for (let a = 0; a < d; a++) centred[a] = data[i * d + a]! - means[k * d + a]!;
      let square = 0;
      for (let a = 0; a < d; a++) {
        let y = 0;
        if (!full) y = whitening[k * d + a]! * centred[a]!;
        else for (let b = 0, at = (k * d + a) * d; b < d; b++) y += whitening[at + b]! * centred[b]!;
        square += y * y;
      }
      joint[k] = constants[k]! - square / 2;
      if (joint[k]! > top) top = joint[k]!;
    }
    let sum = 0;
    for (let k = 0; k < K; k++) sum += Math.exp(joint[k]! - top);
    return top + Math.log(sum);
  };
}

function squareOf(values: Float64Array, from: number, length: number): number {
  let sum = 0;
  for (let i = from; i < from + length; i++) sum += values[i]! ** 2;
  return sum;
}
