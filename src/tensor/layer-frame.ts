import type { RandomStream } from "./random/stream.ts";
import type { Shape } from "./shape.ts";
import type { Tensor } from "./tensor.ts";
import type { Variable } from "./trace.ts";

/** What a network remembers of one scope or layer between calls. */
export interface LayerRecord {
  readonly path: string; // "G/block1/conv_1"
  readonly kind: string; // "conv", "scope", "network"
  readonly variables: Variable[];
  /** Layers numbered by the order of calls; every call must make the same ones. */
  readonly layers: LayerRecord[];
  /** Scopes that the user named. */
  readonly scopes: Map<string, LayerRecord>;
  /** Whether a call has gone through it to the end, so that nothing may be added. */
  complete: boolean;
}

/** What a network remembers between calls. */
export interface NetworkRecord {
  readonly name: string;
  readonly growing: boolean;
  root: LayerRecord | undefined;
  /** In the order in which they were made. */
  readonly variables: Variable[];
}

/** First values of a parameter. */
type Initialize = (shape: Shape, random: RandomStream) => Float32Array;

/** A weight that a layer asks for: enough to rescale or normalise it. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly init: Initialize;
  /** The axis of the output units. */
  readonly outputAxis: number;
  /** Number of inputs that one output unit sums over. */
  readonly fanIn: number;
}

/**
 * Computes the weight that a layer uses from the parameter that `make` creates (with another first value if
 * given).
 */
export type WeightTransform = (spec: WeightSpec, make: (init?: Initialize) => Tensor) => Tensor;

/** One level of the networks, scopes and layers that a trace is inside of; nn/ makes and reads them. */
export interface LayerFrame {
  readonly network: NetworkRecord;
  readonly record: LayerRecord;
  /** How many numbered layers this call has met. */
  position: number;
  /** Names of the variables and scopes this call has asked for. */
  readonly asked: Set<string>;
  /** Applied to every weight, the innermost (last) first. */
  transforms: readonly WeightTransform[];
  /** Takes back what this call added, should it fail. */
  readonly undo: (() => void)[];
}

/**
 * One evaluation of a network on a part of its pictures, while what its layers keep of the other parts is at hand by name:
 *   "open"   all of a picture of zeros: layers say what they keep, as it is before the first pixel
 *   "row"    the row above the current one, which is complete: x [n, C, 1, W]
 *   "pixel"  the current pixel of n pictures: x [1, C, 1, n]
 */
export interface StreamingPass {
  readonly mode: "open" | "row" | "pixel";
  /** Whether the current pixel has its values, so that it can be kept. */
  readonly complete: boolean;
  /** The part's place in the whole picture: int32 scalars. */
  readonly row: Tensor;
  readonly column: Tensor;
  /** Pictures that are made together. */
  readonly count: number;
  /** Height and width of the whole picture. */
  readonly size: readonly [height: number, width: number];
  /** Height and width of what each layer gets of a whole picture, by the layer's name: filled in "open". */
  readonly sizes: Map<string, readonly [height: number, width: number]>;
  /** What was kept under a name; in "open", what has been so far. */
  read(name: string): Tensor;
  keep(name: string, value: Tensor): void;
}
