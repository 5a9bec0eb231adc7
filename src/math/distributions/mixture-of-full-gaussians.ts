import {
  add,
  categorical,
  expand,
  formatShape,
  gather,
  log,
  logSoftmax,
  logsumexp,
  matmul,
  mul,
  normal,
  type Shape,
  square,
  squeeze,
  sub,
  sum,
  type Tensor,
  transpose,
  UserError,
  unsqueeze,
} from "../../tensor/index.ts";
import type { Distribution } from "./distribution.ts";

export interface FullGaussians {
  /** Unnormalised log πₖ, [K], or [..., K] of each draw its own. */
  readonly logits: Tensor;
  readonly mean: Tensor; // [K, D]
  /** Wₖ with orthogonal rows, [K, D, D]: (x − μ)·Wᵀ is white. */
  readonly whitening: Tensor;
  /** Cₖ with Σₖ = CᵀC, [K, D, D]: a draw is μ + ε·C. */
  readonly coloring: Tensor;
}

/** What `mixtureOfFullGaussians` makes. */
export interface MixtureOfFullGaussians extends Distribution<"mixtureOfFullGaussians"> {
  /** log πₖ + log N(x; μₖ, Σₖ) for x [N, D]: [N, K]. */
  joint(x: Tensor): Tensor;
}

/**
 * Mixture of K Gaussians with full covariances over rows of length D:
 *   log p(x) = log Σₖ πₖ N(x; μₖ, Σₖ) = log Σₖ exp(log πₖ + log|det Wₖ| − ½‖Wₖ(x − μₖ)‖² − D/2 log 2π)
 * x is [N, D] and `logProb(x)` [N]. Samples have no gradient.
 */
export function mixtureOfFullGaussians(parameters: FullGaussians): MixtureOfFullGaussians {
  const { logits, mean, whitening, coloring } = parameters;
  const [K, D] = mean.shape as [number, number];
  const square3 = `${K},${D},${D}`;
  if (mean.rank !== 2 || whitening.shape.join() !== square3 || coloring.shape.join() !== square3) {
    throw new UserError(
      `mixtureOfFullGaussians: got means ${formatShape(mean.shape)}, whitening ${formatShape(whitening.shape)} and coloring ${formatShape(coloring.shape)}, expected [K, D], [K, D, D] and [K, D, D].`,
    );
  }
  // Rows of W are orthogonal: |det W| is the product of their lengths.
  const logDeterminants = mul(sum(log(sum(square(whitening), -1)), -1), 0.5);
  const constants = sub(logDeterminants, (D / 2) * Math.log(2 * Math.PI));
  const joint = (x: Tensor): Tensor => {
    const centred = sub(unsqueeze(x, 0), unsqueeze(mean, 1)); // [K, N, D]
    const white = matmul(centred, transpose(whitening));
    const logDensities = sub(unsqueeze(constants, 1), mul(sum(square(white), -1), 0.5)); // [K, N]
    return add(transpose(logDensities), logSoftmax(logits, -1));
  };
  return {
    kind: "mixtureOfFullGaussians",
    shape: [...logits.shape.slice(0, -1), D],
    joint,
    logProb: (x) => logsumexp(joint(x), -1),
    sample(count: Shape = []) {
      const chosen = categorical(expand(logits, [...count, ...logits.shape]));
      const noise = unsqueeze(normal([...chosen.shape, D]), -2); // [..., 1, D]
      return add(gather(mean, chosen), squeeze(matmul(noise, gather(coloring, chosen)), -2));
    },
  };
}
