import { UserError } from "../../tensor/index.ts";

/** The value at x; writes the gradient there. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number | Promise<number>;

export interface LbfgsOptions {
  /** Pairs of steps and changes of the gradient that stand for the Hessian. Default 10. */
  readonly memory?: number;
  /** Default 500. */
  readonly maxIterations?: number;
  /** Stops where the largest element of the gradient is at most this. Default 1e-6. */
  readonly gradientTolerance?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether the gradient is as small as asked for. */
  readonly converged: boolean;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number; // stepᵀchange > 0
}

/**
 * A minimum of a smooth function by L-BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5), each step halved until it decreases the
 * value enough (Armijo). Throws (UserError) where the value at `start` is not finite.
 */
export async function lbfgs(
  objective: Objective,
  start: Float64Array,
  { memory = 10, maxIterations = 500, gradientTolerance = 1e-6 }: LbfgsOptions = {},
): Promise<Minimum> {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = await objective(x, gradient);
  if (!Number.isFinite(value))
    throw new UserError(`lbfgs: the value at the start is ${value}; start elsewhere.`);
  const pairs: Pair[] = [];
  for (let iterations = 0; ; iterations++) {
    const converged = gradient.every((g) => Math.abs(g) <= gradientTolerance);
    if (converged || iterations === maxIterations) return { x, value, iterations, converged };
    const direction = descent(gradient, pairs);
    const next = await search(objective, { x, value, gradient }, direction, pairs.length === 0);
    // No step decreases the value any more: rounding has the last word.
    if (!next) return { x, value, iterations, converged };
    const step = next.x.map((v, i) => v - x[i]!);
    const change = next.gradient.map((v, i) => v - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * dot(change, change)) pairs.push({ step, change, curvature });
    if (pairs.length > memory) pairs.shift();
    ({ x, value, gradient } = next);
  }
}

/** −H·gradient, H the inverse Hessian that the pairs stand for: the two-loop recursion. */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.slice();
  const shares = pairs.map(() => 0);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { step, change, curvature } = pairs[i]!;
    shares[i] = dot(step, q) / curvature;
    addScaled(q, change, -shares[i]!);
  }
  const last = pairs.at(-1);
  const scale = last ? last.curvature / dot(last.change, last.change) : 1;
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  pairs.forEach(({ step, change, curvature }, i) => {
    addScaled(q, step, shares[i]! - dot(change, q) / curvature);
  });
  return q.map((v) => -v);
}

interface Point {
  readonly x: Float64Array<ArrayBuffer>;
  readonly value: number;
  readonly gradient: Float64Array<ArrayBuffer>;
}

/** The first point along the direction that decreases the value by a ten-thousandth of what the slope promises. */
async function search(
  objective: Objective,
  { x, value, gradient }: Point,
  direction: Float64Array,
  first: boolean,
): Promise<Point | undefined> {
  const slope = dot(gradient, direction);
  let length = first ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
  for (let halvings = 0; halvings < 40; halvings++, length /= 2) {
    const at = x.map((v, i) => v + length * direction[i]!);
    const gradientThere = new Float64Array(x.length);
    const valueThere = await objective(at, gradientThere);
    if (valueThere <= value + 1e-4 * length * slope && valueThere < value)
      return { x: at, value: valueThere, gradient: gradientThere };
  }
  return undefined;
}

function dot(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function addScaled(to: Float64Array, x: Float64Array, scale: number): void {
  for (let i = 0; i < to.length; i++) to[i]! += scale * x[i]!;
}
