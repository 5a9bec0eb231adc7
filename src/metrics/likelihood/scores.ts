/** Nats of examples as scores: their mean with its standard error, and bits per dimension of pictures. */
import type { Dataset } from "../../data/index.ts";
import { sizeOf } from "../../tensor/index.ts";
import type { Measured, Protocol, Score } from "../protocol.ts";
import { binWidths, bitsPerDimension, bitsPerDimensionOfDensity } from "./bits-per-dimension.ts";
import type { Likelihood, LikelihoodOptions } from "./options.ts";

export interface Estimate {
  readonly metric: string; // "elbo"
  readonly convention: string;
  readonly nats: Float64Array;
  readonly settings?: NonNullable<Protocol["settings"]>;
  readonly note?: string;
  readonly details?: NonNullable<Measured["details"]>;
}

/** Mean and its standard error s/√n, with s² over n − 1. */
export function meanOf(values: Float64Array): { mean: number; standardError: number } {
  const n = values.length;
  const mean = values.reduce((a, b) => a + b, 0) / n;
  const squares = values.reduce((a, b) => a + (b - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/** The scores of an estimate over examples of `dataset`. An example of probability 0 makes the mean −∞, and says so. */
export function likelihoodOf(dataset: Dataset, estimate: Estimate, options: LikelihoodOptions): Likelihood {
  const { metric, convention, nats, settings, note, details } = estimate;
  const { dequantization = "none", split, runtime } = options;
  const { mean, standardError } = meanOf(nats);
  const impossible = nats.filter((v) => !Number.isFinite(v)).length;
  const protocol: Protocol = {
    metric,
    convention,
    reference: { name: dataset.name, split, fingerprint: dataset.fingerprint },
    real: nats.length,
    seed: runtime.seed,
    settings: { ...(dataset.kind === "image" && { dequantization }), ...settings },
  };
  const notes = [note, impossible > 0 && `${impossible} of ${nats.length} examples have no finite value.`];
  const said = notes.filter((s) => typeof s === "string").join(" ");
  const common = { ...(said && { note: said }), ...(details && { details }), protocol };
  const errors = Number.isFinite(standardError) ? { standardError } : {};
  const inNats: Score = { name: metric, value: mean, ...errors, better: "higher", unit: "nats", ...common };
  if (dataset.kind !== "image") return { nats, scores: [inNats] };
  const dimensions = sizeOf(dataset.shape);
  const value =
    dequantization === "uniform"
      ? bitsPerDimensionOfDensity(mean, dimensions, binWidths.signed)
      : bitsPerDimension(mean, dimensions);
  const inBits: Score = {
    name: `${metric} bits`,
    value,
    ...("standardError" in errors && { standardError: standardError / (dimensions * Math.LN2) }),
    better: "lower",
    unit: "bits/dim",
    ...common,
  };
  return { nats, scores: [inNats, inBits] };
}
