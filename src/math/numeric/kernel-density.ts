/** Kernel density estimation, float64: bandwidths, and the density itself. */
import { UserError } from "../../tensor/index.ts";
import type { Rows } from "./k-means.ts";

/**
 * Silverman's rule for Gaussian kernels, in units of each coordinate's standard deviation (Silverman 1986, eq. 4.14):
 *   h = (4 / (n(d + 2)))^(1/(d + 4)),
 * the best for a Gaussian, too wide for anything with several modes.
 */
export function silvermanBandwidth(n: number, d: number): number {
  return (4 / (n * (d + 2))) ** (1 / (d + 4));
}

/** Mean and standard deviation (n in the denominator) of each column; deviations at least `smallest`. */
export function columnScales(
  { data, count, dimensions: d }: Rows,
  smallest = 0,
): { readonly means: Float64Array; readonly stds: Float64Array } {
  const means = new Float64Array(d);
  const squares = new Float64Array(d);
  for (let i = 0; i < count * d; i++) means[i % d]! += data[i]! / count;
  for (let i = 0; i < count * d; i++) squares[i % d]! += (data[i]! - means[i % d]!) ** 2 / count;
  return { means, stds: squares.map((s) => Math.max(smallest, Math.sqrt(s))) };
}

/** log (1/n) Σᵢ N(x; xᵢ, diag(scales²)) of each row x, nats. `scales` are h·σ of each coordinate. */
export function kernelLogDensity(points: Rows, scales: ArrayLike<number>, x: Rows): Float64Array {
  const squares = scaledSquares(points, scales, x);
  const constant = logConstant(points.count, scales);
  return Float64Array.from({ length: x.count }, (_, i) => {
    const row = squares.subarray(i * points.count, (i + 1) * points.count);
    return constant + logSumExp(row, 1, -1);
  });
}

export interface BandwidthOptions {
  /** Of h, in units of each coordinate's `stds`. Default [0.01, 2]; of two equal numbers only that one is tried. */
  readonly range?: readonly [low: number, high: number];
  readonly stds: ArrayLike<number>;
  /** Points that are left out in turn, spread over all. Default 1000. */
  readonly judges?: number;
}

/** One bandwidth with the mean log-likelihood of points under the density of all the others. */
export interface Bandwidth {
  readonly h: number;
  readonly logLikelihood: number;
}

/**
 * Tries bandwidths h for Σᵢ N(x; xᵢ, h² diag(stds²)) by leave-one-out likelihood (Habbema, Hermans & van den Broek 1974; Duin
 * 1976), first on a grid and then ever closer around the best; the best of them comes again as the last.
 * Throws (UserError) for fewer than two points.
 */
export function* bandwidthSteps(points: Rows, options: BandwidthOptions): Generator<Bandwidth, void> {
  const { stds, range: [low, high] = [0.01, 2], judges = 1000 } = options;
  const { count, dimensions: d } = points;
  if (count < 2)
    throw new UserError(`a bandwidth is chosen by leaving out one point; expected at least 2, got ${count}.`);
  const chosen = Int32Array.from({ length: Math.min(judges, count) }, (_, i) =>
    Math.floor((i * count) / Math.min(judges, count)),
  );
  const x = new Float64Array(chosen.length * d);
  chosen.forEach((row, i) => {
    x.set(points.data.subarray(row * d, (row + 1) * d), i * d);
  });
  const squares = scaledSquares(points, stds, { data: x, count: chosen.length, dimensions: d });
  const score = (h: number): Bandwidth => {
    const constant = logConstant(
      count - 1,
      Array.from(stds, (s) => s * h),
    );
    let total = 0;
    chosen.forEach((own, i) => {
      total += constant + logSumExp(squares.subarray(i * count, (i + 1) * count), h, own);
    });
    return { h, logLikelihood: total / chosen.length };
  };
  if (low === high) return void (yield score(low));
  const grid = Array.from({ length: 9 }, (_, i) => low * (high / low) ** (i / 8));
  let best: Bandwidth | undefined;
  for (let [around, ratio] = [grid, (high / low) ** (1 / 8)]; ratio > 1.01; ratio **= 1 / 3) {
    for (const h of around) {
      const one = score(h);
      yield one;
      if (!best || one.logLikelihood > best.logLikelihood) best = one;
    }
    const center = best!.h;
    around = [ratio ** (-2 / 3), ratio ** (-1 / 3), ratio ** (1 / 3), ratio ** (2 / 3)].map(
      (r) => center * r,
    );
  }
  yield best!;
}

/** The bandwidth with the largest leave-one-out likelihood. */
export function bestBandwidth(points: Rows, options: BandwidthOptions): Bandwidth {
  return [...bandwidthSteps(points, options)].at(-1)!;
}

const logConstant = (n: number, scales: ArrayLike<number>): number =>
  Array.from(scales).reduce((log, s) => log - Math.log(s * Math.sqrt(2 * Math.PI)), -Math.log(n));

/** Σ_d ((x_d − p_d)/scale_d)² of all pairs: [x, points]. */
function scaledSquares(points: Rows, scales: ArrayLike<number>, x: Rows): Float64Array {
  const d = points.dimensions;
  const scaled = ({ data }: Rows): Float64Array => Float64Array.from(data, (v, i) => v / scales[i % d]!);
  const [p, q] = [scaled(points), scaled(x)];
  const out = new Float64Array(x.count * points.count);
  for (let i = 0, at = 0; i < x.count; i++) {
    for (let j = 0; j < points.count; j++, at++) {
      let sum = 0;
      for (let k = 0, a = i * d, b = j * d; k < d; k++, a++, b++) sum += (q[a]! - p[b]!) ** 2;
      out[at] = sum;
    }
  }
  return out;
}

/** log Σ exp(−squares/2h²) over all but number `except`. */
function logSumExp(squares: Float64Array, h: number, except: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let j = 0; j < squares.length; j++) if (j !== except && squares[j]! < least) least = squares[j]!;
  const scale = 1 / (2 * h * h);
  const far = least + 40 / scale;
  let sum = 0;
  for (let j = 0; j < squares.length; j++)
    if (j !== except && squares[j]! < far) sum += Math.exp(scale * (least - squares[j]!));
  return Math.log(sum) - scale * least;
}
