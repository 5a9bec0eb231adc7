import type { Measured } from "../protocol.ts";

/**
 * Mean log-likelihood of training examples less that of held-out ones, nats per example, with the standard error
 * √(s²_train/n + s²_test/m): how much better a model knows what it was trained on. 0 for one that only generalises.
 */
export function likelihoodGap(train: Float64Array, test: Float64Array): Measured {
  const of = (values: Float64Array): { mean: number; squaredError: number } => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
    return { mean, squaredError: squares / (values.length - 1) / values.length };
  };
  const [a, b] = [of(train), of(test)];
  return {
    name: "likelihood-gap",
    value: a.mean - b.mean,
    standardError: Math.sqrt(a.squaredError + b.squaredError),
    better: "lower",
    unit: "nats",
    note: "Training less held-out log-likelihood: large where a model has learned its examples by heart.",
    details: { train: a.mean, test: b.mean },
  };
}
