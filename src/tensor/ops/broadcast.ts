import { UserError } from "../errors.ts";
import { broadcastShapes, formatShape, type Shape, sameShape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { sum } from "./reduce.ts";
import { reshape } from "./reshape.ts";

const expandOp: Op<{ shape: Shape }> = {
  name: "expand",
  infer([x], { shape }) {
    const out = broadcastShapes(x!.shape, shape);
    if (!out || !sameShape(out, shape)) {
      throw new UserError(
        `expand: ${formatShape(x!.shape)} does not broadcast to ${formatShape(shape)}; only axes of size 1 can grow.`,
      );
    }
    return { shape, dtype: x!.dtype };
  },
  vjp: ({ g, inputs: [x] }) => [sumTo(g, x!.shape)],
  onnx: (w, [x], y) => w.node("Expand", [x!, w.ints(y, (t) => t.shape)]),
};

/** Repeats `x` along axes of size 1 (and new leading ones) to `shape`; −1 keeps an axis. Alias of NumPy's broadcast_to. */
export function expand(x: Tensor, shape: Shape): Tensor {
  const lead = shape.length - x.rank;
  const full = shape.map((d, i) => (d === -1 ? (x.shape[i - lead] ?? d) : d));
  return sameShape(x.shape, full) ? x : apply(expandOp, [x], { shape: full });
}

/** The adjoint of broadcasting: sums `g` over the axes along which `shape` was repeated. */
export function sumTo(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const lead = g.rank - shape.length;
  const axes = g.shape.flatMap((d, i) => (i < lead || (shape[i - lead] === 1 && d !== 1) ? [i] : []));
  return reshape(axes.length > 0 ? sum(g, axes, { keepdims: true }) : g, shape);
}
