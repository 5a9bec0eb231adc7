import { normalizeAxes, type Shape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { mul } from "./binary.ts";
import { requireNonEmpty, requireNumbers, withSize } from "./check.ts";
import { cumprod } from "./cumulative.ts";
import { permute } from "./permute.ts";
import type { ReduceOptions } from "./reduce.ts";
import { reshape } from "./reshape.ts";

const prodOp: Op<{ axis: number }> = {
  name: "prod",
  infer: ([x], { axis }) => ({ shape: withSize(x!.shape, axis, 1), dtype: x!.dtype }),
  // y/x would be 0/0 at zeros; the product of what stands before and after an element is not.
  vjp({ g, inputs: [x], attrs: { axis } }) {
    const before = cumprod(x!, axis, { exclusive: true });
    const after = cumprod(x!, axis, { exclusive: true, reverse: true });
    return [mul(g, mul(before, after))];
  },
  onnx: (w, [x], _, { axis }) => w.node("ReduceProd", [x!], { axes: [axis], keepdims: 1 }),
};

/** Π over `axes` (default: all). The derivative is exact at zeros too. */
export function prod(x: Tensor, axes?: number | Shape, options: ReduceOptions = {}): Tensor {
  requireNumbers("prod", x);
  const list = normalizeAxes(axes, x.rank, "prod");
  requireNonEmpty("prod", x, list);
  const kept = x.shape.flatMap((_, i) => (list.includes(i) ? [] : [i]));
  const out = options.keepdims
    ? x.shape.map((d, i) => (list.includes(i) ? 1 : d))
    : kept.map((i) => x.shape[i]!);
  if (list.length === 0) return x;
  if (list.length === 1) return reshape(apply(prodOp, [x], { axis: list[0]! }), out);
  const rows = reshape(permute(x, [...kept, ...list]), [...kept.map((i) => x.shape[i]!), joined(x, list)]);
  return reshape(apply(prodOp, [rows], { axis: kept.length }), out);
}

function joined(x: Tensor, axes: Shape): number {
  return axes.reduce((n, axis) => n * x.shape[axis]!, 1);
}
