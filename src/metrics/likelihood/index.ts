export {
  type AisOptions,
  annealedImportanceSampling,
  type LatentVariableModel,
  sigmoidSchedule,
} from "./annealed-importance-sampling.ts";
export * from "./bits-per-dimension.ts";
export { likelihoodOrder } from "./blocks.ts";
export * from "./elbo.ts";
export * from "./exact.ts";
export * from "./importance-weighted.ts";
export type * from "./options.ts";
export * from "./parzen-window.ts";
export * from "./rbm.ts";
export * from "./rbm-ais.ts";
export * from "./unnormalized.ts";
