/** All evaluations, in the order of the report: a new one is a line here. */
import type { Evaluation } from "./evaluation.ts";
import { likelihood } from "./likelihood.ts";
import { quality } from "./quality.ts";

export const evaluations: readonly Evaluation[] = [quality, likelihood];

/** What --metrics may name: the headings' first words, and every single metric. */
export const metricNames: readonly string[] = evaluations.flatMap(({ metrics }) => metrics);
