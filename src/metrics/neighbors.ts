/** Exact nearest neighbours by Euclidean distance, in blocks: never a whole table of distances in memory. */
import { UserError } from "../tensor/index.ts";
import { centreRows, type DistanceBlock, forEachBlock, squaredDistance } from "./distance-blocks.ts";
import type { Features } from "./features.ts";
import type { Products } from "./products.ts";

export interface NeighborOptions {
  /** How many neighbours of each query. */
  readonly k: number;
  readonly products: Products;
  /** Queries and points are the same rows, and none is its own neighbour. Default false. */
  readonly excludeSelf?: boolean;
  /** Rows of a block of distances. Default: as many as make good use of the device, 2,048 at most. */
  readonly blockRows?: number;
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
  { k, products, excludeSelf = false, ...options }: NeighborOptions,
): Promise<Neighbors> {
  check(queries, points, k, excludeSelf);
  const b = centreRows(points);
  const symmetric = excludeSelf && queries.data === points.data;
  const a = symmetric ? b : centreRows(queries, b.centre);
  const search: Search = {
    queries,
    points,
    excludeSelf,
    symmetric,
    bounds: createBest(queries.count, k),
    best: createBest(queries.count, k),
  };
  await forEachBlock(a, b, products, (block) => searchBlock(search, block), { symmetric, ...options });
  return sorted(queries, points, k, search.best.indices);
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

/** √Σ(a − b)² of row i of a and row j of b. */
export function distanceOf(a: Features, i: number, b: Features, j: number): number {
  return Math.sqrt(squaredDistance(a, i, b, j));
}

function check(queries: Features, points: Features, k: number, excludeSelf: boolean): void {
  const most = points.count - (excludeSelf ? 1 : 0);
  if (!Number.isInteger(k) || k < 1 || k > most) {
    throw new UserError(
      `nearestNeighbors: ${k} neighbours are asked for among ${points.count} points; expected a whole number from 1 to ${most}.`,
    );
  }
  if (queries.dimensions !== points.dimensions || (excludeSelf && queries.count !== points.count)) {
    throw new UserError(
      `nearestNeighbors: queries are [${queries.count}, ${queries.dimensions}] and points [${points.count}, ${points.dimensions}]; expected rows of one length${excludeSelf ? ", and the same rows on both sides" : ""}.`,
    );
  }
}

/** The k smallest of what is offered to each query, in order. */
interface Best {
  readonly k: number;
  readonly indices: Int32Array; // [queries, k]
  readonly values: Float64Array; // [queries, k]
}

function createBest(queries: number, k: number): Best {
  const indices = new Int32Array(queries * k).fill(-1);
  return { k, indices, values: new Float64Array(queries * k).fill(Number.POSITIVE_INFINITY) };
}

function offer({ k, indices, values }: Best, query: number, point: number, value: number): void {
  const start = query * k;
  let at = start + k - 1;
  if (!(value < values[at]!)) return;
  for (; at > start && values[at - 1]! > value; at--) {
    values[at] = values[at - 1]!;
    indices[at] = indices[at - 1]!;
  }
  values[at] = value;
  indices[at] = point;
}

interface Search {
  readonly queries: Features;
  readonly points: Features;
  readonly excludeSelf: boolean;
  /** Blocks below the diagonal are left out: each pair serves both its rows. */
  readonly symmetric: boolean;
  /** Upper bounds of squared distances: none beyond the k-th can be a neighbour. */
  readonly bounds: Best;
  readonly best: Best;
}

/** With more candidates than this share of a block, summing their coordinates takes longer than a product in float64. */
const mostCandidates = 1 / 64;

async function searchBlock(search: Search, block: DistanceBlock): Promise<void> {
  lowerBounds(search, block);
  const most = Math.max(4096, block.rows * block.columns * mostCandidates);
  const few = candidates(search, block, most);
  if (few) return offerExact(search, block, few);
  const double = block.double ? block : await block.inDouble();
  const closer = block.double ? undefined : candidates(search, double, most);
  if (closer) return offerExact(search, double, closer);
  // So many are equal up to rounding in float64 that they are copies: any of them will do.
  offerExact(search, double, candidates(search, double, Number.POSITIVE_INFINITY)!, true);
}

/** Takes the block's upper bounds into account. */
function lowerBounds({ bounds, excludeSelf, symmetric }: Search, block: DistanceBlock): void {
  const { firstRow, rows, firstColumn, columns, products, high } = block;
  const { k, values } = bounds;
  const both = symmetric && firstRow !== firstColumn;
  for (let i = 0; i < rows; i++) {
    const [row, add, own] = [firstRow + i, high[0][i]!, (firstRow + i + 1) * k - 1];
    let bound = values[own]!;
    for (let j = 0; j < columns; j++) {
      const value = add + high[1][j]! - 2 * products[i * columns + j]!;
      if (value < bound && !(excludeSelf && row === firstColumn + j)) {
        offer(bounds, row, firstColumn + j, value);
        bound = values[own]!;
      }
      if (both && value < values[(firstColumn + j + 1) * k - 1]!) offer(bounds, firstColumn + j, row, value);
    }
  }
}

/** Places in the block of pairs that may be neighbours; nothing where they are more than `most`. */
function candidates(
  { bounds, excludeSelf, symmetric }: Search,
  block: DistanceBlock,
  most: number,
): number[] | undefined {
  const { firstRow, rows, firstColumn, columns, products, low } = block;
  const { k, values } = bounds;
  const both = symmetric && firstRow !== firstColumn;
  const limits = Float64Array.from({ length: columns }, (_, j) =>
    both ? values[(firstColumn + j + 1) * k - 1]! : Number.NEGATIVE_INFINITY,
  );
  const found: number[] = [];
  for (let i = 0; i < rows; i++) {
    const [row, add, bound] = [firstRow + i, low[0][i]!, values[(firstRow + i + 1) * k - 1]!];
    for (let j = 0; j < columns; j++) {
      const value = add + low[1][j]! - 2 * products[i * columns + j]!;
      if (value > bound && value > limits[j]!) continue;
      if (!(excludeSelf && row === firstColumn + j)) found.push(i * columns + j);
    }
    if (found.length > most) return undefined;
  }
  return found;
}

/** Offers the pairs at `places` with their distance; `rough`: with the block's own value. */
function offerExact(search: Search, block: DistanceBlock, places: readonly number[], rough = false): void {
  const { queries, points, best, symmetric } = search;
  const { firstRow, firstColumn, columns, products, low, high } = block;
  const both = symmetric && firstRow !== firstColumn;
  for (const place of places) {
    const [i, j] = [Math.floor(place / columns), place % columns];
    const [row, column] = [firstRow + i, firstColumn + j];
    const middle = (low[0][i]! + high[0][i]! + low[1][j]! + high[1][j]!) / 2;
    const value = rough ? middle - 2 * products[place]! : squaredDistance(queries, row, points, column);
    offer(best, row, column, value);
    if (both) offer(best, column, row, value);
  }
}

/** The neighbours in order, with distances summed coordinate by coordinate. */
function sorted(queries: Features, points: Features, k: number, found: Int32Array): Neighbors {
  const indices = new Int32Array(found.length);
  const distances = new Float64Array(found.length);
  for (let query = 0; query < queries.count; query++) {
    const row = Array.from(found.subarray(query * k, (query + 1) * k), (point) => ({
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
