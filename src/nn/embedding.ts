import { formatShape, gather, Tensor, UserError } from "../tensor/index.ts";
import { type Initializer, normal } from "./initializers.ts";
import { layer } from "./scope.ts";
import { type WeightOptions, weight } from "./weights.ts";

export type EmbeddingOptions = WeightOptions & {
  /** First table [count, size]; default N(0, 1), as in PyTorch. */
  init?: Initializer;
};

/** The rows of a given `table` [count, …] that `indices` name: [...indices, …]. */
export function embedding(table: Tensor, indices: Tensor): Tensor;
/**
 * A learned table of `count` vectors: integer `indices` [...] → [..., size]. Parameter `weight` [count,
 * size].
 */
export function embedding(indices: Tensor, count: number, size: number, options?: EmbeddingOptions): Tensor;
export function embedding(
  x: Tensor,
  count: Tensor | number,
  size?: number,
  { init = normal(), weights }: EmbeddingOptions = {},
): Tensor {
  if (count instanceof Tensor) return gather(x, count, 0);
  if (x.dtype !== "int32" && x.dtype !== "int64") {
    throw new UserError(
      `embedding: got ${x.dtype}${formatShape(x.shape)}, expected int32 or int64 indices; convert with cast(x, "int32").`,
    );
  }
  return layer("embedding", () => {
    const spec = { name: "weight", shape: [count, size!], init, outputAxis: 0, fanIn: size! };
    return gather(weight(spec, weights), x, 0);
  });
}
