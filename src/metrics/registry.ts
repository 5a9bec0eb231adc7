/** All metrics over samples: a new one is a line here. */
import { parzen } from "./likelihood/parzen-window.ts";
import type { SampleMetric } from "./metric.ts";

export const sampleMetrics: readonly SampleMetric[] = [parzen];
