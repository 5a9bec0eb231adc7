/**
 * Divergences between discrete distributions given as probabilities p and q along one axis (default: the last), which
 * is summed over. Where an outcome has probability 0 in p it adds what the limit adds; 0 in q with mass in p is +∞.
 */
import {
  abs,
  add,
  constant,
  div,
  equal,
  log,
  mul,
  pow,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  UserError,
  where,
} from "../../tensor/index.ts";

/** Σ p log(p/q): Kullback–Leibler divergence KL(p ‖ q), nats. */
export function klDiscrete(p: Tensor, q: Tensor, axis = -1): Tensor {
  const none = equal(p, 0);
  // The quotient is 1 where p is 0, so that no derivative meets log 0.
  const ratio = div(where(none, 1, p), where(none, constant(1), q));
  return sum(mul(p, log(ratio)), axis);
}

/** Σ q log(q/p): KL(q ‖ p). */
export function reverseKl(p: Tensor, q: Tensor, axis = -1): Tensor {
  return klDiscrete(q, p, axis);
}

/** ½KL(p ‖ m) + ½KL(q ‖ m), m = ½(p + q): Jensen–Shannon divergence, between 0 and log 2. */
export function jensenShannon(p: Tensor, q: Tensor, axis = -1): Tensor {
  const m = mul(add(p, q), 0.5);
  return mul(add(klDiscrete(p, m, axis), klDiscrete(q, m, axis)), 0.5);
}

/** Σ (p − q) log(p/q) = KL(p ‖ q) + KL(q ‖ p): Jeffreys divergence. */
export function jeffreys(p: Tensor, q: Tensor, axis = -1): Tensor {
  return add(klDiscrete(p, q, axis), klDiscrete(q, p, axis));
}

/** Σ (p − q)²/q: Pearson χ². */
export function pearsonChi2(p: Tensor, q: Tensor, axis = -1): Tensor {
  const none = equal(q, 0);
  const both = where(none, equalZero(p), div(square(sub(p, q)), where(none, constant(1), q)));
  return sum(both, axis);
}

/** Σ (p − q)²/p: Neyman χ². */
export function neymanChi2(p: Tensor, q: Tensor, axis = -1): Tensor {
  return pearsonChi2(q, p, axis);
}

/** ½ Σ |p − q|: total variation, between 0 and 1. */
export function totalVariation(p: Tensor, q: Tensor, axis = -1): Tensor {
  return mul(sum(abs(sub(p, q)), axis), 0.5);
}

/** Σ (√p − √q)²: squared Hellinger distance as in Nowozin et al. 2016, between 0 and 2 (others halve it). */
export function squaredHellinger(p: Tensor, q: Tensor, axis = -1): Tensor {
  return sum(square(sub(sqrt(p), sqrt(q))), axis);
}

/** log(Σ p^α q^(1−α))/(α − 1): Rényi divergence of order α > 0, α ≠ 1. */
export function renyi(p: Tensor, q: Tensor, alpha: number, axis = -1): Tensor {
  if (!(alpha > 0) || alpha === 1) {
    throw new UserError(
      `renyi: alpha is ${alpha}, expected a positive number other than 1; α → 1 is klDiscrete.`,
    );
  }
  return div(log(sum(mul(pow(p, alpha), pow(q, 1 - alpha)), axis)), alpha - 1);
}

/** 0 where p is 0, +∞ elsewhere. */
function equalZero(p: Tensor): Tensor {
  return where(equal(p, 0), constant(0), constant(Number.POSITIVE_INFINITY));
}
