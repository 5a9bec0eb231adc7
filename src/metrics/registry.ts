/** All metrics over samples: a new one is a line here. */

import { frechetDistanceMetric } from "./frechet-distance-metric.ts";
import { inceptionScoreMetric } from "./inception-score.ts";
import { kernelDistanceMetric } from "./kernel-distance.ts";
import { parzenMetric } from "./likelihood/parzen-window.ts";
import { maximumMeanDiscrepancyMetric } from "./maximum-mean-discrepancy.ts";
import type { SampleMetric } from "./metric.ts";
import { msSsimMetric } from "./ms-ssim.ts";
import { differentBinsMetric } from "./number-of-different-bins.ts";
import { birthdayMetric } from "./originality/birthday.ts";
import { precisionRecallMetric } from "./precision-recall.ts";
import { slicedWassersteinMetric } from "./sliced-wasserstein.ts";

export const sampleMetrics: readonly SampleMetric[] = [
  frechetDistanceMetric,
  precisionRecallMetric,
  kernelDistanceMetric,
  maximumMeanDiscrepancyMetric,
  inceptionScoreMetric,
  slicedWassersteinMetric,
  msSsimMetric,
  differentBinsMetric,
  parzenMetric,
  birthdayMetric,
];
