/** K-means clustering, float64. */
import { UserError } from "../../tensor/index.ts";
import { createStream, deriveKey, type RandomStream } from "../../tensor/random/index.ts";

/** A table of numbers, row after row. */
export interface Rows {
  readonly data: Float32Array | Float64Array;
  readonly count: number;
  readonly dimensions: number;
}

export interface KMeansOptions {
  /** Number of clusters. */
  readonly k: number;
  /** Default 0. */
  readonly seed?: number;
  /** Most rounds of Lloyd's algorithm. Default 100. */
  readonly iterations?: number;
  /** Centres to begin with, [k, dimensions], instead of those of k-means++. */
  readonly start?: ArrayLike<number>;
}

export interface KMeans {
  readonly centers: Float64Array; // [k, dimensions]
  /** The nearest centre of each row. */
  readonly labels: Int32Array;
  /** Rows of each cluster; 0 only where there are fewer different rows than clusters. */
  readonly counts: Int32Array;
  /** Σ‖x − its centre‖² after each round: it never rises. */
  readonly inertias: readonly number[];
  /** Whether the last round changed no label. */
  readonly converged: boolean;
}

/**
 * Clusters rows about k centres that make Σᵢ‖xᵢ − c(i)‖² small: Lloyd's algorithm (Lloyd 1982) from the centres of k-means++
 * (Arthur & Vassilvitskii 2007). Bounds on distances spare most of them without changing the result (Hamerly 2010). A
 * cluster that loses its last row takes the row that is farthest from its own centre.
 *
 * Throws (UserError) unless 1 ≤ k ≤ count.
 */
export function kMeans(rows: Rows, { k, seed = 0, iterations = 100, start }: KMeansOptions): KMeans {
  if (!Number.isInteger(k) || k < 1 || k > rows.count) {
    throw new UserError(
      `kMeans: ${k} clusters of ${rows.count} rows; expected a whole number from 1 to the number of rows.`,
    );
  }
  const random = createStream(deriveKey(seed, "k-means"));
  const centers = start ? Float64Array.from(start) : plusPlus(rows, k, random);
  const state = createAssignment(rows, k);
  state.assign(centers, 0);
  const inertias = [state.inertia()];
  let converged = false;
  for (let round = 0; round < iterations && !converged; round++) {
    const moved = moveCenters(rows, centers, state);
    converged = state.assign(centers, moved) === 0 && moved === 0;
    inertias.push(state.inertia());
  }
  const counts = new Int32Array(k);
  for (const label of state.labels) counts[label]!++;
  return { centers, labels: state.labels, counts, inertias, converged };
}

/** The number of the nearest centre of each row; the lower number where two are equally near. */
export function nearestCenters(rows: Rows, centers: Float64Array): Int32Array {
  const state = createAssignment(rows, centers.length / rows.dimensions);
  state.assign(centers, 0);
  return state.labels;
}

/** Each centre is a row drawn with probability ∝ its squared distance to the nearest centre so far. */
function plusPlus({ data, count, dimensions }: Rows, k: number, random: RandomStream): Float64Array {
  const centers = new Float64Array(k * dimensions);
  const nearest = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const draws = random.uniform(new Float32Array(k));
  let chosen = Math.floor(draws[0]! * count);
  for (let c = 0; c < k; c++) {
    centers.set(data.subarray(chosen * dimensions, (chosen + 1) * dimensions), c * dimensions);
    let total = 0;
    for (let i = 0; i < count; i++) {
      nearest[i] = Math.min(nearest[i]!, squaredDistance(data, i, centers, c, dimensions));
      total += nearest[i]!;
    }
    if (c + 1 < k) chosen = draw(nearest, total, draws[c + 1]!);
  }
  return centers;
}

/** The number i drawn with probability weights[i] / total by the uniform number u; any, where all weights are 0. */
function draw(weights: Float64Array, total: number, u: number): number {
  if (!(total > 0)) return Math.floor(u * weights.length);
  let rest = u * total;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    last = i;
    rest -= weights[i]!;
    if (rest < 0) break;
  }
  return last;
}

interface Assignment {
  readonly labels: Int32Array;
  /** Distance of each row to its centre. */
  readonly distances: Float64Array;
  /** Gives every row its nearest centre, after centres moved by at most `moved`; the number of labels that changed. */
  assign(centers: Float64Array, moved: number): number;
  inertia(): number;
}

function createAssignment({ data, count, dimensions }: Rows, k: number): Assignment {
  const labels = new Int32Array(count).fill(-1);
  const distances = new Float64Array(count);
  const second = new Float64Array(count); // at most the distance to any centre other than the row's own
  const scan = (i: number, centers: Float64Array): void => {
    let [best, next, label] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0];
    for (let c = 0; c < k; c++) {
      const d = squaredDistance(data, i, centers, c, dimensions);
      if (d < best) [next, best, label] = [best, d, c];
      else if (d < next) next = d;
    }
    // The old centre stays where another is only as near, so that labels settle.
    if (labels[i]! >= 0 && squaredDistance(data, i, centers, labels[i]!, dimensions) === best)
      label = labels[i]!;
    labels[i] = label;
    distances[i] = Math.sqrt(best);
    second[i] = Math.sqrt(next);
  };
  return {
    labels,
    distances,
    assign(centers, moved) {
      let changed = 0;
      for (let i = 0; i < count; i++) {
        const old = labels[i]!;
        if (old >= 0) {
          distances[i] = Math.sqrt(squaredDistance(data, i, centers, old, dimensions));
          second[i]! -= moved;
        }
        if (old < 0 || distances[i]! >= second[i]!) scan(i, centers);
        if (labels[i] !== old) changed++;
      }
      return changed;
    },
    inertia: () => distances.reduce((sum, d) => sum + d * d, 0),
  };
}

/** Puts every centre at the mean of its rows, and returns the farthest that one moved. */
function moveCenters(
  { data, count, dimensions }: Rows,
  centers: Float64Array,
  { labels, distances }: Assignment,
): number {
  const before = centers.slice();
  const k = centers.length / dimensions;
  fillEmpty(labels, distances, k);
  const counts = new Int32Array(k);
  const sums = new Float64Array(centers.length);
  for (let i = 0; i < count; i++) {
    const at = labels[i]! * dimensions;
    counts[labels[i]!]!++;
    for (let d = 0; d < dimensions; d++) sums[at + d]! += data[i * dimensions + d]!;
  }
  let farthest = 0;
  for (let c = 0; c < k; c++) {
    if (counts[c] === 0) continue;
    for (let d = c * dimensions; d < (c + 1) * dimensions; d++) centers[d] = sums[d]! / counts[c]!;
    farthest = Math.max(farthest, squaredDistance(before, c, centers, c, dimensions));
  }
  return Math.sqrt(farthest);
}

/** Gives each cluster without rows the row that is farthest from its centre. */
function fillEmpty(labels: Int32Array, distances: Float64Array, k: number): void {
  const counts = new Int32Array(k);
  for (const label of labels) counts[label]!++;
  for (let c = 0; c < k; c++) {
    if (counts[c]! > 0) continue;
    let far = 0;
    for (let i = 1; i < labels.length; i++) if (distances[i]! > distances[far]!) far = i;
    if (distances[far] === 0) return;
    counts[labels[far]!]!--;
    counts[c] = 1;
    labels[far] = c;
    distances[far] = 0;
  }
}

function squaredDistance(
  a: Float32Array | Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  dimensions: number,
): number {
  // Four sums at once: a processor adds them side by side, one would wait for each addition to end.
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let x = i * dimensions;
  let y = j * dimensions;
  const end = x + dimensions;
  for (const last = end - 3; x < last; x += 4, y += 4) {
    const d0 = a[x]! - b[y]!;
    const d1 = a[x + 1]! - b[y + 1]!;
    const d2 = a[x + 2]! - b[y + 2]!;
    const d3 = a[x + 3]! - b[y + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; x < end; x++, y++) s0 += (a[x]! - b[y]!) ** 2;
  return s0 + s1 + (s2 + s3);
}
