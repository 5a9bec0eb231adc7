/** All evaluations, in the order of the report: a new one is a line here. */
import { classification } from "./classification.ts";
import { coverage } from "./coverage.ts";
import type { Evaluation } from "./evaluation.ts";
import { likelihood } from "./likelihood.ts";
import { originality } from "./originality.ts";
import { outliers } from "./outliers.ts";
import { pathLength } from "./path-length.ts";
import { quality } from "./quality.ts";
import { representation } from "./representation.ts";
import { twoSamples } from "./two-samples.ts";

export const evaluations: readonly Evaluation[] = [
  quality,
  coverage,
  outliers,
  originality,
  twoSamples,
  likelihood,
  pathLength,
  representation,
  classification,
];

/** What --metrics may name. */
export const metricNames: readonly string[] = evaluations.flatMap(({ metrics }) => metrics);
