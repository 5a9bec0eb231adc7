import {
  add,
  categorical,
  div,
  expand,
  formatShape,
  gather,
  log,
  logsumexp,
  mul,
  normal,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
  UserError,
  unsqueeze,
} from "../../tensor/index.ts";
import { squaredDistances } from "../divergences/mmd.ts";
import type { Distribution } from "./distribution.ts";

export interface KernelDensityParameters {
  readonly points: Tensor; // [n, d]
  /** log wᵢ of the points, [n], the weights adding up to 1: a large negative number leaves a point out. */
  readonly logWeights: Tensor;
  /** Standard deviation of the kernel along each axis, [d]. */
  readonly scales: Tensor;
}

/** Up to as many dimensions, differences are taken one by one: squares by products would lose digits of narrow kernels. */
const fewDimensions = 4;

/**
 * Gaussian kernels on points (Rosenblatt 1956; Parzen 1962):
 *   log p(x) = log Σᵢ wᵢ N(x; pᵢ, diag(scales²))
 * x is [..., N, d], `logProb(x)` [..., N]. A sample is a point and noise of its kernel.
 */
export function kernelDensity({
  points,
  logWeights,
  scales,
}: KernelDensityParameters): Distribution<"kernelDensity"> {
  const [n, d] = points.shape;
  if (points.rank !== 2 || logWeights.shape.join() !== `${n}` || scales.shape.join() !== `${d}`) {
    throw new UserError(
      `kernelDensity: got points ${formatShape(points.shape)}, log weights ${formatShape(logWeights.shape)} and scales ${formatShape(scales.shape)}, expected [n, d], [n] and [d].`,
    );
  }
  const constant = add(sum(log(scales)), (d! / 2) * Math.log(2 * Math.PI));
  const distances = (x: Tensor): Tensor => {
    const [from, to] = [div(x, scales), div(points, scales)];
    return d! <= fewDimensions ? sum(square(sub(unsqueeze(from, -2), to)), -1) : squaredDistances(from, to);
  };
  return {
    kind: "kernelDensity",
    shape: [d!],
    logProb: (x) => sub(logsumexp(add(mul(distances(x), -0.5), logWeights), -1), constant),
    sample(count: Shape = []) {
      const chosen = gather(points, categorical(expand(logWeights, [...count, n!])));
      return add(chosen, mul(normal([...count, d!]), scales));
    },
  };
}
