import { asTensor, scalarValue, type TensorLike } from "../constant.ts";
import { UserError } from "../errors.ts";
import { broadcastShapes, formatShape } from "../shape.ts";
import type { Call, Op, Spec } from "../tensor.ts";
import { Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { sumTo } from "./broadcast.ts";
import { requireNumbers } from "./check.ts";
import { equal, greater, less } from "./compare.ts";
import { zerosLike } from "./create.ts";
import { log, neg, sqrt, square } from "./unary.ts";
import { where } from "./where.ts";

type None = Record<string, never>;

/** Shape and type of an elementwise operation on two tensors, by NumPy's broadcasting. */
export function inferBinary(name: string, [a, b]: readonly Tensor[]): Spec {
  if (a!.dtype !== b!.dtype) {
    throw new UserError(
      `${name}: got ${a!.dtype} and ${b!.dtype}, expected one type; convert one with cast(x, "${a!.dtype}").`,
    );
  }
  const shape = broadcastShapes(a!.shape, b!.shape);
  if (!shape) {
    throw new UserError(
      `${name}: shapes ${formatShape(a!.shape)} and ${formatShape(b!.shape)} do not broadcast; each axis, counted from the last, must be equal or 1.`,
    );
  }
  return { shape, dtype: a!.dtype };
}

function binary(name: string, onnx: string, vjp: (call: Call<None>) => readonly (Tensor | null)[]): Op<None> {
  return {
    name,
    infer(inputs) {
      for (const x of inputs) requireNumbers(name, x);
      return inferBinary(name, inputs);
    },
    vjp,
    onnx: (w, inputs) => w.node(onnx, inputs),
  };
}

const addOp = binary("add", "Add", ({ g, inputs: [a, b] }) => [sumTo(g, a!.shape), sumTo(g, b!.shape)]);
const subOp = binary("sub", "Sub", ({ g, inputs: [a, b] }) => [sumTo(g, a!.shape), sumTo(neg(g), b!.shape)]);
const mulOp = binary("mul", "Mul", ({ g, inputs: [a, b] }) => [
  sumTo(mul(g, b!), a!.shape),
  sumTo(mul(g, a!), b!.shape),
]);
const divOp = binary("div", "Div", ({ g, y, inputs: [a, b] }) => [
  sumTo(div(g, b!), a!.shape),
  sumTo(neg(div(mul(g, y), b!)), b!.shape),
]);
const plainPow = binary("pow", "Pow", ({ g, y, inputs: [a, b] }) => [
  sumTo(mul(g, mul(b!, pow(a!, sub(b!, 1)))), a!.shape),
  // 0^b has derivative 0 in b for b > 0, where log 0 would give NaN.
  sumTo(
    mul(g, where(equal(a!, 0), zerosLike(y), mul(y, log(where(equal(a!, 0), onesOf(a!), a!))))),
    b!.shape,
  ),
]);
const powOp: Op<None> = {
  ...plainPow,
  // On WebGPU, Pow fails for some shapes that broadcast (ONNX Runtime 1.30): there the inputs are repeated first.
  onnx(w, inputs, y) {
    const whole = (name: string, i: number): string =>
      y.inputs[i]!.size === y.size ? name : w.node("Expand", [name, w.ints(y, (t) => t.shape)]);
    return w.node("Pow", w.device === "cpu" ? inputs : inputs.map(whole));
  },
};
// Ties share the derivative in halves, as in PyTorch and jax.
const maximumOp = binary("maximum", "Max", ({ g, inputs: [a, b] }) => extremum(g, a!, b!, greater(a!, b!)));
const minimumOp = binary("minimum", "Min", ({ g, inputs: [a, b] }) => extremum(g, a!, b!, less(a!, b!)));

function onesOf(a: Tensor): Tensor {
  return asTensor(1, a);
}

function extremum(g: Tensor, a: Tensor, b: Tensor, aWins: Tensor): Tensor[] {
  const share = where(equal(a, b), asTensor(0.5), where(aWins, asTensor(1), asTensor(0)));
  return [sumTo(mul(g, share), a.shape), sumTo(mul(g, sub(1, share)), b.shape)];
}

function call(op: Op<None>, a: TensorLike, b: TensorLike): Tensor {
  const like = a instanceof Tensor ? a : b instanceof Tensor ? b : undefined;
  return apply(op, [asTensor(a, like), asTensor(b, like)], {});
}

/** a + b, broadcast. */
export const add = (a: TensorLike, b: TensorLike): Tensor => call(addOp, a, b);
/** a − b, broadcast. */
export const sub = (a: TensorLike, b: TensorLike): Tensor => call(subOp, a, b);
/** a · b elementwise, broadcast. */
export const mul = (a: TensorLike, b: TensorLike): Tensor => call(mulOp, a, b);
/** a / b elementwise, broadcast. Integers divide with truncation. */
export const div = (a: TensorLike, b: TensorLike): Tensor => call(divOp, a, b);
/** max(a, b) elementwise; ties share the derivative in halves. */
export const maximum = (a: TensorLike, b: TensorLike): Tensor => call(maximumOp, a, b);
/** min(a, b) elementwise; ties share the derivative in halves. */
export const minimum = (a: TensorLike, b: TensorLike): Tensor => call(minimumOp, a, b);

/** aᵇ elementwise. A constant exponent of 2, 1 or ½ takes the cheaper form. */
export function pow(a: TensorLike, b: TensorLike): Tensor {
  const exponent = typeof b === "number" ? b : scalarValue(b);
  if (a instanceof Tensor && a.dtype === "float32") {
    if (exponent === 0 && typeof b === "number") return add(zerosLike(a), 1);
    if (exponent === 1 && typeof b === "number") return a;
    if (exponent === 2 && typeof b === "number") return square(a);
    if (exponent === 0.5 && typeof b === "number") return sqrt(a);
  }
  return call(powOp, a, b);
}
