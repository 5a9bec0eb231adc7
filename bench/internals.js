// @ts-check
/** What the benchmark needs of the built package beyond its public surface. */

export { atomicWrite } from "../dist/data/atomic-write.node.js";
export { fillBatch } from "../dist/data/batches.js";
export { loadData } from "../dist/data/load-data.node.js";
export { flopsOf } from "../dist/onnx/index.js";
export { graphOf, traceFunction } from "../dist/runtime/specialize.js";
export { averagesOf } from "../dist/train/averages.js";
export { minibatchesOfStep } from "../dist/train/stages.js";
export { trainingStep } from "../dist/train/training-step.js";
