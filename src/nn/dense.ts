import { add, formatShape, matmul, type Tensor, UserError } from "../tensor/index.ts";
import { type Initializer, uniform } from "./initializers.ts";
import { layer, parameter } from "./scope.ts";
import { type WeightOptions, weight } from "./weights.ts";

export type DenseOptions = WeightOptions & {
  bias?: boolean;
  /** First weights [in, out]; default U(±1/√in), as in PyTorch. */
  init?: Initializer;
  /** First biases; default U(±1/√in), as in PyTorch. */
  biasInit?: Initializer;
};

/** PyTorch's first values of a layer whose units sum over `fanIn` inputs: U(−1/√fanIn, 1/√fanIn). */
export function fanInUniform(fanIn: number): Initializer {
  const bound = 1 / Math.sqrt(Math.max(1, fanIn));
  return uniform({ low: -bound, high: bound });
}

/**
 * Fully connected layer y = x·W + b on the last axis: x [..., in] → [..., units].
 * Parameters: `weight` [in, units] (PyTorch keeps the transpose) and `bias` [units].
 */
export function dense(x: Tensor, units: number, options: DenseOptions = {}): Tensor {
  const features = x.shape.at(-1);
  if (features === undefined || x.dtype !== "float32" || !Number.isInteger(units) || units < 1) {
    throw new UserError(
      `dense: got ${x.dtype}${formatShape(x.shape)} and ${units} units, expected float32 [..., features] and a positive whole number of units.`,
    );
  }
  const { bias = true, init = fanInUniform(features), biasInit = fanInUniform(features), weights } = options;
  return layer("dense", () => {
    const shape = [features, units];
    const w = weight({ name: "weight", shape, init, outputAxis: 1, fanIn: features }, weights);
    const y = matmul(x, w);
    return bias ? add(y, parameter("bias", [units], biasInit)) : y;
  });
}
