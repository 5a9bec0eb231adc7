import { UserError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { mul } from "./binary.ts";
import { convTransposeOp } from "./conv.ts";
import { full } from "./create.ts";
import { type PoolAttributes, type PoolOptions, poolAttributes, pooledShape } from "./max-pool.ts";
import { padAxes } from "./pad.ts";
import { max, mean, type ReduceOptions } from "./reduce.ts";
import { reshape } from "./reshape.ts";
import { upsample } from "./upsample.ts";

const avgPoolOp: Op<PoolAttributes> = {
  name: "avgPool",
  infer: ([x], attrs) => ({ shape: pooledShape(x!, attrs), dtype: "float32" }),
  vjp: ({ g, inputs: [x], attrs }) => [avgPoolAdjoint(g, x!, attrs)],
  onnx: (w, [x], _, { kernel, strides, padding }) =>
    w.node("AveragePool", [x!], {
      kernel_shape: kernel,
      strides,
      pads: [...padding, ...padding],
      count_include_pad: 1,
    }),
};

/** Spreads each g evenly over its window. */
function avgPoolAdjoint(g: Tensor, x: Tensor, { kernel, strides, padding }: PoolAttributes): Tensor {
  const share = 1 / kernel.reduce((n, k) => n * k, 1);
  if (kernel.every((k, i) => k === strides[i] && padding[i] === 0)) {
    const wide = upsample(mul(g, share), kernel);
    return padAxes(
      wide,
      x.shape.map(() => 0),
      x.shape.map((d, i) => d - wide.shape[i]!),
    );
  }
  const images = reshape(g, [g.shape[0]! * g.shape[1]!, 1, ...g.shape.slice(2)]);
  const spread = apply(convTransposeOp, [images, full([1, 1, ...kernel], share)], {
    strides,
    pads: [...padding, ...padding],
    dilations: kernel.map(() => 1),
    groups: 1,
    spatial: x.shape.slice(2),
  });
  return reshape(spread, x.shape);
}

/** The mean of each window of x [N, C, …]; padding counts as zeros, as in PyTorch's default. */
export function avgPool(x: Tensor, options: PoolOptions): Tensor {
  return apply(avgPoolOp, [x], poolAttributes("avgPool", x, options));
}

function spatialAxes(name: string, x: Tensor): number[] {
  if (x.rank < 3) {
    throw new UserError(`${name}: got ${formatShape(x.shape)}, expected [N, C, …] with spatial axes.`);
  }
  return Array.from({ length: x.rank - 2 }, (_, i) => i + 2);
}

/** The mean over all spatial axes of x [N, C, …]: [N, C], or [N, C, 1, …] with keepdims. */
export function globalAvgPool(x: Tensor, options: ReduceOptions = {}): Tensor {
  return mean(x, spatialAxes("globalAvgPool", x), options);
}

/** The maximum over all spatial axes of x [N, C, …]: [N, C], or [N, C, 1, …] with keepdims. Ties share the derivative. */
export function globalMaxPool(x: Tensor, options: ReduceOptions = {}): Tensor {
  return max(x, spatialAxes("globalMaxPool", x), options);
}
