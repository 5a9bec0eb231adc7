/** What makes features out of examples: the contract, and what extractors share. */
import { UserError } from "../../tensor/index.ts";

/** Features of n examples, row after row, and their class probabilities where the extractor is a classifier. */
export interface Extraction {
  readonly features: Float32Array; // [n, dimensions]
  readonly probabilities?: Float32Array; // [n, classes]
}

export interface FeatureExtractor {
  readonly name: string; // "pixels", "classifier runs/classifier-mnist-0001", "inception.onnx"
  /** Of the weights and of the preprocessing: equal hash, equal features. */
  readonly hash: string;
  readonly kind: "pixels" | "classifier" | "onnx";
  /** Numbers in a row of features. */
  readonly dimensions: number;
  /** Numbers in a row of probabilities, where there are any. */
  readonly classes?: number;
  /** How pictures come to the network's size: "bicubic 299×299"; absent where they are taken as they are. */
  readonly resizer?: string;
  /**
   * Features of `n` examples of `shape` [n, …]: pictures [n, 1 or 3, height, width] with pixels in [−1, 1], or points.
   * Throws (UserError) where the examples are of a shape that it cannot take.
   */
  extract(examples: Float32Array, n: number, shape: readonly number[]): Promise<Extraction>;
  dispose(): Promise<void>;
}

/** Throws (UserError) unless there are n examples of `shape`, [n, …]. */
export function checkExamples(
  name: string,
  { length }: Float32Array,
  n: number,
  shape: readonly number[],
): void {
  if (shape[0] !== n || shape.reduce((a, b) => a * b, 1) !== length) {
    throw new UserError(
      `${name}: got ${length} numbers for ${n} examples of shape [${shape.join(", ")}], expected as many as the shape says.`,
    );
  }
}

/** Softmax of every row of logits, in double precision: [n, classes]. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const out = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += classes) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, logits[at + k]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits[at + k]! - largest);
    for (let k = 0; k < classes; k++) out[at + k] = Math.exp(logits[at + k]! - largest) / sum;
  }
  return out;
}
