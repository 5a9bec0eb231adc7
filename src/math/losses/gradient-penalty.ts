import {
  add,
  formatShape,
  grad,
  mean,
  mul,
  relu,
  reshape,
  sameShape,
  square,
  sub,
  sum,
  type Tensor,
  UserError,
  uniform,
} from "../../tensor/index.ts";
import { perExample, perExampleNorm } from "../per-example.ts";

/** A critic or discriminator: one number (or one for each patch) per example. */
export type Critic = (x: Tensor) => Tensor;

/** Σ critic's outputs differentiated by the examples x [n, …]: each example's own gradient, as critics treat them apart. */
export function inputGradient(critic: Critic, x: Tensor): Tensor {
  return grad(sum(critic(x)), [x])[0]!;
}

/**
 * Gradient penalty of WGAN-GP (Gulrajani et al. 2017, eq. 3) without its λ (10 in the paper):
 *   E[(‖∇D(x̂)‖₂ − 1)²],  x̂ = εx + (1−ε)G(z),  ε ~ U[0, 1] for each example
 * `target` is the norm asked for (1); `oneSided` leaves smaller norms alone, max(0, ‖∇‖ − target)².
 * A critic with batch normalisation mixes the examples and makes the penalty meaningless.
 */
export function gradientPenalty(
  critic: Critic,
  real: Tensor,
  fake: Tensor,
  { target = 1, oneSided = false }: { target?: number; oneSided?: boolean } = {},
): Tensor {
  if (!sameShape(real.shape, fake.shape)) {
    throw new UserError(
      `gradientPenalty: got real ${formatShape(real.shape)} and fake ${formatShape(fake.shape)}, expected one shape; generate as many examples as there are data.`,
    );
  }
  const epsilon = reshape(uniform([real.shape[0]!]), [-1, ...real.shape.slice(1).map(() => 1)]);
  const between = add(fake, mul(epsilon, sub(real, fake)));
  const excess = sub(perExampleNorm(inputGradient(critic, between)), target);
  return mean(square(oneSided ? relu(excess) : excess));
}

/** R₁ penalty on data without its γ: ½E[‖∇D(x)‖²] (Mescheder et al. 2018, eq. 9). */
export function r1Penalty(critic: Critic, real: Tensor): Tensor {
  return mul(mean(perExample(square(inputGradient(critic, real)))), 0.5);
}

/** R₂ penalty on generated samples without its γ: ½E[‖∇D(G(z))‖²] (Mescheder et al. 2018, eq. 10). */
export function r2Penalty(critic: Critic, fake: Tensor): Tensor {
  return r1Penalty(critic, fake);
}
