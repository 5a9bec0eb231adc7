import {
  add,
  assign,
  constant,
  formatShape,
  read,
  type Shape,
  sameShape,
  sizeOf,
  sub,
  type Tensor,
  type TensorLike,
  UserError,
  type Variable,
} from "../tensor/index.ts";
import type { Schedule } from "./schedules.ts";

/**
 * A rule that moves parameters along their gradients. It runs inside a trace: `update` reads and assigns the parameters
 * and its own state, so the whole step is one graph. Keep one optimiser object for every trace of the same model: it
 * owns the state variables, named `adam/G/dense_1/weight/m` (the optimiser's name, the parameter's name, the slot).
 */
export interface Optimizer {
  readonly name: string;
  /** Assigns new values to `parameters`, given ∂loss/∂parameter in the same order. */
  update(parameters: readonly Variable[], gradients: readonly Tensor[]): void;
}

/** Options that every optimiser takes. */
export type OptimizerOptions = {
  /** Learning rate: a number, or a schedule of the number of updates already made. */
  lr: number | Schedule;
  /** First part of the names of its state. Two optimisers of the same kind on one network need two names. */
  name?: string;
};

/** A named piece of state of one parameter: of its shape, `initial` everywhere at first. */
export type Slot = (name: string, initial?: number) => Variable;

/** What makes an optimiser: scalars computed once per step, and the rule applied to each parameter. */
export type OptimizerRule<S> = OptimizerOptions & {
  name: string;
  /** Whether the rule needs the count of updates even where the learning rate is a number. */
  counts: boolean;
  /** Scalars of this step, from the learning rate and t = 1, 2, … (undefined where nothing counts). */
  scalars(lr: TensorLike, t: Tensor | undefined): S;
  /** The new value of one parameter. Assigns its own slots. */
  step(theta: Tensor, gradient: Tensor, slot: Slot, scalars: S): Tensor;
};

/** Turns a rule into an optimiser that owns its state variables. */
export function defineOptimizer<S>(rule: OptimizerRule<S>): Optimizer {
  const slots = new Map<Variable, Map<string, Variable>>();
  const counters = new Map<string, Variable>();
  const slotsOf = (parameter: Variable): Slot => {
    const own = slots.get(parameter) ?? new Map<string, Variable>();
    slots.set(parameter, own);
    return (name, initial = 0) => {
      const slot =
        own.get(name) ?? stateVariable(`${rule.name}/${parameter.name}/${name}`, parameter.shape, initial);
      own.set(name, slot);
      return slot;
    };
  };
  return {
    name: rule.name,
    update(parameters, gradients) {
      checkGradients(rule.name, parameters, gradients);
      const t =
        rule.counts || typeof rule.lr === "function" ? count(counters, rule.name, parameters) : undefined;
      const lr = typeof rule.lr === "function" ? rule.lr(sub(t!, 1)) : rule.lr;
      const scalars = rule.scalars(lr, t);
      parameters.forEach((parameter, i) => {
        assign(parameter, rule.step(read(parameter), gradients[i]!, slotsOf(parameter), scalars));
      });
    },
  };
}

/** State that is `initial` everywhere at first and is not trained. */
export function stateVariable(name: string, shape: Shape, initial = 0): Variable {
  const init = (dims: Shape): Float32Array => new Float32Array(sizeOf(dims)).fill(initial);
  return { name, shape, dtype: "float32", trainable: false, init, initFresh: true };
}

/**
 * Counts one more update of these parameters and returns the count, 1 at the first. The count belongs to the networks
 * that the parameters are of (`adam/G/step`), so one optimiser may serve several.
 */
function count(counters: Map<string, Variable>, name: string, parameters: readonly Variable[]): Tensor {
  const networks = networksOf(parameters);
  // float32 counts exactly up to 16.7 million and needs no cast in the formulas that use it.
  const counter = counters.get(networks) ?? stateVariable(`${name}/${networks}/step`, []);
  counters.set(networks, counter);
  const t = add(read(counter), constant(1));
  assign(counter, t);
  return t;
}

/** Names of the networks that own the parameters, such as `G` or `E+G`. */
export function networksOf(parameters: readonly Variable[]): string {
  return [...new Set(parameters.map((p) => p.name.split("/")[0]!))].join("+");
}

function checkGradients(name: string, parameters: readonly Variable[], gradients: readonly Tensor[]): void {
  if (parameters.length === 0) {
    throw new UserError(
      `${name}: there is no parameter to update; call the network once in this trace before the optimiser, so that it has parameters.`,
    );
  }
  if (parameters.length !== gradients.length) {
    throw new UserError(
      `${name}: got ${parameters.length} parameters and ${gradients.length} gradients; give one gradient for each parameter.`,
    );
  }
  parameters.forEach((p, i) => {
    const g = gradients[i]!;
    if (!sameShape(p.shape, g.shape) || g.dtype !== "float32" || p.dtype !== "float32") {
      throw new UserError(
        `${name}: ${p.name} is ${p.dtype}${formatShape(p.shape)} and its gradient ${g.dtype}${formatShape(g.shape)}, expected two float32 tensors of one shape; give the gradients in the order of the parameters.`,
      );
    }
  });
}

/** Throws where an option is outside its range. `range` is how the message shows it, such as "0 ≤ beta1 < 1". */
export function checkOption(
  optimizer: string,
  option: string,
  value: number,
  ok: boolean,
  range: string,
): void {
  if (!ok) throw new UserError(`${optimizer}: ${option} is ${value}, expected ${range}.`);
}
