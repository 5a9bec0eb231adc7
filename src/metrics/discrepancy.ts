/** The estimate of a squared maximum mean discrepancy from sums of kernel values, and how far it may be off. */
import { UserError } from "../tensor/index.ts";
import type { KernelSums } from "./kernels.ts";
import { total, varianceOf } from "./summary.ts";

/**
 * Which mean stands for E[k(x, x′)] and E[k(x, y)]:
 * - "unbiased": over i ≠ j within a set, over all pairs between sets (Gretton et al. 2012, eq. 3, for any two sizes; KID's
 *   `unbiased` of torch-fidelity, and clean-fid's);
 * - "biased": over all pairs (eq. 5), never negative for a positive definite kernel;
 * - "u-statistic": over i ≠ j within and between (eq. 4), for two sets of one size.
 */
export type DiscrepancyEstimator = "unbiased" | "biased" | "u-statistic";

/** Sums of k over the pairs of real rows, of real and generated rows, and of generated rows. */
export interface PairSums {
  readonly xx: KernelSums;
  readonly xy: KernelSums;
  readonly yy: KernelSums;
}

/** MMD² = E[k(x, x′)] + E[k(y, y′)] − 2E[k(x, y)]. */
export function discrepancy({ xx, xy, yy }: PairSums, estimator: DiscrepancyEstimator): number {
  if (estimator === "u-statistic" && xy.rows !== xy.columns) {
    throw new UserError(
      `The u-statistic pairs rows, but there are ${xy.rows} real and ${xy.columns} generated examples; take as many of both, or the estimator "unbiased".`,
    );
  }
  const all = (k: KernelSums): number => total(k.rowSums) / (k.rows * k.columns);
  const apart = (k: KernelSums): number =>
    (total(k.rowSums) - total(k.diagonal)) / (k.rows * (k.columns - 1));
  const within = estimator === "biased" ? all : apart;
  const between = estimator === "u-statistic" ? apart : all;
  return within(xx) + within(yy) - 2 * between(xy);
}

/** Parts of the variance of MMD²: of the projections on one row, and of what is left for pairs (Hoeffding 1948). */
export interface DiscrepancyVariance {
  readonly x: number;
  readonly y: number;
  readonly xx: number;
  readonly xy: number;
  readonly yy: number;
}

/**
 * The parts, estimated from the rows of K. With g(x) = E[k(x, x′)] − E[k(x, y)], x = Var g(x), likewise y; the others are
 * variances of kernel values less those of their row and column means.
 */
export function discrepancyVariance({ xx, xy, yy }: PairSums): DiscrepancyVariance {
  const means = (k: KernelSums): Float64Array =>
    k.rowSums.map((sum, i) => (sum - k.diagonal[i]!) / (k.columns - 1));
  const [xMeans, yMeans] = [means(xx), means(yy)];
  const toY = xy.rowSums.map((sum) => sum / xy.columns);
  const toX = xy.columnSums.map((sum) => sum / xy.rows);
  const inner = {
    xx: Math.max(0, variance(xx, true) - 2 * varianceOf(xMeans)),
    yy: Math.max(0, variance(yy, true) - 2 * varianceOf(yMeans)),
    xy: Math.max(0, variance(xy, false) - varianceOf(toY) - varianceOf(toX)),
  };
  const noiseX = inner.xx / (xx.rows - 1) + inner.xy / xy.columns;
  const noiseY = inner.yy / (yy.rows - 1) + inner.xy / xy.rows;
  return {
    ...inner,
    x: Math.max(0, varianceOf(xMeans.map((m, i) => m - toY[i]!)) - noiseX),
    y: Math.max(0, varianceOf(yMeans.map((m, i) => m - toX[i]!)) - noiseY),
  };
}

/** Standard error of an estimate from n and m rows: √(4x/n + 4y/m + 2xx/n² + 2yy/m² + 4xy/nm). */
export function discrepancyError({ x, y, xx, xy, yy }: DiscrepancyVariance, n: number, m: number): number {
  return Math.sqrt((4 * x) / n + (4 * y) / m + (2 * xx) / n ** 2 + (2 * yy) / m ** 2 + (4 * xy) / (n * m));
}

/** Variance of the entries of K, without the diagonal where `apart`. */
function variance({ rows, columns, rowSums, diagonal, squares }: KernelSums, apart: boolean): number {
  const n = apart ? rows * (columns - 1) : rows * columns;
  const sum = total(rowSums) - (apart ? total(diagonal) : 0);
  const ofSquares = squares - (apart ? diagonal.reduce((s, v) => s + v * v, 0) : 0);
  return Math.max(0, ofSquares / n - (sum / n) ** 2);
}
