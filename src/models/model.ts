/**
 * The contract of a model file: options, networks, phases of training, and what the trained model can do. A trainer, the
 * metrics, the command line and the exporter need nothing else, so a new system is one file and one line of the registry.
 */
import type { z } from "zod";
import type { Rbm } from "../math/index.ts";
import type { MinimizeOptions, Optimizer, Target } from "../optim/index.ts";
import type { Shape, Tensor, Variable } from "../tensor/index.ts";

export type Family =
  | "autoregressive"
  | "autoencoding"
  | "flow"
  | "adversarial"
  | "energy"
  | "classical"
  | "discriminative";

/** What one example of the data looks like. Images are [channels, height, width] with pixels in [−1, 1]. */
export interface ExampleSpec {
  readonly kind: "image" | "points";
  readonly shape: Shape;
  /** Number of classes, where the examples have labels. */
  readonly classes?: number;
  /** Values that a pixel can take, evenly spaced in [−1, 1]: 2 for binary pictures, 256 for those of 8 bits. */
  readonly levels?: number;
}

/** One minibatch inside a trace. */
export interface Batch {
  readonly x: Tensor; // [N, ...shape]
  readonly y?: Tensor; // [N] int32 class numbers, where the data has labels
}

/** What a phase's loss function returns: the loss, or the loss with other scalars to log beside it. */
export type Loss = Tensor | ({ readonly loss: Tensor } & { readonly [scalar: string]: Tensor });

/** One kind of update: which networks, by which loss, with which optimiser, how often per step. */
export interface Phase {
  readonly name: string;
  /** The networks (or variables) that this phase updates. */
  readonly train: Target;
  readonly optimizer: Optimizer;
  readonly loss: (batch: Batch) => Loss;
  /** Updates per step, each on a minibatch of its own (k of Goodfellow's Algorithm 1). Default 1. */
  readonly repeat?: number;
  readonly clip?: NonNullable<MinimizeOptions["clip"]>;
  /** The part of the run in which this phase is active, as shares of its steps: [0, ½] is the first half. Default: all. */
  readonly during?: readonly [from: number, to: number];
  /**
   * Draw this phase's minibatches from so many training examples only, of each class as many as of any other: the few that are
   * taken to have labels. Which ones depends on the run's seed and on the number. Default: all.
   */
  readonly examples?: number;
}

/** What a sampler that works in steps begins with. */
export interface SequentialStart {
  readonly n: number;
  /** [n] int32 classes, where the model is conditional. */
  readonly y?: Tensor;
  /** Examples whose elements stay as they are where `mask` [n, …] is 1: the rest is completed. */
  readonly given?: { readonly x: Tensor; readonly mask: Tensor };
}

export interface SequentialOptions {
  /** Scales the logits by 1/temperature, or the noise by it. */
  readonly temperature: number;
  /** Whether to compute again only what a step changed, where the model can. Both ways give the same examples. */
  readonly cached: boolean;
  /** Draw examples from p(x|z) where the model would give its mean; most draw them anyway. Default false. */
  readonly draw?: boolean;
}

/** What a step hands to the next: float32 or int32 tensors of fixed shapes by name. */
export interface SequentialState {
  readonly [name: string]: Tensor;
}

/**
 * A sampler that works in steps: pixel after pixel, or transitions of a Markov chain. `step` is compiled once and gets the
 * step's number as an int32 scalar; its random sources are new in every step.
 */
export interface SequentialSampler {
  readonly steps: number;
  init(start: SequentialStart): SequentialState;
  step(state: SequentialState, i: Tensor): SequentialState;
  /** Runs before the steps every, 2 · every, …: work that the following steps share, such as a new row's. Draws nothing. */
  readonly between?: {
    readonly every: number;
    step(state: SequentialState, i: Tensor): SequentialState;
  };
  /** The examples as they are after any number of steps: [n, ...shape]. */
  result(state: SequentialState): Tensor;
}

/** All training examples, for estimators that look at them directly. */
export interface FitData {
  readonly count: number;
  readonly dimensions: number;
  /** Rows [count, dimensions]; pixels in [−1, 1]. */
  readonly x: Float32Array;
  /** Classes, where the data has labels. */
  readonly y?: Int32Array;
  readonly seed: number;
  /** Iterations to make at the most, where the user said so. */
  readonly iterations?: number;
  /** Mean [d] and covariance [d, d] over all rows in float64, with n in the denominator. */
  moments(): Promise<{ readonly mean: Float64Array; readonly covariance: Float64Array }>;
}

/** One iteration of an estimator: what to log, and the variables' values so far (the last iteration must give them). */
export interface FitStep {
  readonly logged: { readonly [name: string]: number };
  readonly variables?: ReadonlyMap<Variable, ArrayLike<number>>;
}

/** A built model: its phases, and what it can do as plain functions of tensors. Pixels go in and out in [−1, 1]. */
export interface Model {
  /** Empty for a model that has `fit`. */
  readonly phases: readonly Phase[];
  /** Estimation without gradients: EM, eigenvectors, counting. Takes the place of phases. */
  readonly fit?: (data: FitData) => AsyncIterable<FitStep>;
  /** Assigns variables from the first minibatch, before the first step: data-dependent initialisation. */
  readonly initialize?: (batch: Batch) => void;
  /** n latent vectors from the prior: [n, …]. */
  readonly prior?: (n: number) => Tensor;
  /** Examples from latent vectors: [n, …] → [n, ...shape]; of the given classes [n], where the model is conditional. */
  readonly generate?: (z: Tensor, y?: Tensor) => Tensor;
  /** x ~ p(x|z) of latent vectors, for models whose generate gives its mean: [n, …] → [n, ...shape]. */
  readonly sampleGiven?: (z: Tensor, y?: Tensor) => Tensor;
  /** n examples, for models that sample without a latent vector; otherwise generate(prior(n)). */
  readonly sample?: (n: number, y?: Tensor) => Tensor;
  /** n examples in steps, for models that neither generate nor sample in one go. */
  readonly sequential?: (options: SequentialOptions) => SequentialSampler;
  /** Whether examples can be asked for by class: generate, sample, sequential and logProb then take y. */
  readonly conditional?: boolean;
  /** The latent vector of each example (the posterior's mean for a VAE). */
  readonly encode?: (x: Tensor) => Tensor;
  readonly decode?: (z: Tensor) => Tensor;
  /** decode(encode(x)), or the example completed from the part of it that the model is given. */
  readonly reconstruct?: (x: Tensor) => Tensor;
  /**
   * Exact log p(x), nats per example: [N]. The logarithm of a probability where `likelihood` is "mass", of a density over
   * numbers in the units of x where it is "density"; a conditional model without y sums over the classes or ignores them.
   */
  readonly logProb?: (x: Tensor, y?: Tensor) => Tensor;
  /** What logProb and bound are logarithms of. Default "density" for points, "mass" for pictures. */
  readonly likelihood?: "mass" | "density";
  /** log p of each element given those before it, [N, ...shape]; their sum is logProb. */
  readonly logProbByElement?: (x: Tensor, y?: Tensor) => Tensor;
  /** log p̃(x) of a model p(x) = p̃(x)/Z whose Z is not known, or a lower bound on it, nats per example: [N]. */
  readonly logUnnormalized?: (x: Tensor) => Tensor;
  /** The restricted Boltzmann machine whose partition function is the Z of logUnnormalized. */
  readonly rbm?: () => Rbm;
  /** A lower bound on logProb, nats per example: [N]. */
  readonly bound?: (x: Tensor, y?: Tensor) => Tensor;
  /** log p(x, z) − log q(z|x), nats, of k draws z ~ q(z|x) for each example: [k, N]. Importance weights of IWAE. */
  readonly logWeights?: (x: Tensor, k: number, y?: Tensor) => Tensor;
  /** log p(x|z), nats, of latent vectors z ~ prior: ([N, …], [N, …]) → [N]. */
  readonly logLikelihood?: (x: Tensor, z: Tensor) => Tensor;
  /** Scores of the classes, one row for each example: logits [N, classes] (margins for a support vector machine). */
  readonly classify?: (x: Tensor) => Tensor;
  /** Learned features of each example: [N, d]. */
  readonly features?: (x: Tensor) => Tensor;
  /** How real each example looks, as a logit: [N, 1]. */
  readonly discriminate?: (x: Tensor) => Tensor;
}

/** How long and in what portions a model is trained unless the user says otherwise. */
export interface TrainingDefaults {
  readonly batch: number;
  readonly steps?: number;
  readonly epochs?: number;
  /** Sample from averages of the parameters that keep this share at each step. */
  readonly ema?: number;
}

export interface Preset<O> {
  readonly options?: Partial<O>;
  readonly training?: Partial<TrainingDefaults>;
}

/** `tiny` is a smoke test of seconds, `small` the default of minutes on two cores, `paper` the paper's own numbers. */
export type PresetName = "tiny" | "small" | "paper";

/** Limits of the pictures that a model learns. */
export interface PictureLimits {
  /** Grey levels: pictures of more are brought to as many when they are loaded, for 2 by drawing each pixel. */
  readonly levels?: number;
  /** Longest side in pixels. */
  readonly largest?: number;
  /** Numbers of channels. */
  readonly channels?: readonly (1 | 3)[];
  /** The side must be a multiple of this. */
  readonly multipleOf?: number;
}

export interface ModelDefinition<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string; // "Generative adversarial network"
  readonly family: Family;
  readonly paper: string; // "arXiv:1406.2661"
  /** Kinds of data it can learn. */
  readonly data: readonly ExampleSpec["kind"][];
  /** What pictures it can learn, where not any. */
  readonly pictures?: PictureLimits;
  readonly options: S;
  readonly training: TrainingDefaults;
  readonly presets?: { readonly [P in PresetName]?: Preset<z.infer<S>> };
  build(options: z.infer<S>, spec: ExampleSpec): Model;
}

/** Checks a definition's types; what a model file exports. */
export function defineModel<S extends z.ZodObject>(definition: ModelDefinition<S>): ModelDefinition<S> {
  return definition;
}
