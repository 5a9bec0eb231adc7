import {
  asTensor,
  broadcastShapes,
  expand,
  formatShape,
  type Shape,
  type Tensor,
  type TensorLike,
  UserError,
} from "../../tensor/index.ts";

/**
 * A probability distribution over tensors: a plain object of formulas.
 *
 * `shape` is the shape of one draw. `logProb(x)` returns one number (nats) per random variable that is drawn as a whole:
 * for the elementwise families (normal, Bernoulli, uniform, Laplace, logistic) that is one per element of x, for
 * categories, mixtures and Gumbel-softmax one per vector, for the discretised logistic mixture one per pixel. Nothing is
 * summed over examples or elements: `perExample(p.logProb(x))` is the log density of each example of a batch.
 * `entropy`, `mean` and `variance` follow the same rule and are there where a closed form is known.
 */
export interface Distribution<Kind extends string = string> {
  readonly kind: Kind;
  readonly shape: Shape;
  /** New draws, of shape [...count, ...shape], that no gradient goes through. */
  sample(count?: Shape): Tensor;
  /** New draws as a differentiable function of the parameters (reparametrised), where there is one. */
  rsample?(count?: Shape): Tensor;
  logProb(x: Tensor): Tensor;
  entropy?(): Tensor;
  readonly mean?: Tensor;
  readonly variance?: Tensor;
}

/** Broadcasts the parameters of a distribution together, and to `shape` where it is given. */
export function broadcastParameters(
  what: string,
  parameters: readonly TensorLike[],
  shape: Shape = [],
): { shape: Shape; values: Tensor[] } {
  const tensors = parameters.map((p) => asTensor(p));
  const all = tensors.reduce<Shape>((known, t) => {
    const joined = broadcastShapes(known, t.shape);
    if (!joined) {
      throw new UserError(
        `${what}: its parameters have shapes ${tensors.map((p) => formatShape(p.shape)).join(" and ")}, which do not broadcast with ${formatShape(known)}; give tensors of one shape.`,
      );
    }
    return joined;
  }, shape);
  return { shape: all, values: tensors.map((t) => expand(t, all)) };
}
