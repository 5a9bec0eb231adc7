/** Data that needs no files: the contract, procedural sets, and minibatches. Files are read by load-data.node.ts. */
export { batchIndices, type FillBatchOptions, fillBatch, type HostBatch, inOrder } from "./batches.ts";
export { type BinarySetName, type BinarySetOptions, binarySet } from "./binary/binary-sets.ts";
export { type BuiltInData, builtInData } from "./built-in.ts";
export { type ByteDatasetOptions, byteDataset } from "./byte-dataset.ts";
export { withChannels } from "./channels.ts";
export type { Dataset, Modes, Splits } from "./dataset.ts";
export type { DrawnOptions } from "./drawn-set.ts";
export { faces } from "./faces/faces.ts";
export { faceFactors, renderFace } from "./faces/render-face.ts";
export { type FloatDatasetOptions, floatDataset } from "./float-dataset.ts";
export { type GlyphOptions, glyphs } from "./glyphs/glyphs.ts";
export { type PointSetName, type PointSetOptions, pointSet } from "./points/point-sets.ts";
export { resized } from "./resize.ts";
export {
  describeShape,
  fitsShapeCaption,
  parseShapeCaption,
  type ShapeCaption,
} from "./shapes/captions.ts";
export { renderShape, shapeFactors } from "./shapes/render-shape.ts";
export { type ShapeOptions, shapes } from "./shapes/shapes.ts";
export { type StackedDigitsOptions, stackedDigits } from "./stacked-digits.ts";
export { holdOut, subset } from "./subset.ts";
