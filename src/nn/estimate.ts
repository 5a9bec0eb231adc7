import { allocate, type DType, type Shape, sizeOf, type Variable } from "../tensor/index.ts";

export interface EstimateOptions {
  /** What every number is before the estimator gave it a value. Default 0. */
  readonly first?: number;
  readonly dtype?: DType;
}

/**
 * A variable that no gradient trains: an estimator gives it its value (`fit` of a model), formulas read it with `read`. Its
 * name is the run's: "gmm/means".
 */
export function estimate(
  name: string,
  shape: Shape,
  { first = 0, dtype = "float32" }: EstimateOptions = {},
): Variable {
  const init = (): ReturnType<typeof allocate> =>
    (allocate(dtype, sizeOf(shape)) as Float32Array).fill(first);
  return { name, shape, dtype, trainable: false, init };
}
