import { UserError } from "../errors.ts";
import { formatShape, sameShape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { stopGradient } from "./stop-gradient.ts";

type None = Record<string, never>;

/**
 * A function with a derivative of your own. `forward(...xs)` computes the value; `backward(g, y, ...xs)` returns, for
 * each x, ∂loss/∂x (of x's shape, or null for none) from g = ∂loss/∂y, and is itself differentiated for higher orders.
 * Only the arguments carry derivatives: what `forward` uses from outside counts as constant.
 */
export function customGradient(
  forward: (...xs: Tensor[]) => Tensor,
  backward: (g: Tensor, y: Tensor, ...xs: Tensor[]) => readonly (Tensor | null)[],
): (...xs: Tensor[]) => Tensor {
  const op: Op<None> = {
    name: "customGradient",
    infer: ([value]) => ({ shape: value!.shape, dtype: value!.dtype }),
    vjp: ({ g, y, inputs: [, ...xs] }) => [null, ...checked(backward(g, y, ...xs), xs)],
    onnx: (_, [value]) => value!,
  };
  return (...xs) => apply(op, [forward(...xs.map(stopGradient)), ...xs], {});
}

function checked(gradients: readonly (Tensor | null)[], xs: readonly Tensor[]): readonly (Tensor | null)[] {
  const fits =
    gradients.length === xs.length && gradients.every((d, i) => !d || sameShape(d.shape, xs[i]!.shape));
  if (!fits) {
    const got = gradients.map((d) => (d ? formatShape(d.shape) : "null")).join(", ");
    throw new UserError(
      `customGradient: backward returned ${got || "nothing"}, expected one derivative or null for each argument: ${xs.map((x) => formatShape(x.shape)).join(", ")}.`,
    );
  }
  return gradients;
}

const straightThroughOp: Op<None> = {
  name: "straightThrough",
  infer([value, x]) {
    if (!sameShape(value!.shape, x!.shape) || value!.dtype !== x!.dtype) {
      throw new UserError(`straightThrough: got ${value} and ${x}, expected one shape and type.`);
    }
    return { shape: value!.shape, dtype: value!.dtype };
  },
  vjp: ({ g }) => [null, g],
  onnx: (_, [value]) => value!,
};

/** The value of `value` with the derivative of `x` (Bengio et al. 2013, arXiv:1308.3432): round(x) that learns. */
export function straightThrough(value: Tensor, x: Tensor): Tensor {
  return apply(straightThroughOp, [value, x], {});
}
