/** Training on files and in run folders, for programs in Node: `import { train, openRun } from "imago/train"`. */

export { type DownloadOptions, downloadData } from "../data/download.node.ts";
export { type LoadDataOptions, loadData } from "../data/load-data.node.ts";
export { animateRun } from "./animate.node.ts";
export {
  type CompleteOptions,
  type Completions,
  complete,
  completions,
  type MissingPart,
} from "./complete.node.ts";
export type * from "./events.ts";
export { type ExportedRun, type ExportRunOptions, exportRun } from "./export.node.ts";
export {
  type ExtractedFeatures,
  type ExtractOptions,
  extractFeatures,
} from "./extract-features.node.ts";
export type { Extraction, FeatureExtractor } from "./extractors/extractor.ts";
export { openExtractor } from "./extractors/open-extractor.node.ts";
export { type HeatmapOptions, heatmap } from "./heatmap.node.ts";
export { type InterpolateOptions, interpolate } from "./interpolate.node.ts";
export { type OpenExamplesOptions, type OpenedExamples, openExamples } from "./open-examples.node.ts";
export { type OpenOptions, type OpenRun, openRun } from "./open-run.node.ts";
export { type ReconstructOptions, reconstruct } from "./reconstruct.node.ts";
export { type ManifoldOptions, manifold, type SampleOptions, sampleRun } from "./sample.node.ts";
export { type Found, nearestInLatentSpace, type SearchOptions, search } from "./search.node.ts";
export { type Accuracy, testAccuracy } from "./test-accuracy.node.ts";
export { type ResumeOptions, resume, type TrainingData, type TrainOptions, train } from "./train.node.ts";
export {
  type Traversal,
  type TraversalOptions,
  type TraverseOptions,
  traversal,
  traverse,
} from "./traverse.node.ts";
