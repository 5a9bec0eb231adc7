/** Autoregressive flows: each element is moved and scaled as the elements before it say. */
import {
  add,
  constant,
  matmul,
  relu,
  split,
  type Tensor,
  tanh,
  where,
  zerosLike,
} from "../../tensor/index.ts";
import { hiddenDegrees, inputDegrees } from "../degrees.ts";
import { maskedWeights } from "../masked-dense.ts";
import { layer } from "../scope.ts";
import type { Bijection } from "./bijection.ts";
import { sumPerExample } from "./per-example.ts";

export interface AutoregressiveOptions {
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  /** Whether the last element comes first. Default false. */
  readonly reversed?: boolean;
  /** Default tanh. */
  readonly activation?: "relu" | "tanh";
}

/**
 * Masked autoregressive flow: z_i = (x_i − μ_i(x_<i)) exp(−α_i(x_<i)), log|det| = −Σ α_i: one pass of a masked network (MADE). The
 * inverse takes one pass for each element. Papamakarios et al. 2017, arXiv:1705.07057, equations 3–6. x [N, D].
 */
export function maskedAutoregressive(options: AutoregressiveOptions): Bijection {
  return {
    forward: (x) =>
      layer("autoregressive", () => {
        const { mu, alpha } = conditioner(x, options)(x);
        return { z: x.sub(mu).mul(alpha.neg().exp()), logDet: sumPerExample(alpha).neg() };
      }),
    inverse: (z) =>
      layer("autoregressive", () => {
        const of = conditioner(z, options);
        return fill(z, options, (x) => {
          const { mu, alpha } = of(x);
          return z.mul(alpha.exp()).add(mu);
        });
      }),
  };
}

/**
 * Inverse autoregressive flow: x_i = z_i exp(α_i(z_<i)) + μ_i(z_<i): the inverse is one pass, x → z takes one for each element.
 * Kingma et al. 2016, arXiv:1606.04934, with the parametrisation of Papamakarios et al. 2017, section 3.4. x [N, D].
 */
export function inverseAutoregressive(options: AutoregressiveOptions): Bijection {
  return {
    forward: (x) =>
      layer("autoregressive", () => {
        const of = conditioner(x, options);
        let logDet = sumPerExample(x);
        const z = fill(x, options, (known) => {
          const { mu, alpha } = of(known);
          logDet = sumPerExample(alpha).neg(); // that of the last pass, which knows all z_<i
          return x.sub(mu).mul(alpha.neg().exp());
        });
        return { z, logDet };
      }),
    inverse: (z) =>
      layer("autoregressive", () => {
        const { mu, alpha } = conditioner(z, options)(z);
        return z.mul(alpha.exp()).add(mu);
      }),
  };
}

/** Largest |α|: exp(α) must not run away (smoothly, by a tanh). */
const largestAlpha = 5;

/** The masked perceptron that gives μ_i and α_i from the elements before the i-th; its weights are read once. */
function conditioner(
  { shape }: Tensor,
  { hidden, activation = "tanh", ...options }: AutoregressiveOptions,
): (x: Tensor) => { readonly mu: Tensor; readonly alpha: Tensor } {
  const variables = shape[1]!;
  const own = inputDegrees(orderOf(variables, options));
  const degrees = [own, ...hidden.map((units) => hiddenDegrees(units, { variables }))];
  const layers = degrees.map((from, i) => {
    const to = degrees[i + 1];
    return maskedWeights(to ? { from, to } : { from, to: [...own, ...own], strict: true });
  });
  const nonlinear = activation === "relu" ? relu : tanh;
  return (x) => {
    const y = layers.reduce((h, { weight, bias }, i) => {
      const next = add(matmul(h, weight), bias!);
      return i < hidden.length ? nonlinear(next) : next;
    }, x);
    const [mu, raw] = split(y, 2, 1) as [Tensor, Tensor];
    return { mu, alpha: raw.div(largestAlpha).tanh().mul(largestAlpha) };
  };
}

function orderOf(n: number, { reversed = false }: Pick<AutoregressiveOptions, "reversed">): number[] {
  const order = Array.from({ length: n }, (_, k) => k);
  return reversed ? order.reverse() : order;
}

/** Elements in order, each from the formula applied to those before it; 0 stands where none is yet. */
function fill(like: Tensor, options: AutoregressiveOptions, formula: (known: Tensor) => Tensor): Tensor {
  const n = like.shape[1]!;
  return orderOf(n, options).reduce((known, i) => {
    const here = constant(
      Uint8Array.from({ length: n }, (_, k) => Number(k === i)),
      [1, n],
    );
    return where(here, formula(known), known);
  }, zerosLike(like));
}
