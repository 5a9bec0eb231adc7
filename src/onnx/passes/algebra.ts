import type { ConstantAttributes } from "../../tensor/index.ts";
import {
  type Attributes,
  add,
  broadcastShapes,
  cast,
  constant,
  expand,
  mul,
  neg,
  permute,
  reshape,
  type Shape,
  sameShape,
  scalarValue,
  sizeOf,
  sub,
  Tensor,
} from "../../tensor/index.ts";
import { broadcasting } from "../elementwise.ts";
import { type Rule, withInputs } from "../rewrite.ts";

type Rules = {
  readonly [op: string]: (t: Tensor, inputs: Operands, attrs: Attributes) => Tensor | undefined;
};

/** Rules know how many inputs their operation has. */
type Operands = readonly [Tensor, Tensor];

const fold: { readonly [op: string]: (...values: number[]) => number } = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  neg: (a) => -a,
  sqrt: Math.sqrt,
  exp: Math.exp,
  log: Math.log,
  square: (a) => a * a,
};

const is = (t: Tensor, name: string): boolean => t.op.name === name;

/** The same value in the shape that `t` has, where a rule drops an operation that also broadcast. */
const shaped = (x: Tensor, t: Tensor): Tensor => expand(x, t.shape);

const rules: Rules = {
  stopGradient: (_, [x]) => x,
  assigned: (_, [x]) => x,
  // Derivatives have been taken by now: what only they needed is dead.
  customGradient: (_, [value]) => value,
  straightThrough: (_, [value]) => value,
  reshape(t, [x]) {
    if (sameShape(x.shape, t.shape)) return x;
    if (is(x, "reshape")) return reshape(x.inputs[0]!, t.shape);
    if (is(x, "constant")) {
      const { data, dtype } = x.attrs as ConstantAttributes;
      return constant(data, t.shape, dtype);
    }
    return undefined;
  },
  permute(t, [x], { perm }) {
    const order = perm as Shape;
    if (is(x, "permute"))
      return permute(
        x.inputs[0]!,
        order.map((axis) => (x.attrs["perm"] as Shape)[axis]!),
      );
    const moving = order.filter((axis) => x.shape[axis] !== 1);
    return moving.every((axis, i) => i === 0 || moving[i - 1]! < axis) ? reshape(x, t.shape) : undefined;
  },
  expand(t, [x]) {
    if (sameShape(x.shape, t.shape)) return x;
    return is(x, "expand") ? expand(x.inputs[0]!, t.shape) : undefined;
  },
  cast(t, [x]) {
    return is(x, "cast") && x.dtype !== "bool" && x.inputs[0]!.dtype === t.dtype && t.dtype === "bool"
      ? cast(x.inputs[0]!, t.dtype)
      : undefined;
  },
  neg(t, [x]) {
    if (is(x, "neg")) return x.inputs[0];
    if (is(x, "sub")) return sub(x.inputs[1]!, x.inputs[0]!);
    return is(x, "mul") && scalarValue(x.inputs[1]!) !== undefined
      ? shaped(mul(x.inputs[0]!, -scalarValue(x.inputs[1]!)!), t)
      : undefined;
  },
  add(t, [a, b]) {
    if (scalarValue(a) === 0) return shaped(b, t);
    if (scalarValue(b) === 0) return shaped(a, t);
    if (is(b, "neg")) return sub(a, b.inputs[0]!);
    if (is(a, "neg")) return sub(b, a.inputs[0]!);
    return addedInto(t, a, b) ?? addedInto(t, b, a);
  },
  sub(t, [a, b]) {
    if (scalarValue(b) === 0) return shaped(a, t);
    if (scalarValue(a) === 0) return shaped(neg(b), t);
    return is(b, "neg") ? add(a, b.inputs[0]!) : undefined;
  },
  mul(t, [a, b]) {
    // Constants go right, so that each rule needs one form.
    if (scalarValue(a) !== undefined && scalarValue(b) === undefined) return multiply(t, b, a);
    if (scalarValue(b) !== undefined) return multiply(t, a, b);
    if (is(a, "neg") && is(b, "neg")) return mul(a.inputs[0]!, b.inputs[0]!);
    return undefined;
  },
  div(t, [a, b]) {
    const by = scalarValue(b);
    return by !== undefined && t.dtype === "float32" && isNormal(1 / by)
      ? multiply(t, a, constant(1 / by))
      : undefined;
  },
  sum(t, [x], { axes }) {
    if (!is(x, "expand")) return undefined;
    // Σ over repeated elements is the element times their number.
    const from = x.inputs[0]!;
    const lead = x.rank - from.rank;
    const list = axes as Shape;
    const repeated = list.every(
      (axis) => axis < lead || (from.shape[axis - lead] === 1 && x.shape[axis] !== 1),
    );
    if (!repeated || t.dtype !== "float32") return undefined;
    const count = sizeOf(list.map((axis) => x.shape[axis]!));
    return expand(mul(from, count), t.shape);
  },
};

/** y + (zeros with some elements added) is y with these added. */
function addedInto(t: Tensor, scattered: Tensor, y: Tensor): Tensor | undefined {
  if (!is(scattered, "scatterAdd") || !sameShape(y.shape, t.shape)) return undefined;
  const [base, indices, source] = scattered.inputs as [Tensor, Tensor, Tensor];
  const zero = scalarValue(is(base, "expand") ? base.inputs[0]! : base) === 0;
  return zero && sameShape(scattered.shape, t.shape)
    ? withInputs(scattered, [y, indices, source])
    : undefined;
}

/** Whether float32 holds a factor to its full precision: x·10³⁰·10³⁰ is finite for a small x, x·∞ is not. */
const isNormal = (factor: number): boolean => Math.abs(factor) >= 2 ** -126 && Math.abs(factor) < 2 ** 127;

function multiply(t: Tensor, x: Tensor, c: Tensor): Tensor | undefined {
  const value = scalarValue(c)!;
  if (value === 1) return shaped(x, t);
  if (t.dtype !== "float32") return undefined;
  if (value === -1) return shaped(neg(x), t);
  if (is(x, "neg")) return shaped(mul(x.inputs[0]!, -value), t);
  const product = is(x, "mul") ? (scalarValue(x.inputs[1]!) ?? 0) * value : 0;
  if (isNormal(product)) return shaped(mul(x.inputs[0]!, product), t);
  return x === t.inputs[0] ? undefined : shaped(mul(x, c), t);
}

/** Drops `expand`s before an operation that broadcasts anyway and gives the same shape without them. */
function withoutExpands(t: Tensor): Tensor | undefined {
  if (!broadcasting.has(t.op.name) || !t.inputs.some((x) => is(x, "expand"))) return undefined;
  const bare = t.inputs.map((x) => (is(x, "expand") ? x.inputs[0]! : x));
  const shapeOf = (inputs: readonly Tensor[]): Shape =>
    inputs.reduce<Shape>((shape, x) => broadcastShapes(shape, x.shape)!, []);
  if (sameShape(shapeOf(bare), t.shape)) return withInputs(t, bare);
  for (let i = 0; i < bare.length; i++) {
    const some = t.inputs.map((x, k) => (k === i ? bare[k]! : x));
    if (some[i] !== t.inputs[i] && sameShape(shapeOf(some), t.shape)) return withInputs(t, some);
  }
  // All inputs are repeated: compute once on the small shape and repeat the result.
  const small = shapeOf(bare);
  return expand(withInputsOf(t, bare, small), t.shape);
}

function withInputsOf(t: Tensor, inputs: readonly Tensor[], shape: Shape): Tensor {
  return new Tensor(t.op, inputs, t.attrs, { shape, dtype: t.dtype }, t.scope);
}

function folded(t: Tensor): Tensor | undefined {
  const compute = fold[t.op.name];
  if (!compute || t.dtype !== "float32" || t.inputs.length === 0) return undefined;
  const values = t.inputs.map(scalarValue);
  if (values.some((v) => v === undefined)) return undefined;
  return constant(
    Math.fround(compute(...(values as number[]))),
    t.inputs.every((x) => x.rank === 0) ? [] : t.shape,
  );
}

/** Algebraic simplification: constants, neutral elements, signs, reshapes of reshapes, repeats before broadcasts. */
export const algebra: Rule = (t) => {
  let current = t;
  for (let turn = 0; turn < 8; turn++) {
    const next =
      folded(current) ??
      withoutExpands(current) ??
      rules[current.op.name]?.(current, current.inputs as unknown as Operands, current.attrs);
    if (!next || next === current) return current === t ? undefined : current;
    current = next;
  }
  return current;
};
