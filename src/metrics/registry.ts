/** All metrics over samples: a new one is a line here. */
import type { SampleMetric } from "./metric.ts";

export const sampleMetrics: readonly SampleMetric[] = [];
