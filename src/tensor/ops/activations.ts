/** Activation functions beyond the elementwise ones in unary.ts. */
import { UserError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { add, mul, sub } from "./binary.ts";
import { requireFloat } from "./check.ts";
import { greater } from "./compare.ts";
import { reshape } from "./reshape.ts";
import { erf, neg, relu, sigmoid, softplus } from "./unary.ts";
import { where } from "./where.ts";

type SlopeAttributes = { slope: number };

const leakyReluOp: Op<SlopeAttributes> = {
  name: "leakyRelu",
  infer([x]) {
    requireFloat("leakyRelu", x!);
    return { shape: x!.shape, dtype: "float32" };
  },
  vjp: ({ g, inputs: [x], attrs }) => [mul(g, apply(leakySlopeOp, [x!], attrs))],
  onnx: (w, [x], _, { slope }) => w.node("LeakyRelu", [x!], { alpha: { float: slope } }),
};

/** The derivative of leakyRelu: 1 where x > 0, else the slope. Its own derivative is 0. */
const leakySlopeOp: Op<SlopeAttributes> = {
  name: "leakySlope",
  infer: ([x]) => ({ shape: x!.shape, dtype: "float32" }),
  vjp: () => [null],
  onnx(w, [x], _, { slope }) {
    const [one, low] = [w.scalar(1, "float32"), w.scalar(slope, "float32")];
    // Clipping a steep line is one pass less than comparing and choosing; it needs the slope to lie between 0 and 1.
    return w.device === "cpu" && slope >= 0 && slope <= 1
      ? w.node("Clip", [w.node("Mul", [x!, w.scalar(1e38, "float32")]), low, one])
      : w.node("Where", [w.node("Greater", [x!, w.scalar(0, "float32")]), one, low]);
  },
};

/** x where x > 0, else slope · x (Maas et al. 2013); the derivative at 0 is the slope. */
export function leakyRelu(x: Tensor, slope = 0.01): Tensor {
  return apply(leakyReluOp, [x], { slope });
}

/**
 * leakyRelu with learned slopes (He et al. 2015, arXiv:1502.01852): max(x, 0) + slope · min(x, 0).
 * `slope` is one number, one per channel [C] of x [N, C, …] as in PyTorch, or any shape that broadcasts with x.
 */
export function prelu(x: Tensor, slope: Tensor): Tensor {
  const perChannel = slope.rank === 1 && slope.size > 1 && x.rank > 2;
  if (perChannel && slope.size !== x.shape[1]) {
    throw new UserError(
      `prelu: got ${slope.size} slopes for x ${formatShape(x.shape)}, expected one for each of its ${x.shape[1]} channels, or one for all.`,
    );
  }
  const a = perChannel ? reshape(slope, [slope.size, ...Array<number>(x.rank - 2).fill(1)]) : slope;
  return sub(relu(x), mul(a, relu(neg(x))));
}

const eluOp: Op<{ alpha: number }> = {
  name: "elu",
  infer([x]) {
    requireFloat("elu", x!);
    return { shape: x!.shape, dtype: "float32" };
  },
  vjp: ({ g, y, inputs: [x], attrs }) => [mul(g, where(greater(x!, 0), 1, add(y, attrs.alpha)))],
  onnx: (w, [x], _, { alpha }) => w.node("Elu", [x!], { alpha: { float: alpha } }),
};

/** x where x > 0, else α (eˣ − 1) (Clevert et al. 2015, arXiv:1511.07289). */
export function elu(x: Tensor, alpha = 1): Tensor {
  return apply(eluOp, [x], { alpha });
}

/** λ · elu(x, α) with the constants that keep mean 0 and variance 1 (Klambauer et al. 2017, arXiv:1706.02515). */
export function selu(x: Tensor): Tensor {
  return mul(elu(x, 1.6732632423543772), 1.0507009873554805);
}

/** x · Φ(x) = ½ x (1 + erf(x/√2)), exact (Hendrycks and Gimpel 2016, arXiv:1606.08415). */
export function gelu(x: Tensor): Tensor {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}

/** x · sigmoid(x), also called swish. */
export function silu(x: Tensor): Tensor {
  return mul(x, sigmoid(x));
}

/** log sigmoid(x) = −log(1 + e⁻ˣ), stable for any x. */
export function logSigmoid(x: Tensor): Tensor {
  return neg(softplus(neg(x)));
}
