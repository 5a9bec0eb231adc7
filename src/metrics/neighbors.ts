/** Exact nearest neighbours by Euclidean distance, in blocks: never a whole table of distances in memory. */
import { UserError } from "../tensor/index.ts";
import { type Features, rowsOf } from "./features.ts";
import type { Products } from "./products.ts";

export interface NeighborOptions {
  /** How many neighbours of each query. */
  readonly k: number;
  readonly products: Products;
  /** Queries and points are the same rows, and none is its own neighbour. Default false. */
  readonly excludeSelf?: boolean;
  /** Is told how far the work is, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

export interface Neighbors {
  readonly k: number;
  /** Row numbers of the points, [queries, k], nearest first; the lower number first where distances are equal. */
  readonly indices: Int32Array;
  /** Euclidean distances, [queries, k]. */
  readonly distances: Float64Array;
}

/**
 * The k points nearest to each query: √Σ(q − p)², float64. Blocks of products q·p find the candidates, whose distances are
 * then summed coordinate by coordinate, so that the distance of equal rows is exactly 0.
 *
 * Throws (UserError) where there are fewer than k points, or with excludeSelf than k + 1, or where rows differ in length.
 */
export async function nearestNeighbors(
  queries: Features,
  points: Features,
  { k, products, excludeSelf = false, onProgress }: NeighborOptions,
): Promise<Neighbors> {
  check(queries, points, k, excludeSelf);
  const best = createBest(queries.count, k);
  const size = blockRows(points.dimensions);
  const centre = centreOf(points);
  const blocks = Math.ceil(queries.count / size) * Math.ceil(points.count / size);
  let done = 0;
  for (let i = 0; i < queries.count; i += size) {
    const a = centred(queries, i, size, centre);
    for (let j = 0; j < points.count; j += size) {
      const b = centred(points, j, size, centre);
      const product = await products.outer(a.rows, b.rows);
      for (let row = 0; row < a.rows.count; row++) {
        for (let column = 0; column < b.rows.count; column++) {
          if (excludeSelf && i + row === j + column) continue;
          const squared = a.squares[row]! + b.squares[column]! - 2 * product[row * b.rows.count + column]!;
          best.offer(i + row, j + column, squared);
        }
      }
      onProgress?.(++done / blocks);
    }
  }
  return refine(queries, points, k, best.indices);
}

/** Distance of each query to its k-th nearest point, [queries]: the radius of its ball. */
export async function kthDistances(
  queries: Features,
  points: Features,
  options: NeighborOptions,
): Promise<Float64Array> {
  const { k, distances } = await nearestNeighbors(queries, points, options);
  return Float64Array.from({ length: queries.count }, (_, i) => distances[i * k + k - 1]!);
}

function check(queries: Features, points: Features, k: number, excludeSelf: boolean): void {
  const least = excludeSelf ? k + 1 : k;
  if (!Number.isInteger(k) || k < 1 || points.count < least) {
    throw new UserError(
      `nearestNeighbors: ${k} neighbours are asked for among ${points.count} points; expected a whole number from 1 to ${points.count - (excludeSelf ? 1 : 0)}.`,
    );
  }
  if (queries.dimensions !== points.dimensions || (excludeSelf && queries.count !== points.count)) {
    throw new UserError(
      `nearestNeighbors: queries are [${queries.count}, ${queries.dimensions}] and points [${points.count}, ${points.dimensions}]; expected rows of one length${excludeSelf ? ", and the same rows on both sides" : ""}.`,
    );
  }
}

/** Rows of a block: 16 MB of numbers at most, so that operands and products stay small beside the features. */
function blockRows(dimensions: number): number {
  return Math.max(64, Math.min(2048, Math.floor(2 ** 21 / dimensions)));
}

/** The mean: distances do not change with the origin, but rounding does. */
function centreOf({ data, count, dimensions }: Features): Float64Array {
  const sum = new Float64Array(dimensions);
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < dimensions; j++) sum[j]! += data[i * dimensions + j]!;
  }
  return sum.map((v) => v / count);
}

function centred(features: Features, first: number, size: number, centre: Float64Array) {
  const { data, count, dimensions } = rowsOf(features, first, Math.min(size, features.count - first));
  const rows = new Float64Array(data.length);
  const squares = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = 0; j < dimensions; j++) {
      const v = data[i * dimensions + j]! - centre[j]!;
      rows[i * dimensions + j] = v;
      sum += v * v;
    }
    squares[i] = sum;
  }
  return { rows: { data: rows, count, dimensions }, squares };
}

/** The k smallest of what is offered to each query, in order. */
function createBest(queries: number, k: number) {
  const indices = new Int32Array(queries * k).fill(-1);
  const values = new Float64Array(queries * k).fill(Number.POSITIVE_INFINITY);
  const offer = (query: number, point: number, value: number): void => {
    const start = query * k;
    let at = start + k - 1;
    if (!(value < values[at]!)) return;
    for (; at > start && values[at - 1]! > value; at--) {
      values[at] = values[at - 1]!;
      indices[at] = indices[at - 1]!;
    }
    values[at] = value;
    indices[at] = point;
  };
  return { indices, offer };
}

/** Distances of the candidates without the cancellation of |q|² + |p|² − 2 q·p. */
function refine(queries: Features, points: Features, k: number, candidates: Int32Array): Neighbors {
  const indices = new Int32Array(candidates.length);
  const distances = new Float64Array(candidates.length);
  for (let query = 0; query < queries.count; query++) {
    const row = Array.from(candidates.subarray(query * k, (query + 1) * k), (point) => ({
      point,
      distance: distanceOf(queries, query, points, point),
    }));
    row.sort((a, b) => a.distance - b.distance || a.point - b.point);
    row.forEach(({ point, distance }, i) => {
      indices[query * k + i] = point;
      distances[query * k + i] = distance;
    });
  }
  return { k, indices, distances };
}

/** √Σ(a − b)² of row i of a and row j of b. */
export function distanceOf(a: Features, i: number, b: Features, j: number): number {
  const d = a.dimensions;
  let sum = 0;
  for (let at = 0; at < d; at++) {
    const gap = a.data[i * d + at]! - b.data[j * d + at]!;
    sum += gap * gap;
  }
  return Math.sqrt(sum);
}
