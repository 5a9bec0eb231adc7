/** Invertible maps that know how they change volumes: what flows are made of. */
import { constant, type Shape, type Tensor } from "../../tensor/index.ts";
import { type Network, network } from "../network.ts";
import { scope } from "../scope.ts";

export interface Mapped {
  readonly z: Tensor;
  /** log|det ∂z/∂x|, nats: [N], or [] where it is the same for all examples. */
  readonly logDet: Tensor;
}

export interface ForwardOptions {
  /** Whether layers that start from data (actnorm) are to take their parameters from x. Default false. */
  readonly initialize?: boolean;
}

/** An invertible map z = f(x) of examples [N, …]. Its layers belong to the network or scope in which it is called. */
export interface Bijection {
  forward(x: Tensor, options?: ForwardOptions): Mapped;
  /** x = f⁻¹(z). */
  inverse(z: Tensor): Tensor;
  /** Shape of one z for x of this shape. Default: the same. */
  outputShape?(shape: Shape): Shape;
}

/** log|det| of a map that keeps volumes. */
export const noVolumeChange = (): Tensor => constant(0);

/** Shape of one z for x of this shape. */
export const shapeAfter = (part: Bijection, shape: Shape): Shape => part.outputShape?.(shape) ?? shape;

/**
 * f = fₖ ∘ … ∘ f₁ with log|det ∂f/∂x| = Σ log|det ∂fᵢ/∂fᵢ₋₁|. Each part has a scope of its own, `step1` …, so that both
 * directions find the same parameters.
 */
export function chain(parts: readonly Bijection[]): Bijection {
  const name = (i: number): string => `step${i + 1}`;
  return {
    forward(x, options) {
      let [z, logDet] = [x, noVolumeChange()];
      parts.forEach((part, i) => {
        const next = scope(name(i), () => part.forward(z, options));
        z = next.z;
        logDet = logDet.add(next.logDet);
      });
      return { z, logDet };
    },
    inverse: (z) => parts.reduceRight((x, part, i) => scope(name(i), () => part.inverse(x)), z),
    outputShape: (shape) => parts.reduce((known, part) => shapeAfter(part, known), shape),
  };
}

/** A bijection with parameters. */
export interface Flow extends Bijection {
  /** Owner of the parameters: what an optimiser trains. */
  readonly network: Network<[Tensor, Direction], Mapped>;
}

type Direction = "forward" | "inverse" | "initialize";

/** A network whose layers are those of a bijection: both directions share its parameters. */
export function flow(name: string, bijection: Bijection): Flow {
  const both = network(name, (x: Tensor, direction: Direction): Mapped => {
    if (direction === "inverse") return { z: bijection.inverse(x), logDet: noVolumeChange() };
    return bijection.forward(x, { initialize: direction === "initialize" });
  });
  return {
    network: both,
    forward: (x, { initialize = false } = {}) => both(x, initialize ? "initialize" : "forward"),
    inverse: (z) => both(z, "inverse").z,
    outputShape: (shape) => shapeAfter(bijection, shape),
  };
}
