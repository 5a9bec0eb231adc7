// @ts-check
/** The one place where the benchmark imports Imago: the built package (npm run build). */
export * from "../dist/index.js";
