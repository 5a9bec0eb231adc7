import { asTensor, type TensorLike } from "../constant.ts";
import { UserError } from "../errors.ts";
import { broadcastShapes, formatShape } from "../shape.ts";
import { type Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { inferBinary } from "./binary.ts";
import { sumTo } from "./broadcast.ts";

const whereOp: Op<Record<string, never>> = {
  name: "where",
  infer([condition, a, b]) {
    const { shape, dtype } = inferBinary("where", [a!, b!]);
    const out = condition!.dtype === "bool" ? broadcastShapes(condition!.shape, shape) : undefined;
    if (!out) {
      throw new UserError(
        `where: the condition is ${condition!.dtype}${formatShape(condition!.shape)}, expected bool of a shape that broadcasts with ${formatShape(shape)}; make it with a comparison.`,
      );
    }
    return { shape: out, dtype };
  },
  vjp: ({ g, inputs: [condition, a, b] }) => [
    null,
    sumTo(where(condition!, g, 0), a!.shape),
    sumTo(where(condition!, 0, g), b!.shape),
  ],
  onnx(w, [condition, a, b], y) {
    if (y.dtype !== "bool") return w.node("Where", [condition!, a!, b!]);
    // ONNX Runtime has no Where for bools.
    const other = w.node("And", [w.node("Not", [condition!]), b!]);
    return w.node("Or", [w.node("And", [condition!, a!]), other]);
  },
};

/** `a` where `condition` holds and `b` elsewhere, broadcast. */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const like = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
  return apply(whereOp, [condition, asTensor(a, like), asTensor(b, like)], {});
}
