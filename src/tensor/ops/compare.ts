import { asTensor, type TensorLike } from "../constant.ts";
import { UserError } from "../errors.ts";
import { type Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { inferBinary } from "./binary.ts";
import { requireNumbers } from "./check.ts";

type None = Record<string, never>;

function comparison(name: string, onnx: string): (a: TensorLike, b: TensorLike) => Tensor {
  const op: Op<None> = {
    name,
    infer(inputs) {
      if (name !== "equal") for (const x of inputs) requireNumbers(name, x);
      return { shape: inferBinary(name, inputs).shape, dtype: "bool" };
    },
    onnx: (w, inputs) => w.node(onnx, inputs),
  };
  return (a, b) => {
    const like = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
    return apply(op, [asTensor(a, like), asTensor(b, like)], {});
  };
}

function logic(name: string, onnx: string): Op<None> {
  return {
    name,
    infer(inputs) {
      for (const x of inputs) {
        if (x.dtype !== "bool") {
          throw new UserError(
            `${name}: got ${x.dtype}, expected bool; compare first, for example x.greater(0).`,
          );
        }
      }
      return inputs.length === 1 ? { shape: inputs[0]!.shape, dtype: "bool" } : inferBinary(name, inputs);
    },
    onnx: (w, inputs) => w.node(onnx, inputs),
  };
}

const andOp = logic("logicalAnd", "And");
const orOp = logic("logicalOr", "Or");
const xorOp = logic("logicalXor", "Xor");
const notOp = logic("logicalNot", "Not");

/** a = b, as bool. */
export const equal = comparison("equal", "Equal");
/** a < b, as bool. */
export const less = comparison("less", "Less");
/** a ≤ b, as bool. */
export const lessEqual = comparison("lessEqual", "LessOrEqual");
/** a > b, as bool. */
export const greater = comparison("greater", "Greater");
/** a ≥ b, as bool. */
export const greaterEqual = comparison("greaterEqual", "GreaterOrEqual");
/** a ≠ b, as bool. */
export const notEqual = (a: TensorLike, b: TensorLike): Tensor => logicalNot(equal(a, b));

/** a and b, of bools. */
export const logicalAnd = (a: Tensor, b: Tensor): Tensor => apply(andOp, [a, b], {});
/** a or b, of bools. */
export const logicalOr = (a: Tensor, b: Tensor): Tensor => apply(orOp, [a, b], {});
/** Exactly one of a and b, of bools. */
export const logicalXor = (a: Tensor, b: Tensor): Tensor => apply(xorOp, [a, b], {});
/** not a, of bools. */
export const logicalNot = (a: Tensor): Tensor => apply(notOp, [a], {});
