/** What `card.json` beside an exported model says: enough to feed its files, and to know where they come from. */
import type { LatentSpec } from "./latents.ts";

/** One input or output of an ONNX file. `N` is the number of examples, free to choose. */
export interface Port {
  readonly name: string;
  readonly shape: readonly (number | "N")[];
  readonly type: string;
  readonly meaning: string;
}

export interface ModelFile {
  readonly file: string;
  readonly does: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly bytes: number;
  readonly sha256: string;
  /** Largest difference between this file and the trained model, at batch sizes 1, 3 and 64. */
  readonly largestDifference: number;
}

/** A random source of a sampler: an input that the caller fills. */
export interface RandomInput {
  readonly input: string;
  readonly source: number;
  readonly kind: "normal" | "uniform" | "randint" | "permutation";
  readonly shape: readonly number[];
  readonly dtype: "float32" | "float64" | "int32" | "int64" | "bool";
  readonly low: number;
  readonly high: number;
}

/** How a file that needs random numbers is fed: input `source` has the key (runSeed, name, samplerStep, source). */
export interface Sampler {
  readonly file: string;
  readonly gives: "latents" | "examples";
  readonly name: string;
  readonly runSeed: number;
  readonly inputs: readonly RandomInput[];
}

export interface Card {
  readonly format: "imago-card";
  readonly version: 1;
  /** The run's name. */
  readonly name: string;
  readonly model: {
    readonly name: string;
    readonly title: string;
    readonly family: string;
    readonly paper: string;
  };
  readonly options: { readonly [key: string]: unknown };
  readonly data: {
    readonly name: string;
    readonly shape: readonly number[];
    readonly length: number;
    readonly fingerprint: string;
    readonly classes?: number;
  };
  readonly training: {
    readonly steps: number;
    readonly batch: number;
    readonly seed: number;
    /** Decay of the averaged weights that these files hold; absent where they hold the last weights. */
    readonly ema?: number;
  };
  readonly example: {
    readonly kind: "image" | "points";
    readonly shape: readonly number[];
    readonly range?: readonly [number, number];
  };
  /** How latent vectors are distributed, where that is a plain distribution. */
  readonly latent?: LatentSpec;
  /** For models whose prior is more than a plain distribution, or that sample without a latent vector. */
  readonly sampler?: Sampler;
  readonly files: readonly ModelFile[];
  readonly licence: string;
  readonly imago: string;
}
