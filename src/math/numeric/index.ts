export * from "./cholesky.ts";
export * from "./choose-rows.ts";
export * from "./gaussian-mixture.ts";
export * from "./k-means.ts";
export * from "./kernel-density.ts";
export type { MixtureParameters } from "./mixture-moments.ts";
export * from "./principal-axes.ts";
export { singularValues, transpose as transposeRows } from "./singular-values.ts";
export { type RowProduct, runSteps, type Stepwise } from "./stepwise.ts";
export {
  type SymmetricEigen,
  symmetricEigen,
  symmetricEigenSteps,
  symmetricEigenvalueSteps,
  symmetricEigenvalues,
  tridiagonalEigenvalues,
} from "./symmetric-eigen.ts";
