/** Multinomial logistic regression in float64: the linear classifier of probes and of classifier two-sample tests. */
import { lbfgs } from "../../math/numeric/lbfgs.ts";
import { UserError } from "../../tensor/index.ts";
import type { Features } from "../features.ts";
import type { Products } from "../products.ts";
import { standardizer } from "./standardize.ts";

export interface LogisticOptions {
  /** λ of the penalty λ/2·‖W‖² on standardised features; biases are free. Default 1/n: one example's worth. */
  readonly penalty?: number;
  /** Default 200. */
  readonly maxIterations?: number;
  /** Computes the large products; without it they are plain loops, good for small sets. */
  readonly products?: Products;
}

export interface LinearClassifier {
  /** Logits [n, classes]. */
  logits(features: Features): Promise<Float64Array>;
  /** The class of the largest logit, the lowest number among equal ones. */
  predict(features: Features): Promise<Int32Array>;
  readonly converged: boolean;
}

/**
 * Minimises mean cross-entropy + λ/2·‖W‖² by L-BFGS from W = 0 (the problem is convex: no seed). Features are standardised by the
 * training set. Throws (UserError) where labels are not whole numbers below `classes`, one for each row.
 */
export async function fitLogistic(
  features: Features,
  labels: ArrayLike<number>,
  classes: number,
  { penalty = 1 / features.count, maxIterations = 200, products }: LogisticOptions = {},
): Promise<LinearClassifier> {
  checkLabels("fitLogistic", features, labels, classes);
  const standardize = standardizer(features);
  const rows = standardize(features);
  const { count: n, dimensions: d } = rows;
  const size = classes * d;
  const minimum = await lbfgs(
    async (w, gradient) => {
      const logits = await linear(rows, w, classes, products);
      const value = crossEntropyInPlace(logits, labels, classes);
      const inner = await transposedProduct(logits, rows, classes, products);
      let squares = 0;
      for (let i = 0; i < size; i++) {
        gradient[i] = inner[i]! / n + penalty * w[i]!;
        squares += w[i]! ** 2;
      }
      for (let k = 0; k < classes; k++) {
        gradient[size + k] = 0;
        for (let i = 0; i < n; i++) gradient[size + k]! += logits[i * classes + k]! / n;
      }
      return value / n + (penalty / 2) * squares;
    },
    new Float64Array(size + classes),
    { maxIterations, gradientTolerance: 1e-5 },
  );
  const logits = (x: Features): Promise<Float64Array> => linear(standardize(x), minimum.x, classes, products);
  return {
    logits,
    predict: async (x) => largestOf(await logits(x), classes),
    converged: minimum.converged,
  };
}

/** X·Wᵀ + b: w holds W [classes, d], then b [classes]. */
async function linear(
  x: Features,
  w: Float64Array,
  classes: number,
  products?: Products,
): Promise<Float64Array> {
  const { data, count, dimensions: d } = x;
  const weights = { data: w.subarray(0, classes * d), count: classes, dimensions: d };
  const out = products ? (await products.outer(x, weights)).slice() : new Float64Array(count * classes);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < classes; k++) {
      let total = w[classes * d + k]!;
      if (!products) for (let c = 0; c < d; c++) total += data[i * d + c]! * w[k * d + c]!;
      out[i * classes + k]! += total;
    }
  }
  return out;
}

/** Rᵀ·X, [classes, d]. */
async function transposedProduct(
  residuals: Float64Array,
  x: Features,
  classes: number,
  products?: Products,
): Promise<Float64Array> {
  const { data, count, dimensions: d } = x;
  if (products) return products.inner({ data: residuals, count, dimensions: classes }, x);
  const out = new Float64Array(classes * d);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < classes; k++) {
      const r = residuals[i * classes + k]!;
      for (let c = 0; c < d; c++) out[k * d + c]! += r * data[i * d + c]!;
    }
  }
  return out;
}

/** Sum of −log softmax at the labels; turns the logits into softmax less one-hot, the derivative. */
function crossEntropyInPlace(logits: Float64Array, labels: ArrayLike<number>, classes: number): number {
  let total = 0;
  for (let i = 0; i < labels.length; i++) {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const top = row.reduce((a, b) => Math.max(a, b));
    const sum = row.reduce((s, v) => s + Math.exp(v - top), 0);
    total += top + Math.log(sum) - row[labels[i]!]!;
    for (let k = 0; k < classes; k++) row[k] = Math.exp(row[k]! - top) / sum;
    row[labels[i]!]! -= 1;
  }
  return total;
}

function largestOf(logits: Float64Array, classes: number): Int32Array {
  return Int32Array.from({ length: logits.length / classes }, (_, i) => {
    let best = 0;
    for (let k = 1; k < classes; k++) if (logits[i * classes + k]! > logits[i * classes + best]!) best = k;
    return best;
  });
}

/** Throws (UserError) unless there is one class number for each row. */
export function checkLabels(
  what: string,
  features: Features,
  labels: ArrayLike<number>,
  classes: number,
): void {
  if (labels.length !== features.count) {
    throw new UserError(
      `${what}: ${features.count} examples and ${labels.length} labels; expected one label for each example.`,
    );
  }
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new UserError(
        `${what}: the label of example ${i} is ${label}; expected a whole number from 0 to ${classes - 1}.`,
      );
    }
  }
}
