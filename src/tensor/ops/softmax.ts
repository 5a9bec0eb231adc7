import { normalizeAxis } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { mul, sub } from "./binary.ts";
import { requireFloat, requireNonEmpty } from "./check.ts";
import { sum } from "./reduce.ts";
import { exp } from "./unary.ts";

type AxisAttributes = { axis: number };

const softmaxOp: Op<AxisAttributes> = {
  name: "softmax",
  infer: ([x]) => ({ shape: x!.shape, dtype: "float32" }),
  vjp: ({ g, y, attrs: { axis } }) => [mul(y, sub(g, sum(mul(g, y), axis, { keepdims: true })))],
  onnx: (w, [x], _, { axis }) => w.node("Softmax", [x!], { axis }),
};

const logSoftmaxOp: Op<AxisAttributes> = {
  name: "logSoftmax",
  infer: ([x]) => ({ shape: x!.shape, dtype: "float32" }),
  vjp: ({ g, y, attrs: { axis } }) => [sub(g, mul(exp(y), sum(g, axis, { keepdims: true })))],
  onnx(w, [x], _, { axis }) {
    if (w.device === "cpu") return w.node("LogSoftmax", [x!], { axis });
    // On WebGPU, LogSoftmax runs on the CPU and costs a readback.
    const shifted = w.node("Sub", [x!, w.node("ReduceMax", [x!], { axes: [axis], keepdims: 1 })]);
    const total = w.node("ReduceSum", [w.node("Exp", [shifted]), w.constantInts([axis])], { keepdims: 1 });
    return w.node("Sub", [shifted, w.node("Log", [total])]);
  },
};

function along(op: Op<AxisAttributes>, x: Tensor, axis: number): Tensor {
  requireFloat(op.name, x);
  const at = normalizeAxis(axis, x.rank, op.name);
  requireNonEmpty(op.name, x, [at]);
  return apply(op, [x], { axis: at });
}

/** eˣ / Σ eˣ along `axis`. */
export const softmax = (x: Tensor, axis = -1): Tensor => along(softmaxOp, x, axis);
/** log(eˣ / Σ eˣ) along `axis`, stable for any x. */
export const logSoftmax = (x: Tensor, axis = -1): Tensor => along(logSoftmaxOp, x, axis);
