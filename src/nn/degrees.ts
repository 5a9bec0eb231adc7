/**
 * Degrees: which units of an autoregressive network see which inputs. Germain et al. 2015, "MADE", arXiv:1502.03509,
 * section 4: the d-th variable in order has degree d (from 1), a hidden unit of degree m sees variables up to the m-th,
 * and the output for the d-th variable sees hidden units below d.
 */
import {
  cast,
  constant,
  less,
  lessEqual,
  type RandomStream,
  type Tensor,
  UserError,
} from "../tensor/index.ts";

/** Whole numbers, one for each unit: fixed, or [units] int32 made inside the graph. */
export type Degrees = readonly number[] | Tensor;

export type DegreeMaskOptions = {
  /** A unit sees inputs of lower degree only, as an output must (default: up to its own). */
  strict?: boolean;
};

/** M[i, j] = 1 where unit j sees input i: from[i] ≤ to[j], or < where `strict`. float32 [inputs, units]. */
export function degreeMask(from: Degrees, to: Degrees, { strict = false }: DegreeMaskOptions = {}): Tensor {
  if (isNumbers(from) && isNumbers(to)) {
    const sees = (i: number, j: number): boolean => (strict ? i < j : i <= j);
    const values = Float32Array.from(from.flatMap((i) => to.map((j) => Number(sees(i, j)))));
    return constant(values, [from.length, to.length]);
  }
  const rows = asDegrees(from).reshape([-1, 1]);
  const columns = asDegrees(to).reshape([1, -1]);
  return cast(strict ? less(rows, columns) : lessEqual(rows, columns), "float32");
}

const isNumbers = (degrees: Degrees): degrees is readonly number[] => Array.isArray(degrees);
/** Degrees as a tensor [units] int32. */
export function asDegrees(degrees: Degrees): Tensor {
  return isNumbers(degrees) ? constant(Int32Array.from(degrees), [degrees.length]) : degrees;
}

/**
 * The degree of each variable, from 1: order[k] is the variable that comes k-th, so its degree is k + 1.
 * Throws (UserError) where `order` is no permutation of 0 … n − 1.
 */
export function inputDegrees(order: readonly number[]): number[] {
  const degrees = new Array<number>(order.length).fill(0);
  for (const [k, variable] of order.entries()) if (degrees[variable] === 0) degrees[variable] = k + 1;
  if (degrees.includes(0)) {
    throw new UserError(
      `order: got ${order.length} numbers that are no order; each of 0 … ${order.length - 1} comes once.`,
    );
  }
  return degrees;
}

export type HiddenDegreesOptions = {
  /** Number D of variables: degrees go up to D − 1, which the last variable alone sees. */
  variables: number;
  /** The lowest degree: 0 where there are inputs that everything sees, otherwise 1. */
  lowest?: number;
  /** Draws them from U{lowest … D − 1}, as in the paper; without it they are spread evenly. */
  random?: RandomStream;
};

/** Degrees of a layer of hidden units. */
export function hiddenDegrees(
  units: number,
  { variables, lowest = 1, random }: HiddenDegreesOptions,
): number[] {
  const count = Math.max(1, variables - lowest);
  const share = random
    ? [...random.uniform(new Float32Array(units))]
    : Array.from({ length: units }, (_, k) => (k + 0.5) / units);
  return share.map((u) => lowest + Math.min(count - 1, Math.floor(u * count)));
}

export type LayerDegreesOptions = Omit<HiddenDegreesOptions, "variables"> & {
  /** order[k] is the variable that comes k-th. */
  order: readonly number[];
  /** Units of each hidden layer. */
  hidden: readonly number[];
};

/** Degrees of the variables and of each hidden layer, from the first to the last. */
export function layerDegrees({ order, hidden, ...options }: LayerDegreesOptions): number[][] {
  const variables = order.length;
  return [inputDegrees(order), ...hidden.map((units) => hiddenDegrees(units, { variables, ...options }))];
}
