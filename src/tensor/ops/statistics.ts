/** Reductions made of the primitive ones in reduce.ts. */
import { UserError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul, sub } from "./binary.ts";
import { requireFloat } from "./check.ts";
import { equal, less } from "./compare.ts";
import { max, mean, type ReduceOptions, reducedCount, sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { stopGradient } from "./stop-gradient.ts";
import { abs, exp, log, sqrt, square } from "./unary.ts";
import { where } from "./where.ts";

type Axes = number | Shape;
export type VarianceOptions = ReduceOptions & {
  /** Subtracted from the count n: 0 is the mean squared deviation, 1 the unbiased estimate. */
  correction?: number;
};

/** Σ (x − mean)² / (n − correction) over `axes` (default: all). */
export function variance(x: Tensor, axes?: Axes, options: VarianceOptions = {}): Tensor {
  requireFloat("variance", x);
  const { correction = 0, keepdims } = options;
  const deviation = square(sub(x, mean(x, axes, { keepdims: true })));
  const spread = mean(deviation, axes, { keepdims });
  if (correction === 0) return spread;
  const n = reducedCount(x, axes);
  if (n <= correction) {
    throw new UserError(
      `variance: ${n} element(s) of ${formatShape(x.shape)} with the correction ${correction} leave nothing to divide by; reduce more elements or use { correction: 0 }.`,
    );
  }
  return mul(spread, n / (n - correction));
}

/** √variance over `axes`; the derivative where it is 0 is 0, as in PyTorch. */
export function std(x: Tensor, axes?: Axes, options: VarianceOptions = {}): Tensor {
  return flatSqrt(variance(x, axes, options));
}

/** √x with derivative 0 at 0, where that of the root is infinite. */
function flatSqrt(x: Tensor): Tensor {
  const zero = equal(x, 0);
  return where(zero, 0, sqrt(where(zero, 1, x)));
}

/** log Σ eˣ over `axes` (default: all), stable: the largest element is taken out first. */
export function logsumexp(x: Tensor, axes?: Axes, options: ReduceOptions = {}): Tensor {
  requireFloat("logsumexp", x);
  const largest = max(x, axes, { keepdims: true });
  // Infinite ones would give ∞ − ∞.
  const shift = stopGradient(where(less(abs(largest), 3.4e38), largest, 0));
  const y = add(log(sum(exp(sub(x, shift)), axes, { keepdims: true })), shift);
  return options.keepdims ? y : reshape(y, sum(x, axes).shape);
}

export type NormOptions = ReduceOptions & {
  /** 2: √Σx², 1: Σ|x|, Infinity: max |x|. */
  order?: 1 | 2 | typeof Infinity;
};

/** The vector norm over `axes` (default: all, as one vector); the derivative where it is 0 is 0. */
export function norm(x: Tensor, axes?: Axes, options: NormOptions = {}): Tensor {
  requireFloat("norm", x);
  const { order = 2, keepdims } = options;
  if (order === 2) return flatSqrt(sum(square(x), axes, { keepdims }));
  if (order === 1) return sum(abs(x), axes, { keepdims });
  if (order === Infinity) return max(abs(x), axes, { keepdims });
  throw new UserError(`norm: got order ${order}, expected 1, 2 or Infinity.`);
}
