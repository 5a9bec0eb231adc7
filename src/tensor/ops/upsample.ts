import type { Shape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { avgPool } from "./avg-pool.ts";
import { mul } from "./binary.ts";
import { requireFloat } from "./check.ts";

/** Factors of the spatial axes of x [N, C, …]. */
type UpsampleAttributes = { factors: Shape };

const upsampleOp: Op<UpsampleAttributes> = {
  name: "upsample",
  infer([x], { factors }) {
    requireFloat("upsample", x!);
    return { shape: x!.shape.map((d, i) => (i < 2 ? d : d * factors[i - 2]!)), dtype: "float32" };
  },
  // Each element's derivative is the sum over its copies.
  vjp: ({ g, attrs: { factors } }) => [
    mul(
      avgPool(g, { kernel: factors }),
      factors.reduce((n, f) => n * f, 1),
    ),
  ],
  // Resize is four times faster on the CPU than Expand along the innermost axis. Positions are rounded from the pixel
  // centres, far from ties, so that an inexact division on a GPU cannot choose the neighbour.
  onnx: (w, [x], _, { factors }) =>
    w.node(
      "Resize",
      [x!, "", w.constant(Float32Array.of(1, 1, ...factors), [factors.length + 2], "float32")],
      {
        mode: "nearest",
        coordinate_transformation_mode: "half_pixel",
        nearest_mode: "round_prefer_floor",
      },
    ),
};

/** Each element of x [N, C, …] repeated by a whole factor along every spatial axis. */
export function upsample(x: Tensor, factors: Shape): Tensor {
  return factors.every((f) => f === 1) ? x : apply(upsampleOp, [x], { factors });
}
