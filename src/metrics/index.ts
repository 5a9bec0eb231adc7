export type { DiscrepancyEstimator } from "./discrepancy.ts";
export * from "./features.ts";
export {
  type FrechetDistance,
  type FrechetOptions,
  frechetDistance,
  frechetDistanceOfStatistics,
} from "./frechet-distance.ts";
export { type Extrapolation, type ExtrapolationOptions, frechetInfinity } from "./frechet-infinity.ts";
export {
  type InceptionScore,
  type InceptionScoreOptions,
  inceptionScore,
  softmaxRows,
} from "./inception-score.ts";
export {
  type KernelDistance,
  type KernelDistanceOptions,
  kernelDistance,
  type Subset,
} from "./kernel-distance.ts";
export { type FeatureKernel, featureKernels } from "./kernels.ts";
export { laplacianPyramid } from "./laplacian-pyramid.ts";
export * from "./likelihood/index.ts";
export {
  type Discrepancy,
  type DiscrepancyOptions,
  maximumMeanDiscrepancy,
  medianDistance,
} from "./maximum-mean-discrepancy.ts";
export type * from "./metric.ts";
export {
  type ClassCoverageOptions,
  classCoverage,
  classCoverageConvention,
  coverageMeasures,
  type ModeCoverage,
  type ModeCoverageOptions,
  modeCoverage,
  modeCoverageConvention,
  stackedModes,
} from "./mode-coverage.ts";
export { type MsSsimOptions, msSsim, msSsimWeights, randomPairs } from "./ms-ssim.ts";
export * from "./neighbors.ts";
export { type DifferentBins, type DifferentBinsOptions, differentBins } from "./number-of-different-bins.ts";
export * from "./originality/index.ts";
export { type LevelDistance, type PatchWassersteinOptions, patchWasserstein } from "./patch-wasserstein.ts";
export {
  type LatentPath,
  type Latents,
  type PathLength,
  type PathLengthOptions,
  perceptualPathLength,
} from "./perceptual-path-length.ts";
export {
  expectedCoverage,
  type PrecisionRecall,
  type PrecisionRecallOptions,
  precisionRecall,
} from "./precision-recall.ts";
export * from "./products.ts";
export * from "./protocol.ts";
export * from "./registry.ts";
export * from "./representation/index.ts";
export {
  type SlicedWasserstein,
  type SlicedWassersteinOptions,
  slicedWasserstein,
} from "./sliced-wasserstein.ts";
export {
  createStatistics,
  type GaussianStatistics,
  type StatisticsOptions,
  type StatisticsStream,
  statisticsOf,
} from "./statistics.ts";
export * from "./two-sample/index.ts";
