import {
  abs,
  add,
  constant,
  div,
  exp,
  greaterEqual,
  lessEqual,
  log,
  logicalAnd,
  mean,
  mul,
  neg,
  sigmoid,
  softplus,
  square,
  sub,
  sum,
  type Tensor,
  UserError,
  where,
} from "../tensor/index.ts";
import type { BernoulliDistribution } from "./distributions/bernoulli.ts";
import type { CategoricalDistribution } from "./distributions/categorical.ts";
import type { Distribution } from "./distributions/distribution.ts";
import type { LaplaceDistribution } from "./distributions/laplace.ts";
import type { NormalDistribution } from "./distributions/normal.ts";
import type { UniformDistribution } from "./distributions/uniform.ts";

/** −½(1 + log σ² − μ² − σ²): KL(N(μ, σ²) ‖ N(0, 1)) per element (Kingma & Welling 2014, appendix B). */
export function klStandardNormal(mean: Tensor, logVariance: Tensor): Tensor {
  return mul(sub(sub(add(logVariance, 1), square(mean)), exp(logVariance)), -0.5);
}

function klNormal(p: NormalDistribution, q: NormalDistribution): Tensor {
  if (q.standard) return klStandardNormal(p.mean, p.logVariance);
  const logRatio = sub(p.logVariance, q.logVariance);
  const distance = div(square(sub(p.mean, q.mean)), q.variance);
  return mul(sub(add(exp(logRatio), distance), add(logRatio, 1)), 0.5);
}

function klBernoulli(p: BernoulliDistribution, q: BernoulliDistribution): Tensor {
  const gap = sub(softplus(q.logits), softplus(p.logits));
  return add(mul(sigmoid(p.logits), sub(p.logits, q.logits)), gap);
}

function klCategorical(p: CategoricalDistribution, q: CategoricalDistribution): Tensor {
  return sum(mul(p.probabilities, sub(p.logProbabilities, q.logProbabilities)), -1);
}

function klUniform(p: UniformDistribution, q: UniformDistribution): Tensor {
  const covered = logicalAnd(lessEqual(q.low, p.low), greaterEqual(q.high, p.high));
  const finite = sub(log(sub(q.high, q.low)), log(sub(p.high, p.low)));
  return where(covered, finite, constant(Number.POSITIVE_INFINITY));
}

function klLaplace(p: LaplaceDistribution, q: LaplaceDistribution): Tensor {
  const distance = abs(sub(p.mean, q.mean));
  const ratio = div(p.scale, q.scale);
  const tail = add(mul(ratio, exp(neg(div(distance, p.scale)))), div(distance, q.scale));
  return sub(sub(tail, log(ratio)), 1);
}

function klUniformNormal(p: UniformDistribution, q: NormalDistribution): Tensor {
  // Cross entropy with a normal needs only two moments of p.
  const second = add(p.variance, square(sub(p.mean, q.mean)));
  const crossEntropy = mul(add(add(div(second, q.variance), q.logVariance), Math.log(2 * Math.PI)), 0.5);
  return sub(crossEntropy, p.entropy());
}

type Pair<P, Q> = (p: P, q: Q) => Tensor;
type Known = {
  normal: NormalDistribution;
  bernoulli: BernoulliDistribution;
  categorical: CategoricalDistribution;
  uniform: UniformDistribution;
  laplace: LaplaceDistribution;
};
type ClosedForms = {
  readonly [P in keyof Known]: { readonly [Q in keyof Known]?: Pair<Known[P], Known[Q]> };
};

const closedForms: ClosedForms = {
  normal: { normal: klNormal },
  bernoulli: { bernoulli: klBernoulli },
  categorical: { categorical: klCategorical },
  uniform: { uniform: klUniform, normal: klUniformNormal },
  laplace: { laplace: klLaplace },
};

/**
 * KL(p ‖ q) = E_p[log p(x) − log q(x)] in closed form, per random variable as `logProb` is (see {@link Distribution}):
 * normal, Bernoulli, categorical, uniform and Laplace with their own kind, and uniform with normal.
 * Throws for any other pair; {@link klEstimate} works for all.
 */
export function klDivergence(p: Distribution, q: Distribution): Tensor {
  const row: { readonly [kind: string]: Pair<never, never> | undefined } =
    closedForms[p.kind as keyof Known] ?? {};
  const form = row[q.kind] as Pair<Distribution, Distribution> | undefined;
  if (!form) {
    throw new UserError(
      `klDivergence: no closed form is known for KL(${p.kind} ‖ ${q.kind}); estimate it with klEstimate(p, q).`,
    );
  }
  return form(p, q);
}

/**
 * Monte Carlo estimate of KL(p ‖ q): the mean of log p(x) − log q(x) over `samples` draws from p, per random variable.
 * Unbiased. Differentiable in both where p can be reparametrised; elsewhere the derivative in p is not that of the KL
 * divergence, so do not train p with it.
 */
export function klEstimate(
  p: Distribution,
  q: Distribution,
  { samples = 1 }: { samples?: number } = {},
): Tensor {
  const x = p.rsample ? p.rsample([samples]) : p.sample([samples]);
  return mean(sub(p.logProb(x), q.logProb(x)), 0);
}
