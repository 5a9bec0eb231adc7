import { grad, read, type Tensor, type Variable } from "../tensor/index.ts";
import { clipByGlobalNorm, clipByValue } from "./clip.ts";
import type { Optimizer } from "./optimizer.ts";

/** Something with parameters: a network, or anything that lists variables whose names start with its own ("G/…"). */
export interface Trainable {
  readonly name: string;
  variables(): readonly Variable[];
}

/** What is trained: a network, several, or a list of variables. */
export type Target = Trainable | readonly (Trainable | Variable)[];

export type MinimizeOptions = {
  /** Limit on the gradients: `{ norm }` their global norm, `{ value }` each element; both in this order. */
  clip?: { norm?: number; value?: number };
  /** What to do with a parameter on which the loss does not depend: an error (default), or a gradient of zeros. */
  unused?: "error" | "zero";
};

/** The parts of a target. */
export function targetsOf(target: Target): readonly (Trainable | Variable)[] {
  return "variables" in target ? [target] : target;
}

/** The variables of a target that a gradient trains, each once. */
export function trainableVariables(target: Target): Variable[] {
  const all = targetsOf(target).flatMap((x) => ("variables" in x ? x.variables() : [x]));
  return [...new Set(all)].filter((v) => v.trainable);
}

/**
 * One step of `optimizer` on the parameters of `target` along −∂loss/∂θ. Call it in the trace that computed the loss,
 * before anything else assigns these parameters. Returns the gradients, clipped, in the order of the parameters.
 * Throws where the loss does not depend on one of the parameters.
 */
export function minimize(
  loss: Tensor,
  target: Target,
  optimizer: Optimizer,
  { clip = {}, unused = "error" }: MinimizeOptions = {},
): Tensor[] {
  const parameters = trainableVariables(target);
  let gradients = grad(loss, parameters.map(read), { unused });
  if (clip.norm !== undefined) gradients = clipByGlobalNorm(gradients, clip.norm);
  if (clip.value !== undefined) gradients = clipByValue(gradients, clip.value);
  optimizer.update(parameters, gradients);
  return gradients;
}
