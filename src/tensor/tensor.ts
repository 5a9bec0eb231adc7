import type { DType, TypedArray } from "./dtype.ts";
import { UserError } from "./errors.ts";
import { formatShape, type Shape, sizeOf } from "./shape.ts";

/** What an attribute of an operation may hold; plain data, so graphs can be compared and printed. */
export type AttributeValue = number | string | boolean | readonly number[] | TypedArray | object | undefined;
export type Attributes = { readonly [key: string]: AttributeValue };

/** Shape and element type of a result. */
export interface Spec {
  readonly shape: Shape;
  readonly dtype: DType;
}

/**
 * Writes ONNX nodes; an operation's `onnx` calls it. Names are strings of the graph under construction.
 * `ints` and `target` take a function of the tensor so that an export can see how the numbers depend on the batch size.
 */
export interface Emitter {
  readonly device: "cpu" | "gpu";
  /**
   * Adds a node and returns its output's name; where it has several `outputs`, the first one's: the others end in _1, _2, …
   */
  node(opType: string, inputs: readonly string[], attributes?: NodeAttributes, options?: NodeOptions): string;
  /** A scalar initializer. */
  scalar(value: number, dtype: DType): string;
  /** A constant 1-D int64 input, such as the `axes` of ReduceSum. */
  constantInts(values: readonly number[]): string;
  /** A 1-D int64 input computed from `y` (for example ends of a slice); follows a symbolic batch size. */
  ints(y: Tensor, of: (y: Tensor) => readonly number[]): string;
  /** The shape of `y` as a Reshape target; one unknown axis becomes −1. */
  target(y: Tensor): string;
  /** An initializer with the given elements. */
  constant(data: TypedArray, shape: Shape, dtype: DType): string;
}
export interface NodeOptions {
  /** Default 1. */
  readonly outputs?: number;
  /** Default: ONNX's own operations. */
  readonly domain?: "com.microsoft" | "com.microsoft.nchwc";
}
export type NodeAttributes = {
  readonly [key: string]: number | string | readonly number[] | { float: number };
};

/** Everything known of one use of an operation while its derivative is written. */
export interface Call<A> {
  readonly g: Tensor; // ∂loss/∂y, of y's shape
  readonly y: Tensor;
  readonly inputs: readonly Tensor[];
  readonly attrs: A;
}

/**
 * An operation: its shapes, its derivative and its ONNX form, in one place.
 * Methods (not function properties) so that an `Op<A>` is an `Op` whatever its attributes.
 */
export interface Op<A extends Attributes = Attributes> {
  readonly name: string;
  /** Shape and type of the result. Throws a UserError where the inputs do not fit. */
  infer(inputs: readonly Tensor[], attrs: A): Spec;
  /** Vector-Jacobian product: for each input ∂loss/∂input, or null where there is none. */
  vjp?(call: Call<A>): readonly (Tensor | null)[];
  /** Writes the operation and returns the name of its output. */
  onnx(w: Emitter, inputs: readonly string[], y: Tensor, attrs: A): string;
}

/**
 * A symbolic tensor: one node of a graph. It has a shape and a type but no numbers; `compile` turns the graph into
 * ONNX and runs it. The operations are methods too (methods.ts): `x.mul(2).sum()`.
 */
export class Tensor {
  readonly op: Op;
  readonly inputs: readonly Tensor[];
  readonly attrs: Attributes;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Where in the networks it was made, such as `G/dense_1`; empty outside. */
  readonly scope: string;

  constructor(op: Op, inputs: readonly Tensor[], attrs: Attributes, spec: Spec, scope: string) {
    this.op = op;
    this.inputs = inputs;
    this.attrs = attrs;
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.scope = scope;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  toString(): string {
    return `${this.op.name}${formatShape(this.shape)}:${this.dtype}`;
  }

  /** A tensor has no numbers while it is traced; `x > 0` and `` `${x * 2}` `` are mistakes we can name. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === "string") return this.toString();
    throw new UserError(
      `${this}: a symbolic tensor has no value in JavaScript arithmetic; use its methods (x.add(y), x.greater(0)) instead.`,
    );
  }
}
