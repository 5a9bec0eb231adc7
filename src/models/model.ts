/**
 * The contract of a model file: options, networks, phases of training, and what the trained model can do. A trainer, the
 * metrics, the command line and the exporter need nothing else, so a new system is one file and one line of the registry.
 */
import type { z } from "zod";
import type { MinimizeOptions, Optimizer, Target } from "../optim/index.ts";
import type { Shape, Tensor } from "../tensor/index.ts";

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
}

/** A built model: its phases, and what it can do as plain functions of tensors. Pixels go in and out in [−1, 1]. */
export interface Model {
  readonly phases: readonly Phase[];
  /** n latent vectors from the prior: [n, …]. */
  readonly prior?: (n: number) => Tensor;
  /** Examples from latent vectors: [n, …] → [n, ...shape]. */
  readonly generate?: (z: Tensor) => Tensor;
  /** n examples, for models that sample without a latent vector; otherwise generate(prior(n)). */
  readonly sample?: (n: number) => Tensor;
  /** The latent vector of each example (the posterior's mean for a VAE). */
  readonly encode?: (x: Tensor) => Tensor;
  readonly decode?: (z: Tensor) => Tensor;
  /** decode(encode(x)). */
  readonly reconstruct?: (x: Tensor) => Tensor;
  /** Exact log-density or log-probability, nats per example: [N]. */
  readonly logProb?: (x: Tensor) => Tensor;
  /** What logProb and bound are logarithms of. Default "density" for points, "mass" for pictures. */
  readonly likelihood?: "mass" | "density";
  /** A lower bound on logProb, nats per example: [N]. */
  readonly bound?: (x: Tensor) => Tensor;
  /** log p(x, z) − log q(z|x), nats, of k draws z ~ q(z|x) for each example: [k, N]. Importance weights of IWAE. */
  readonly logWeights?: (x: Tensor, k: number) => Tensor;
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

export interface ModelDefinition<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  readonly title: string; // "Generative adversarial network"
  readonly family: Family;
  readonly paper: string; // "arXiv:1406.2661"
  /** Kinds of data it can learn. */
  readonly data: readonly ExampleSpec["kind"][];
  readonly options: S;
  readonly training: TrainingDefaults;
  readonly presets?: { readonly [P in PresetName]?: Preset<z.infer<S>> };
  build(options: z.infer<S>, spec: ExampleSpec): Model;
}

/** Checks a definition's types; what a model file exports. */
export function defineModel<S extends z.ZodObject>(definition: ModelDefinition<S>): ModelDefinition<S> {
  return definition;
}
