import { formatShape, max, mean, min, norm, sum, type Tensor, UserError } from "../tensor/index.ts";

const reducers = { sum, mean, max, min };

/**
 * Joins all axes but the first: [n, …] → [n], by their sum (default), mean, max or min. The log density of an example
 * whose elements are independent is `perExample(p.logProb(x))`.
 */
export function perExample(x: Tensor, by: keyof typeof reducers = "sum"): Tensor {
  if (x.rank === 0) {
    throw new UserError(`perExample: got a scalar ${x}, expected a batch axis [n, …]; reduce later.`);
  }
  return x.rank === 1 ? x : reducers[by](x, restAxes(x));
}

/** Euclidean norm over all axes but the first, [n, …] → [n], with derivative 0 (not NaN) where it is 0. */
export function perExampleNorm(x: Tensor): Tensor {
  return norm(x, restAxes(x));
}

function restAxes(x: Tensor): number[] {
  return Array.from({ length: x.rank - 1 }, (_, i) => i + 1);
}

/** How a loss joins its elements: mean of all, sum of all, the sums of the examples averaged over the batch, or not. */
export type Reduction = "mean" | "sum" | "batchMean" | "none";

/** Applies a {@link Reduction} to the elements of a loss, [n, …]. */
export function reduceLoss(elements: Tensor, reduction: Reduction = "mean"): Tensor {
  switch (reduction) {
    case "mean":
      return mean(elements);
    case "sum":
      return sum(elements);
    case "batchMean":
      return mean(perExample(elements));
    case "none":
      return elements;
    default:
      throw new UserError(
        `loss of shape ${formatShape(elements.shape)}: the reduction is ${String(reduction)}, expected "mean", "sum", "batchMean" or "none".`,
      );
  }
}
