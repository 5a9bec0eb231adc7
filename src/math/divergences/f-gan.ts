import {
  abs,
  add,
  div,
  exp,
  expm1,
  log,
  mean,
  mul,
  neg,
  reciprocal,
  sign,
  softplus,
  sqrt,
  square,
  sub,
  type Tensor,
  tanh,
  UserError,
} from "../../tensor/index.ts";

/**
 * A generator f of a divergence D_f(P ‖ Q) = Σ q f(p/q) and its variational bound
 *   D_f(P ‖ Q) ≥ E_P[T(x)] − E_Q[f*(T(x))],  T = g_f(V(x)),
 * with equality at T = f′(p/q) (Nowozin et al. 2016, arXiv:1606.00709, eq. 4 and 6).
 */
export interface FDivergence {
  /** f(u), u > 0; f(1) = 0 except for "gan". */
  readonly f: (u: Tensor) => Tensor;
  /** f′(u): the best T for the ratio u = p/q. */
  readonly derivative: (u: Tensor) => Tensor;
  /** Output activation g_f: maps a network's output V to the domain of f*, increasing in V. */
  readonly activation: (v: Tensor) => Tensor;
  /** Convex conjugate f*(t) = sup_u ut − f(u). */
  readonly conjugate: (t: Tensor) => Tensor;
  /** f*(g_f(v)) in a form that neither overflows nor cancels. */
  readonly conjugateOfActivation: (v: Tensor) => Tensor;
}

const log2 = Math.log(2);
const logSigmoid = (v: Tensor): Tensor => neg(softplus(neg(v)));

/**
 * Table 2 (with the generators of table 1 and the activations taken increasing, as section 2.4 asks). "jensen-shannon"
 * is the paper's generator, whose D_f is twice the Jensen–Shannon divergence; the D_f of "gan" is that minus log 4;
 * "total-variation" and "squared-hellinger" are those of `totalVariation` and `squaredHellinger`.
 */
export const fDivergences = {
  kl: {
    f: (u) => mul(u, log(u)),
    derivative: (u) => add(log(u), 1),
    activation: (v) => v,
    conjugate: (t) => exp(sub(t, 1)),
    conjugateOfActivation: (v) => exp(sub(v, 1)),
  },
  "reverse-kl": {
    f: (u) => neg(log(u)),
    derivative: (u) => neg(reciprocal(u)),
    activation: (v) => neg(exp(neg(v))),
    conjugate: (t) => neg(add(log(neg(t)), 1)),
    conjugateOfActivation: (v) => sub(v, 1),
  },
  "pearson-chi2": {
    f: (u) => square(sub(u, 1)),
    derivative: (u) => mul(sub(u, 1), 2),
    activation: (v) => v,
    conjugate: (t) => add(mul(square(t), 0.25), t),
    conjugateOfActivation: (v) => add(mul(square(v), 0.25), v),
  },
  "neyman-chi2": {
    f: (u) => div(square(sub(u, 1)), u),
    derivative: (u) => sub(1, reciprocal(square(u))),
    activation: (v) => neg(expm1(neg(v))),
    conjugate: (t) => sub(2, mul(sqrt(sub(1, t)), 2)),
    conjugateOfActivation: (v) => mul(expm1(mul(v, -0.5)), -2),
  },
  "squared-hellinger": {
    f: (u) => square(sub(sqrt(u), 1)),
    derivative: (u) => sub(1, reciprocal(sqrt(u))),
    activation: (v) => neg(expm1(neg(v))),
    conjugate: (t) => div(t, sub(1, t)),
    conjugateOfActivation: (v) => expm1(v),
  },
  "total-variation": {
    f: (u) => mul(abs(sub(u, 1)), 0.5),
    derivative: (u) => mul(sign(sub(u, 1)), 0.5),
    activation: (v) => mul(tanh(v), 0.5),
    conjugate: (t) => t,
    conjugateOfActivation: (v) => mul(tanh(v), 0.5),
  },
  "jensen-shannon": {
    f: (u) => sub(mul(u, log(u)), mul(add(u, 1), sub(log(add(u, 1)), log2))),
    derivative: (u) => sub(add(log(u), log2), log(add(u, 1))),
    activation: (v) => add(logSigmoid(v), log2),
    conjugate: (t) => neg(log(sub(2, exp(t)))),
    conjugateOfActivation: (v) => sub(softplus(v), log2),
  },
  gan: {
    f: (u) => sub(mul(u, log(u)), mul(add(u, 1), log(add(u, 1)))),
    derivative: (u) => sub(log(u), log(add(u, 1))),
    activation: logSigmoid,
    conjugate: (t) => neg(log(neg(expm1(t)))),
    conjugateOfActivation: (v) => softplus(v),
  },
} satisfies { [name: string]: FDivergence };

export type FDivergenceName = keyof typeof fDivergences;

/** −(E_P[g_f(V(x))] − E_Q[f*(g_f(V(x̃)))]): what the variational function minimises (Nowozin et al. 2016, eq. 6). */
export function fGanDiscriminatorLoss(real: Tensor, fake: Tensor, name: FDivergenceName): Tensor {
  const { activation, conjugateOfActivation } = divergence(name);
  return sub(mean(conjugateOfActivation(fake)), mean(activation(real)));
}

/**
 * What the generator minimises: −E_Q[f*(g_f(V(x̃)))] of eq. 6, or with `trick` (default) −E_Q[g_f(V(x̃))], which has
 * the same fixed point and larger gradients at the start (section 3.2).
 */
export function fGanGeneratorLoss(
  fake: Tensor,
  name: FDivergenceName,
  { trick = true }: { trick?: boolean } = {},
): Tensor {
  const { activation, conjugateOfActivation } = divergence(name);
  return neg(mean(trick ? activation(fake) : conjugateOfActivation(fake)));
}

function divergence(name: FDivergenceName): FDivergence {
  const found = fDivergences[name] as FDivergence | undefined;
  if (!found) {
    throw new UserError(
      `f-divergence: there is none named ${JSON.stringify(name)}; use one of ${Object.keys(fDivergences).join(", ")}.`,
    );
  }
  return found;
}
