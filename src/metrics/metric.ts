/** The contract of a metric over samples: what it needs, and the numbers it gives. */
import type { Runtime } from "../runtime/index.ts";
import type { Features } from "./features.ts";
import type { Measured, Protocol } from "./protocol.ts";

/** Pictures [n, channels, height, width] with pixels in [−1, 1]. */
export interface Images {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Real and generated examples as a metric may need them; `needs` of the metric says what is surely there. */
export interface MetricInput {
  readonly real: Features;
  readonly fake: Features;
  /** Class probabilities of the generated examples, one row each, where the extractor is a classifier. */
  readonly probabilities?: Features;
  /** Generated pictures, where the examples are pictures. */
  readonly images?: Images;
  /** Computes matrix products; must run on the CPU, which alone has float64. */
  readonly runtime: Runtime;
  readonly seed: number;
  /** Is told how far the work is, 0 to 1, where it takes long. */
  readonly onProgress?: (share: number) => void;
}

/** A metric of sample quality or diversity: one per file, listed in registry.ts. */
export interface SampleMetric {
  readonly name: string; // as in --metrics: "fid", "prdc"
  readonly title: string; // "Fréchet distance"
  /** As in Protocol. */
  readonly convention: string;
  readonly needs: "features" | "probabilities" | "images";
  /** Fewest examples on each side. */
  readonly least: number;
  /** Parameters as in Protocol.settings. */
  readonly settings: NonNullable<Protocol["settings"]>;
  measure(input: MetricInput): Promise<readonly Measured[]>;
}
