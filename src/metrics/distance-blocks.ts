/**
 * Squared distances of all pairs of rows, block by block, as |a|² + |b|² − 2 a·b with bounds on their rounding errors: what is
 * near a threshold can then be summed coordinate by coordinate, and everything else is decided by the fast product, exactly.
 */
import { type Features, rowsOf } from "./features.ts";
import type { Products } from "./products.ts";
import { meanOf } from "./statistics.ts";

/** Rows about a common origin: distances do not change with it, but rounding does. */
export interface CentredRows {
  readonly features: Features;
  readonly centre: Float64Array;
  /** |x − centre|². */
  readonly squares: Float64Array;
}

/** Row i of a and row j of b are at squared distance low[i] + low[j] − 2p … high[i] + high[j] − 2p. */
export interface DistanceBlock {
  readonly firstRow: number;
  readonly rows: number;
  readonly firstColumn: number;
  readonly columns: number;
  /** p, [rows, columns]. */
  readonly products: Float32Array | Float64Array;
  readonly double: boolean;
  /** Of the block's rows and columns. */
  readonly low: readonly [Float64Array, Float64Array];
  readonly high: readonly [Float64Array, Float64Array];
  /** The same in float64, whose bounds are closer. */
  readonly inDouble: () => Promise<DistanceBlock>;
}

export interface BlockOptions {
  readonly symmetric?: boolean;
  /** Rows and columns of a block. Default: what makes 16 MB of single-precision numbers, 2,048 at most. */
  readonly blockRows?: number;
  readonly onProgress?: (share: number) => void;
}

export function centreRows(features: Features, centre: Float64Array = meanOf(features)): CentredRows {
  const { data, count, dimensions } = features;
  const squares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const row = i * dimensions;
    let sum = 0;
    for (let j = 0; j < dimensions; j++) sum += (data[row + j]! - centre[j]!) ** 2;
    squares[i] = sum;
  }
  return { features, centre, squares };
}

/** Σ(a − b)² of row i of a and row j of b. */
export function squaredDistance(a: Features, i: number, b: Features, j: number): number {
  const [d, x, y] = [a.dimensions, a.data, b.data];
  const [from, other] = [i * d, j * d];
  let [even, odd] = [0, 0];
  let at = 0;
  for (; at + 1 < d; at += 2) {
    const first = x[from + at]! - y[other + at]!;
    const second = x[from + at + 1]! - y[other + at + 1]!;
    even += first * first;
    odd += second * second;
  }
  if (at < d) even += (x[from + at]! - y[other + at]!) ** 2;
  return even + odd;
}

/**
 * Hands every block of a against b to `visit`, in order of rows, then columns. `symmetric` (a and b are the same rows) leaves out
 * the blocks below the diagonal. The next product is computed while `visit` works.
 */
export async function forEachBlock(
  a: CentredRows,
  b: CentredRows,
  products: Products,
  visit: (block: DistanceBlock) => Promise<void> | void,
  { symmetric = false, blockRows = defaultRows(a.features.dimensions), onProgress }: BlockOptions = {},
): Promise<void> {
  const size = blockRows;
  const places: [number, number][] = [];
  for (let i = 0; i < a.features.count; i += size) {
    for (let j = symmetric ? i : 0; j < b.features.count; j += size) places.push([i, j]);
  }
  const double = !singleIsSafe(a, b);
  const start = (at: number) => {
    const [i, j] = places[at]!;
    return blockAt(a, i, b, j, size, products, double);
  };
  let next = start(0);
  for (let at = 0; at < places.length; at++) {
    const block = await next;
    if (at + 1 < places.length) next = start(at + 1);
    await visit(block);
    onProgress?.((at + 1) / places.length);
  }
}

function defaultRows(dimensions: number): number {
  return Math.max(64, Math.min(2048, Math.floor(2 ** 22 / dimensions)));
}

/** With fewer dimensions the product costs less than looking at it. */
const worthSingle = 128;
/** Absolute error that underflow may add, given lengths from 1e-3 to 1e9. */
const underflow = 1e-26;

function singleIsSafe(a: CentredRows, b: CentredRows): boolean {
  let largest = 0;
  for (const { squares } of [a, b]) for (const v of squares) largest = Math.max(largest, v);
  return a.features.dimensions >= worthSingle && largest > 1e-6 && largest < 1e18;
}

async function blockAt(
  a: CentredRows,
  i: number,
  b: CentredRows,
  j: number,
  size: number,
  products: Products,
  double: boolean,
): Promise<DistanceBlock> {
  const rows = Math.min(size, a.features.count - i);
  const columns = Math.min(size, b.features.count - j);
  const [left, right] = [centred(a, i, rows, double), centred(b, j, columns, double)];
  const table = await (double ? products.outer(left, right) : products.outerSingle(left, right));
  // |fl(a·b) − a·b| ≤ γ|a||b| ≤ γ(|a|² + |b|²)/2 with γ of the order of dimensions·unit, however the sum is ordered
  // (Higham, Accuracy and Stability, §3.1); the squares carry an error of their own in float64.
  const terms = a.features.dimensions + 8;
  const relative = terms * (double ? 2 ** -53 : 2 ** -24) * 1.01 + terms * 2 ** -53;
  const scaled = (factor: number, add: number): [Float64Array, Float64Array] => [
    a.squares.slice(i, i + rows).map((v) => v * factor + add),
    b.squares.slice(j, j + columns).map((v) => v * factor + add),
  ];
  return {
    firstRow: i,
    rows,
    firstColumn: j,
    columns,
    products: table,
    double,
    low: scaled(1 - relative, double ? 0 : -underflow),
    high: scaled(1 + relative, double ? 0 : underflow),
    inDouble: () => blockAt(a, i, b, j, size, products, true),
  };
}

function centred({ features, centre }: CentredRows, first: number, count: number, double: boolean): Features {
  const { data, dimensions } = rowsOf(features, first, count);
  const out = double ? new Float64Array(data.length) : new Float32Array(data.length);
  for (let i = 0; i < count; i++) {
    const row = i * dimensions;
    for (let j = 0; j < dimensions; j++) out[row + j] = data[row + j]! - centre[j]!;
  }
  return { data: out, count, dimensions };
}
