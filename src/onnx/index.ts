export * from "./cost.ts";
export { executionOrder, runOrder } from "./execution-order.ts";
export * from "./graph.ts";
export * from "./identity.ts";
export { inPlaceOutputs } from "./in-place.ts";
export { assignedTensors, bytesOf, type LivePeak, type LivePiece, peakOfGraph } from "./live-memory.ts";
export { iterationsInput, withCarriedInputs, writeLoop } from "./loop.ts";
export { hasBlockedForm } from "./lowerings/blocked.ts";
export { fromBlocksOp, toBlocksOp } from "./lowerings/blocked-ops.ts";
export { convolutionsOf, type TimesBySignature } from "./lowerings/choose-form.ts";
export {
  type Convolution,
  convolutionOf,
  type Form,
  type FormTimes,
  flopsOfConvolution,
  forms,
  signatureOf,
} from "./lowerings/convolution.ts";
export * from "./optimize.ts";
export { type Pack, packState } from "./pack/pack-state.ts";
export { recompute } from "./passes/recompute.ts";
export type { Layouts } from "./passes/state-layouts.ts";
export * from "./symbolic.ts";
export * from "./writer.ts";
