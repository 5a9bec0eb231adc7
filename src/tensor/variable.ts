import type { DType } from "./dtype.ts";
import { UserError } from "./errors.ts";
import { formatShape, type Shape, sameShape } from "./shape.ts";
import type { Op, Tensor } from "./tensor.ts";
import { apply, currentTrace, type Variable } from "./trace.ts";

type VariableAttributes = { name: string; shape: Shape; dtype: DType };

/** The value of a variable at the start of a call: an input of the graph that the runtime fills from its buffers. */
const variableOp: Op<VariableAttributes> = {
  name: "variable",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  onnx(_, __, y) {
    throw new Error(`the variable ${y.attrs["name"]} was not bound to a graph input`);
  },
};

/** An argument of the traced function: an input of the graph. */
const inputOp: Op<{ name: string; shape: Shape; dtype: DType }> = {
  name: "input",
  infer: (_, { shape, dtype }) => ({ shape, dtype }),
  onnx(_, __, y) {
    throw new Error(`the input ${y.attrs["name"]} was not bound to a graph input`);
  },
};

/** A tensor for an argument of a traced function. */
export function inputTensor(name: string, shape: Shape, dtype: DType): Tensor {
  return apply(inputOp, [], { name, shape, dtype });
}

/** The current value of a variable in this trace: what was last assigned to it, or its value when the call began. */
export function read(variable: Variable): Tensor {
  const trace = currentTrace(`reading ${variable.name}`);
  const substitute = trace.substitutes.at(-1)?.(variable);
  if (substitute) return substitute;
  const assigned = trace.assigns.get(variable);
  if (assigned) return assigned;
  const known = trace.reads.get(variable);
  if (known) return known;
  const { name, shape, dtype } = variable;
  const leaf = apply(variableOp, [], { name, shape, dtype });
  trace.reads.set(variable, leaf);
  return leaf;
}

/**
 * Gives a variable a new value from this call on. Later reads in the same call see it, cut off from the formula that
 * made it: a second player differentiates with respect to the updated parameters, not through the update.
 */
export function assign(variable: Variable, value: Tensor): void {
  const trace = currentTrace(`assigning ${variable.name}`);
  if (!sameShape(value.shape, variable.shape) || value.dtype !== variable.dtype) {
    throw new UserError(
      `assign: ${variable.name} is ${variable.dtype}${formatShape(variable.shape)}, got ${value.dtype}${formatShape(value.shape)}; assign a value of the same shape and type.`,
    );
  }
  trace.assigns.set(variable, stopGradientLeaf(value));
}

/** A fresh node even where `value` is one already: each assignment is a leaf of its own. */
function stopGradientLeaf(value: Tensor): Tensor {
  return apply(assignedOp, [value], {});
}

const assignedOp: Op<Record<string, never>> = {
  name: "assigned",
  infer: ([x]) => ({ shape: x!.shape, dtype: x!.dtype }),
  onnx: (_, [x]) => x!,
};
