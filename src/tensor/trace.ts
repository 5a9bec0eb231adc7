import type { DType, TypedArray } from "./dtype.ts";
import { UserError } from "./errors.ts";
import type { LayerFrame, StreamingPass } from "./layer-frame.ts";
import type { RandomStream } from "./random/stream.ts";
import { formatShape, type Shape } from "./shape.ts";
import { type Attributes, type Op, Tensor } from "./tensor.ts";

/** Named numbers that outlive a call: a parameter, a moment, a running statistic. The runtime holds its buffer. */
export interface Variable {
  readonly name: string; // "G/dense_1/weight"
  readonly shape: Shape;
  readonly dtype: DType;
  readonly trainable: boolean;
  /** First value, computed on the host from numbers keyed by the seed and the name (or `initAs`). */
  init(shape: Shape, random: RandomStream): TypedArray;
  /** Name of the variable whose first value this one shares: an average starts where its parameter starts. */
  readonly initAs?: string;
  /** `init` makes a new array in each call, which the engine may take for itself. */
  readonly initFresh?: boolean;
}

/** What one call of a traced function has met so far. */
export interface Trace {
  readonly name: string;
  /** Whether layers such as batch norm and dropout train; undefined: the caller did not say. */
  training: boolean | undefined;
  /** Variables read, with the leaf that stands for their value at the start of the call. */
  readonly reads: Map<Variable, Tensor>;
  /** Latest value assigned to a variable in this call. */
  readonly assigns: Map<Variable, Tensor>;
  /** What reads return instead of a variable's value, innermost last: averaged parameters, for example. */
  readonly substitutes: ((variable: Variable) => Tensor | undefined)[];
  /** Random sources, in the order they were made: the order is part of their key. */
  readonly randoms: Tensor[];
  /** Path of the networks and layers we are inside. */
  readonly scopes: string[];
  /** Where layers find their parameters, innermost last; empty outside networks. */
  readonly layers: LayerFrame[];
  /** Where in a picture networks are evaluated, while they are evaluated part by part; nn/ sets and reads it. */
  streaming?: StreamingPass | undefined;
}

/** A trace that has met nothing yet. */
export function newTrace(name: string, training?: boolean): Trace {
  return {
    name,
    training,
    reads: new Map(),
    assigns: new Map(),
    substitutes: [],
    randoms: [],
    scopes: [],
    layers: [],
  };
}

// The one mutable module variable of Imago: tracing is synchronous, so a stack (trace inside trace) is enough, and it
// is what lets a model file say `normal([n, d])` instead of passing a context through every formula.
const active: Trace[] = [];

/** Runs `body` with `trace` receiving every variable, assignment and random source. */
export function withTrace<T>(trace: Trace, body: () => T): T {
  active.push(trace);
  try {
    return body();
  } finally {
    active.pop();
  }
}

/** The trace in progress. Throws where there is none. */
export function currentTrace(what: string): Trace {
  const trace = active.at(-1);
  if (!trace) {
    throw new UserError(
      `${what} was called outside a traced function; call it inside the function given to compile().`,
    );
  }
  return trace;
}

/** The trace in progress, or undefined: operations on constants need none. */
export function activeTrace(): Trace | undefined {
  return active.at(-1);
}

/**
 * Runs `body` with `name` appended to the scope that error messages and parameters carry. A UserError leaves it with the
 * scope at the end of its sentence, unless it names a place in that network itself.
 */
export function withScope<T>(name: string, body: () => T): T {
  const trace = currentTrace(name);
  trace.scopes.push(name);
  try {
    return body();
  } catch (error) {
    if (!(error instanceof UserError) || error.message.includes(`${trace.scopes[0]}/`)) throw error;
    throw new UserError(`${error.message.replace(/\.$/, "")}${inScope()}.`, { cause: error });
  } finally {
    trace.scopes.pop();
  }
}

/** The current scope, such as `G/dense_1`; empty outside networks. */
export function currentScope(): string {
  return activeTrace()?.scopes.join("/") ?? "";
}

/** ` (in G/dense_1)` for error messages, or nothing outside networks. */
export function inScope(scope: string = currentScope()): string {
  return scope === "" ? "" : ` (in ${scope})`;
}

/** Makes the tensor that `op` computes from `inputs`. Every operation goes through here. */
export function apply<A extends Attributes>(op: Op<A>, inputs: readonly Tensor[], attrs: A): Tensor {
  const spec = op.infer(inputs, attrs);
  if (!spec.shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new UserError(
      `${op.name}: the result would have the shape ${formatShape(spec.shape)}, expected whole numbers of at least 0; check the sizes that were given.`,
    );
  }
  return new Tensor(op, inputs, attrs, spec, currentScope());
}
