/**
 * Standardisation with its closed-form derivative, the core of batch, instance, layer and group norm:
 *   c = x − mean(x),  r = 1/√(mean(c²) + ε),  y = c·r·γ + β.
 * With h = g·γ the derivative is ∂x = r · (h − mean(h) − c·r²·mean(h·c)): five passes over the data, where
 * differentiating the formula step by step takes about twice as many. It is written in terms of c and r,
 * which are ordinary functions of x, so it can be differentiated again, to any order.
 */
import {
  add,
  customGradient,
  div,
  formatShape,
  mean,
  mul,
  normalizeAxes,
  rsqrt,
  type Shape,
  sameShape,
  square,
  sub,
  sum,
  sumTo,
  type Tensor,
  UserError,
} from "../tensor/index.ts";

/** The values of one normalisation; mean and variance (biased) have size 1 along the reduced axes. */
export interface Normalized {
  readonly y: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
}

export type NormalizeOptions = {
  eps?: number;
  /** γ, broadcast against x. */
  scale?: Tensor | undefined;
  /** β, broadcast against x. */
  shift?: Tensor | undefined;
};

/** [∂x, ∂γ, ∂β] as far as there are γ and β, from g = ∂loss/∂y; see the top of the file. */
function derivatives(
  g: Tensor,
  {
    c,
    r,
    axes,
    scale,
    shift,
  }: Pick<NormalizeOptions, "scale" | "shift"> & { c: Tensor; r: Tensor; axes: Shape },
): Tensor[] {
  const total = (t: Tensor): Tensor => sum(t, axes, { keepdims: true });
  const count = c.size / r.size;
  // What is constant over the reduced axes moves out of the sums, where it is small.
  const constantOver = (t: Tensor): boolean =>
    axes.every((axis) => (t.shape[axis - c.rank + t.rank] ?? 1) === 1);
  const outside = scale !== undefined && constantOver(scale);
  const h = scale && !outside ? mul(g, scale) : g;
  const [hSum, hcSum] = [total(h), total(mul(h, c))];
  const factor = scale && outside ? mul(r, scale) : r;
  const correction = mul(c, div(mul(square(r), hcSum), count));
  const result = [mul(factor, sub(sub(h, div(hSum, count)), correction))];
  if (scale) result.push(sumTo(outside ? mul(r, hcSum) : mul(mul(g, c), r), scale.shape));
  if (shift) result.push(sumTo(h === g && constantOver(shift) ? hSum : g, shift.shape));
  return result;
}

/**
 * (x − mean) / √(variance + ε) · γ + β with mean and biased variance over `axes`; γ and β default to 1 and 0.
 * The derivative is in closed form and can be differentiated again.
 */
export function normalize(
  x: Tensor,
  axes: number | Shape | undefined,
  { eps = 1e-5, scale, shift }: NormalizeOptions = {},
): Normalized {
  const list = normalizeAxes(axes, x.rank, "normalize");
  const mu = mean(x, list, { keepdims: true });
  const c = sub(x, mu);
  const variance = mean(square(c), list, { keepdims: true });
  const r = rsqrt(add(variance, eps));
  const scaled = scale ? mul(c, mul(r, scale)) : mul(c, r);
  const value = shift ? add(scaled, shift) : scaled;
  if (!sameShape(value.shape, x.shape)) {
    const shapes = [scale, shift].map((t) => (t ? formatShape(t.shape) : "none")).join(" and ");
    throw new UserError(
      `normalize: scale and shift ${shapes} do not broadcast to ${formatShape(x.shape)}; give them the shape of x or 1 on each axis.`,
    );
  }
  const affine = [scale, shift].filter((t) => t !== undefined);
  // What the rule needs, c and r, it takes from outside: they are computed from x itself, so it is
  // differentiable too.
  const rule = (g: Tensor): Tensor[] => derivatives(g, { c, r, axes: list, scale, shift });
  const standardized = customGradient(() => value, rule);
  return { y: standardized(x, ...affine), mean: mu, variance };
}
