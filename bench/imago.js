// @ts-check
/** The one place where the benchmark imports Imago: the built package (npm run build). */
export * from "../dist/index.js";
export * from "../dist/nn/index.js";
export * from "../dist/optim/index.js";
