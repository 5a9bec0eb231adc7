export * from "./cholesky.ts";
export { type RowProduct, runSteps, type Stepwise } from "./stepwise.ts";
export {
  type SymmetricEigen,
  symmetricEigen,
  symmetricEigenSteps,
  symmetricEigenvalueSteps,
  symmetricEigenvalues,
} from "./symmetric-eigen.ts";
