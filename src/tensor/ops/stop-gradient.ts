import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";

const stopGradientOp: Op<Record<string, never>> = {
  name: "stopGradient",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  onnx: (_, [x]) => x!,
};

/** `x` with derivative 0: what it computes is taken as given (PyTorch's detach). */
export function stopGradient(x: Tensor): Tensor {
  return apply(stopGradientOp, [x], {});
}
