import { UserError } from "../errors.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { mul } from "./binary.ts";
import { cast } from "./cast.ts";
import { requireNumbers } from "./check.ts";
import { equal } from "./compare.ts";

const clipOp: Op<{ low: number; high: number }> = {
  name: "clip",
  infer([x], { low, high }) {
    requireNumbers("clip", x!);
    if (!(low <= high)) {
      throw new UserError(`clip: got the bounds ${low} and ${high}, expected the lower one first.`);
    }
    if (x!.dtype !== "float32" && !(Number.isInteger(low) && Number.isInteger(high))) {
      throw new UserError(
        `clip: got the bounds ${low} and ${high} for ${x!.dtype}, expected whole numbers; convert with cast(x, "float32").`,
      );
    }
    return { shape: x!.shape, dtype: x!.dtype };
  },
  // Inside the bounds, and on them, the result is x itself.
  vjp: ({ g, y, inputs: [x] }) => [mul(g, cast(equal(x!, y), "float32"))],
  onnx: (w, [x], y, { low, high }) => w.node("Clip", [x!, w.scalar(low, y.dtype), w.scalar(high, y.dtype)]),
};

/** min(max(x, low), high); the derivative is 1 on low ≤ x ≤ high and 0 outside. Leave a bound open with ±Infinity. */
export function clip(x: Tensor, low: number, high: number): Tensor {
  const widest = x.dtype === "float32" ? Infinity : 2 ** 31;
  return apply(clipOp, [x], { low: Math.max(low, -widest), high: Math.min(high, widest - 1) });
}
