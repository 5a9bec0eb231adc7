/** What all estimators of a likelihood are told, and what they give. */
import type { Runtime } from "../../runtime/index.ts";
import type { Score } from "../protocol.ts";

export interface LikelihoodOptions {
  /** Runs the model; its seed is that of the estimate. */
  readonly runtime: Runtime;
  /** Which part of the data it is, for the protocol: "train", "test". */
  readonly split: string;
  /** How many examples; which ones depends on their number alone. Default: all. */
  readonly examples?: number;
  /** Examples in one call. Default 100. */
  readonly block?: number;
  /**
   * "uniform" adds noise of the width of one 8-bit level, (u − ½)/127.5, to pixels in [−1, 1]: for models whose log p is a
   * density of real numbers, which is unbounded on whole grey levels. "none" (default) is for probabilities of pixel values.
   */
  readonly dequantization?: "none" | "uniform";
  /** Is told how far the work is, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface Likelihood {
  /** Nats of each example. */
  readonly nats: Float64Array;
  /** Their mean and, for pictures, the bits per dimension, each with its protocol. */
  readonly scores: readonly Score[];
}
