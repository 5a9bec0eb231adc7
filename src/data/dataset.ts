import type { Shape } from "../tensor/index.ts";

/** The Gaussians that a set of points was drawn from, equally likely: what a generator of it should cover. */
export interface Modes {
  readonly centers: readonly (readonly number[])[];
  /** Standard deviation of each Gaussian, in every direction. */
  readonly std: number;
}

/** What varies in procedural pictures: each factor takes whole numbers from 0 to its size − 1. */
export interface Factors {
  readonly names: readonly string[];
  readonly sizes: readonly number[];
  /** Writes the factors of the examples, one row each. */
  read(indices: ArrayLike<number>, out: Int32Array): void;
}

/** Examples addressable by number: what every format and every procedural set becomes. */
export interface Dataset {
  readonly name: string; // "mnist", "glyphs", the folder's name
  readonly kind: "image" | "points";
  /** Of one example: [channels, height, width] or [dimensions]. */
  readonly shape: Shape;
  readonly length: number;
  /** Number of classes, where the examples have labels. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
  /** The exact distribution, where the examples come from a mixture of equal Gaussians. */
  readonly modes?: Modes;
  /** Values that a pixel can take, evenly spaced in [−1, 1]: 2 for binary pictures. Default 256. */
  readonly levels?: number;
  /** The exact log p of an example, nats, where the examples come from a known distribution. */
  readonly logProb?: (x: Float32Array) => number;
  /** Its entropy, nats per example, where it is known. */
  readonly entropy?: number;
  /** The factors that a picture was drawn from, where they are known. */
  readonly factors?: Factors;
  /** Hash of the examples, or of the procedure and its seed: equal data, equal fingerprint. */
  readonly fingerprint: string;
  /** Writes the examples one after another into `out`: pixels in [−1, 1], channels first; points as they are. */
  read(indices: ArrayLike<number>, out: Float32Array): void;
  /** Writes the examples' class numbers into `out`. */
  labels?(indices: ArrayLike<number>, out: Int32Array): void;
}

/** What a data specification gives: examples to train on, and others to test on where there are any. */
export interface Splits {
  readonly train: Dataset;
  readonly test?: Dataset;
  /** Sentences for the user about what was left out or assumed: files that could not be read, for example. */
  readonly warnings?: readonly string[];
}
