/** The contract of an evaluation: whom it fits, and what it finds. One file each beside this one, listed in evaluations.ts. */
import type { Dataset, Splits } from "../../data/dataset.ts";
import type { ExtractorId, Features, Images, Protocol, Score } from "../../metrics/index.ts";
import type { Runtime } from "../../runtime/index.ts";
import type { FeatureExtractor } from "../extractors/extractor.ts";
import type { OpenRun } from "../open-run.node.ts";

/** Features of one side and, where the extractor is a classifier, its class probabilities. */
export interface Extracted {
  readonly features: Features;
  readonly probabilities?: Features;
}

/** One of the sets that are compared: its features are made when first asked for, and then kept. */
export interface Side {
  readonly name: string; // "mnist test", "samples of dcgan-mnist-0001"
  readonly count: number;
  extracted(): Promise<Extracted>;
  /** Pictures of the side by their numbers; absent where there are only features, or points. */
  pictures?(indices: readonly number[]): Promise<Images>;
}

/** What is evaluated: a run, or two sets of files. */
export interface Subject {
  readonly kind: "image" | "points" | "features";
  readonly seed: number;
  /** The examples that count as real. */
  readonly real: Side;
  readonly reference: NonNullable<Protocol["reference"]>;
  /** The examples that are judged; absent where a model cannot sample. */
  readonly fake?: Side;
  /** Other real examples, for the same metrics as a floor. */
  readonly floor?: Side;
  /** All examples that the model was trained on. */
  readonly training?: Side;
  readonly extractor: ExtractorId;
  readonly resizer?: string;
  /** The extractor at work, for examples that belong to no side. */
  readonly extract?: FeatureExtractor["extract"];
  readonly run?: OpenRun;
  readonly splits?: Splits;
  /** The data that the examples of `real` are drawn from. */
  readonly data?: Dataset;
  /** Computes the metrics, in float64 where they need it: always on the CPU. */
  readonly runtime: Runtime;
  progress(stage: string, done: number, total: number): void;
}

/** A picture for the report, as the text of an SVG or the bytes of a PNG. */
export interface Figure {
  readonly name: string; // of the file: "neighbours"
  readonly title: string;
  readonly caption: string;
  readonly content: { readonly svg: string } | { readonly png: Uint8Array };
}

/** A score of the judged examples, with that of real ones where it was measured too. */
export interface JudgedScore extends Score {
  /** The same metric for real examples against real ones: nobody can expect to be better. */
  readonly floor?: number;
}

export interface Findings {
  readonly scores: readonly JudgedScore[];
  readonly figures?: readonly Figure[];
  /** Metrics that were wanted but could not be measured, each with a sentence why. */
  readonly skipped?: readonly Skipped[];
}

export interface Skipped {
  readonly metric: string;
  readonly reason: string;
  /** Nobody would have expected it, so that it is worth a word only where it was asked for. */
  readonly expected?: boolean;
}

export interface Evaluation {
  readonly title: string; // "Likelihood"
  /** What --metrics may name. */
  readonly metrics: readonly string[];
  /** That it does not fit is worth a word only where it was asked for. */
  readonly quiet?: boolean;
  /** Why it cannot be made for this subject, as a sentence; undefined where it can. */
  unfit(subject: Subject): string | undefined;
  /** Measures those of `metrics` that are `wanted`. */
  measure(subject: Subject, wanted: (metric: string) => boolean): Promise<Findings>;
}
