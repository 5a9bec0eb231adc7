/** Gibbs sampling. Geman & Geman 1984, "Stochastic relaxation, Gibbs distributions, and the Bayesian restoration of images". */
import { concat, formatShape, stopGradient, type Tensor, UserError } from "../../tensor/index.ts";

/** A draw of z_j given all other coordinates: z [n, d] → [n, 1]; it must not look at column j. */
export type Conditional = (z: Tensor) => Tensor;

/**
 * One sweep over the d coordinates of n chains, z [n, d]: z_j ~ π(z_j | z₁ … z_{j−1}, z_{j+1} … z_d), j = 1 … d, each with what
 * was drawn before it. Leaves π invariant. Throws (UserError) unless there is one conditional for each coordinate.
 */
export function gibbsSweep(conditionals: readonly Conditional[], z: Tensor): Tensor {
  if (z.rank !== 2 || z.shape[1] !== conditionals.length) {
    throw new UserError(
      `gibbsSweep: got z ${formatShape(z.shape)} and ${conditionals.length} conditionals, expected chains [n, d] and one for each of the d coordinates.`,
    );
  }
  let columns: readonly Tensor[] = z.split(conditionals.length, 1);
  conditionals.forEach((draw, j) => {
    columns = columns.with(j, draw(concat(columns, 1)));
  });
  return stopGradient(concat(columns, 1));
}
