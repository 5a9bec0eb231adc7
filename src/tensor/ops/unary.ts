import { UserError } from "../errors.ts";
import type { Emitter, Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { add, div, mul, sub } from "./binary.ts";
import { cosine, sine } from "./trigonometry.ts";

type None = Record<string, never>;
type Derivative = (g: Tensor, x: Tensor, y: Tensor) => Tensor | null;
type Form = string | ((w: Emitter, x: string) => string);

/** An elementwise float operation: its name, its ONNX form and ∂loss/∂x from (g, x, y). */
export function unary(name: string, form: Form, derivative: Derivative): (x: Tensor) => Tensor {
  const op: Op<None> = {
    name,
    infer([x]) {
      if (x!.dtype !== "float32" && !(integer.has(name) && x!.dtype !== "bool")) {
        throw new UserError(`${name}: got ${x!.dtype}, expected float32; convert with cast(x, "float32").`);
      }
      return { shape: x!.shape, dtype: x!.dtype };
    },
    vjp: ({ g, y, inputs: [x] }) => [derivative(g, x!, y)],
    onnx: (w, [x]) => (typeof form === "string" ? w.node(form, [x!]) : form(w, x!)),
  };
  return (x) => apply(op, [x], {});
}
const integer = new Set(["neg", "abs"]);

/** The operation itself on the CPU, `form` on the GPU. */
function onGpu(opType: string, form: (w: Emitter, x: string) => string): Form {
  return (w, x) => (w.device === "cpu" ? w.node(opType, [x]) : form(w, x));
}
const none: Derivative = () => null;

/** −x. */
export const neg = unary("neg", "Neg", (g) => neg(g));
/** |x|; the derivative at 0 is 0. */
export const abs = unary("abs", "Abs", (g, x) => mul(g, sign(x)));
/** −1, 0 or 1; derivative 0. */
export const sign = unary(
  "sign",
  // On WebGPU, Sign runs on the CPU and costs a readback; two comparisons do not.
  (w, x) => {
    if (w.device === "cpu") return w.node("Sign", [x]);
    const zero = w.scalar(0, "float32");
    const positive = w.node("Cast", [w.node("Greater", [x, zero])], { to: 1 });
    const negative = w.node("Cast", [w.node("Less", [x, zero])], { to: 1 });
    return w.node("Sub", [positive, negative]);
  },
  none,
);
/** 1 where x > 0, else 0; derivative 0. */
export const step = unary(
  "step",
  // One pass instead of two (comparison and cast); it differs from the step only for 0 < x < 1e-38.
  (w, x) =>
    w.device === "cpu"
      ? w.node("HardSigmoid", [x], { alpha: { float: 1e38 }, beta: { float: 0 } })
      : w.node("Cast", [w.node("Greater", [x, w.scalar(0, "float32")])], { to: 1 }),
  none,
);
/** eˣ. */
export const exp = unary("exp", "Exp", (g, _, y) => mul(g, y));
/** log x, natural. */
export const log = unary("log", "Log", (g, x) => div(g, x));
/** √x. */
export const sqrt = unary("sqrt", "Sqrt", (g, _, y) => mul(g, div(0.5, y)));
/** 1/√x. */
export const rsqrt = unary(
  "rsqrt",
  (w, x) => w.node("Reciprocal", [w.node("Sqrt", [x])]),
  (g, x, y) => mul(g, mul(-0.5, div(y, x))),
);
/** x². */
export const square = unary(
  "square",
  (w, x) => w.node("Mul", [x, x]),
  (g, x) => mul(g, mul(x, 2)),
);
/** 1/x. */
export const reciprocal = unary("reciprocal", "Reciprocal", (g, _, y) => neg(mul(g, square(y))));
/** sin x. */
export const sin = unary("sin", onGpu("Sin", sine), (g, x) => mul(g, cos(x)));
/** cos x. */
export const cos = unary("cos", onGpu("Cos", cosine), (g, x) => neg(mul(g, sin(x))));
/** tan x. */
export const tan = unary(
  "tan",
  onGpu("Tan", (w, x) => w.node("Div", [sine(w, x), cosine(w, x)])),
  (g, _, y) => mul(g, add(square(y), 1)),
);
/** arctan x. */
export const atan = unary("atan", "Atan", (g, x) => div(g, add(square(x), 1)));
/** tanh x. */
export const tanh = unary("tanh", "Tanh", (g, _, y) => mul(g, sub(1, square(y))));
/** 1/(1 + e⁻ˣ). */
export const sigmoid = unary("sigmoid", "Sigmoid", (g, _, y) => mul(g, mul(y, sub(1, y))));
/** erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = unary("erf", "Erf", (g, x) => mul(g, mul(2 / Math.sqrt(Math.PI), exp(neg(square(x))))));
/** Largest integer ≤ x; derivative 0. */
export const floor = unary("floor", "Floor", none);
/** Smallest integer ≥ x; derivative 0. */
export const ceil = unary("ceil", "Ceil", none);
/** Nearest integer, halves to even as in NumPy; derivative 0. */
export const round = unary("round", "Round", none);

/** eˣ − 1, exact near 0: (eˣ + 1) · tanh(x/2). */
export function expm1(x: Tensor): Tensor {
  return mul(add(exp(x), 1), tanh(mul(x, 0.5)));
}

/** log(1 + x), exact near 0: log(u) · x/(u − 1) with u = 1 + x (Higham 2002, section 1.14.1). */
export const log1p = unary(
  "log1p",
  (w, x) => {
    const one = w.scalar(1, "float32");
    const u = w.node("Add", [x, one]);
    const delta = w.node("Sub", [u, one]);
    // Where u − 1 is 0 the answer is x itself, and where it is infinite it is log u: both come from a ratio of 1.
    const usable = w.node("Less", [w.node("Abs", [delta]), w.scalar(3e38, "float32")]);
    const zero = w.node("Equal", [delta, w.scalar(0, "float32")]);
    const safe = w.node("Where", [zero, one, delta]);
    const ratio = w.node("Where", [usable, w.node("Div", [x, safe]), one]);
    return w.node("Where", [zero, x, w.node("Mul", [w.node("Log", [u]), ratio])]);
  },
  (g, x) => div(g, add(x, 1)),
);

/** log(1 + eˣ), stable for any x; derivative sigmoid(x). */
export const softplus = unary(
  "softplus",
  // max(x, 0) − log σ(|x|): ONNX Runtime's own Softplus is three times slower on the CPU (docs/engine.md).
  (w, x) => w.node("Sub", [w.node("Relu", [x]), w.node("Log", [w.node("Sigmoid", [w.node("Abs", [x])])])]),
  (g, x) => mul(g, sigmoid(x)),
);

/** max(x, 0); derivative 0 at 0. */
export const relu = unary("relu", "Relu", (g, _, y) => mul(g, step(y)));
