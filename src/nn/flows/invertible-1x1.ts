import {
  constant,
  conv,
  currentScope,
  eye,
  matmul,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../tensor/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";
import { checkChannels } from "../channels.ts";
import type { Initializer } from "../initializers.ts";
import { layer, parameter } from "../scope.ts";
import type { Bijection } from "./bijection.ts";
import { luFactors, randomOrthogonal } from "./lu.ts";

/**
 * Invertible 1×1 convolution, a learned mixture of the channels: z = W·x with W = P·L·(U + diag(s)), L unit lower and U
 * strictly upper triangular, log|det| = h·w·Σ log|s|: Kingma & Dhariwal 2018, arXiv:1807.03039, equations 9–11. It starts as a
 * random rotation, the same one in the same scope for every seed, whose P and sign s stay. Parameters `lower`, `upper` [C, C] and
 * `log_scale` [C]; x [N, C, …].
 */
export function invertible1x1(): Bijection {
  return {
    forward: (x) =>
      layer("invertible1x1", () => {
        const { permutation, lower, upper, logScale } = factors(checkChannels("invertible1x1", x));
        const z = mixChannels(x, matmul(permutation, matmul(lower, upper)));
        return { z, logDet: logScale.sum().mul(sizeOf(x.shape.slice(2))) }; // (11)
      }),
    inverse: (z) =>
      layer("invertible1x1", () => {
        const { permutation, lower, upper, scale } = factors(checkChannels("invertible1x1", z));
        const inverseUpper = invertUnitTriangular(upper.div(scale)).div(scale.reshape([-1, 1]));
        const inverse = matmul(
          inverseUpper,
          matmul(invertUnitTriangular(lower), permutation.transpose(0, 1)),
        );
        return mixChannels(z, inverse);
      }),
  };
}

interface Factors {
  readonly permutation: Tensor;
  readonly lower: Tensor;
  /** U + diag(s). */
  readonly upper: Tensor;
  readonly scale: Tensor;
  readonly logScale: Tensor;
}

function factors(n: number): Factors {
  const rotation = randomOrthogonal(n, createStream(deriveKey("invertible1x1", currentScope())));
  const first = luFactors(rotation, n);
  const from =
    (values: Float64Array): Initializer =>
    () =>
      Float32Array.from(values);
  const square: Shape = [n, n];
  const logScale = parameter("log_scale", [n], from(first.logScale));
  const scale = logScale.exp().mul(constant(Float32Array.from(first.sign)));
  const one = eye(n);
  const permutation = Float32Array.from({ length: n * n }, (_, at) =>
    first.permutation[Math.floor(at / n)] === at % n ? 1 : 0,
  );
  return {
    permutation: constant(permutation, square),
    lower: parameter("lower", square, from(first.lower)).tril(-1).add(one),
    upper: parameter("upper", square, from(first.upper)).triu(1).add(one.mul(scale)),
    scale,
    logScale,
  };
}

/**
 * (I + N)⁻¹ of a triangular matrix with unit diagonal: Σₖ (−N)ᵏ = Πⱼ (I + (−N)^(2ʲ)), which ends because Nⁿ = 0. Matrix
 * products run on every device, substitution would be a loop.
 */
function invertUnitTriangular(a: Tensor): Tensor {
  const n = a.shape[0]!;
  const one = eye(n);
  let power = one.sub(a);
  let inverse = one.add(power);
  for (let known = 2; known < n; known *= 2) {
    power = matmul(power, power);
    inverse = matmul(inverse, one.add(power));
  }
  return inverse;
}

/** y[n, i, …] = Σⱼ w[i, j] x[n, j, …]. */
function mixChannels(x: Tensor, w: Tensor): Tensor {
  if (x.rank === 2) return matmul(x, w.transpose(0, 1));
  return conv(x, w.reshape([...w.shape, ...x.shape.slice(2).map(() => 1)]));
}
