/** Distributions that samplers and variational inference are both given, as graphs: log π̃ of [n, d]. */
import type { Gaussian } from "../../math/index.ts";
import {
  add,
  constant,
  div,
  logsumexp,
  matmul,
  mul,
  reshape,
  softplus,
  square,
  stack,
  sub,
  sum,
  type Tensor,
} from "../../tensor/index.ts";
import { createStream, deriveKey } from "../../tensor/random/index.ts";

export type LogDensity = (z: Tensor) => Tensor;

const columns = (z: Tensor): readonly [Tensor, Tensor] => {
  const [x, y] = z.split(2, 1) as [Tensor, Tensor];
  return [reshape(x, [-1]), reshape(y, [-1])];
};

/** N(0, [[1, ρ], [ρ, 1]]), and each coordinate given the other: N(ρ z_other, 1 − ρ²). */
export const correlated = (rho: number): LogDensity & { readonly gaussian: Gaussian } =>
  Object.assign(
    (z: Tensor): Tensor => {
      const [x, y] = columns(z);
      const form = sub(add(square(x), square(y)), mul(mul(x, y), 2 * rho));
      return div(form, -2 * (1 - rho ** 2));
    },
    { gaussian: { mean: [0, 0], covariance: [1, rho, rho, 1] } },
  );

/** A bent Gaussian: z₁ ~ N(0, 1), z₂ ~ N(½(z₁² − 1), ½²), so that E z₂ = 0 and Var z₂ = ½ + ¼ (after Haario et al. 1999). */
export const banana: LogDensity = (z) => {
  const [x, y] = columns(z);
  const across = sub(y, mul(sub(square(x), 1), 0.5));
  return mul(add(square(x), mul(square(across), 4)), -0.5);
};

/** ½N(−c, s²) + ½N(c, s²) along the first of two coordinates, N(0, s²) along the other: c = 2, s = 0.6. */
export const twoModes: LogDensity = (z) => {
  const [x, y] = columns(z);
  const at = (centre: number): Tensor => div(add(square(sub(x, centre)), square(y)), -2 * 0.6 ** 2);
  return logsumexp(stack([at(-2), at(2)], 1), 1);
};

/** Weights of `logisticRegression`. */
export const regressors = 20;

/** Bayesian logistic regression: 300 examples of 20 features, the truth ±1 in turn, w ~ N(0, 2²I). */
export function logisticRegression(seed: number): LogDensity {
  const n = 300;
  const random = createStream(deriveKey(seed, "logistic regression"));
  const features = random.normal(new Float32Array(regressors * n));
  const coins = random.uniform(new Float32Array(n));
  const y = coins.map((u, i) => {
    let logit = 0;
    for (let k = 0; k < regressors; k++) logit += (k % 2 === 0 ? 1 : -1) * features[regressors * i + k]!;
    return u < 1 / (1 + Math.exp(-logit)) ? 1 : 0;
  });
  return (w) => {
    const logits = matmul(w, constant(features, [n, regressors]).transpose());
    const likelihood = sum(sub(mul(logits, constant(y, [n])), softplus(logits)), 1);
    return sub(likelihood, mul(sum(square(w), 1), 1 / 8));
  };
}
