/** Mean and covariance of features, block after block, in float64. */
import { UserError } from "../tensor/index.ts";
import { type Features, rowsOf } from "./features.ts";
import type { Products, Scatter } from "./products.ts";

/** What a Gaussian fitted to features is made of. */
export interface GaussianStatistics {
  readonly count: number;
  readonly dimensions: number;
  readonly mean: Float64Array; // [d]
  readonly covariance: Float64Array; // [d, d]
}

export interface StatisticsOptions {
  readonly products: Products;
  /** Covariances are sums over count − ddof: 1 (default) as np.cov, 0 as StyleGAN's metrics. */
  readonly ddof?: 0 | 1;
  readonly onProgress?: (share: number) => void;
}

/** Statistics that grow with each block of features added. */
export interface StatisticsStream {
  /** The rows are only read before the promise resolves. */
  add(rows: Features): Promise<void>;
  /** Throws (UserError) where fewer than ddof + 1 rows were added. */
  finish(): GaussianStatistics;
}

/** μ = Σ xᵢ/n and Σ = Σ (xᵢ − μ)(xᵢ − μ)ᵀ/(n − ddof) of all rows. Errors as StatisticsStream. */
export async function statisticsOf(
  features: Features,
  { onProgress, ...options }: StatisticsOptions,
): Promise<GaussianStatistics> {
  const stream = createStatistics(features.dimensions, options);
  const size = blockRows(features.dimensions);
  for (let first = 0; first < features.count; first += size) {
    await stream.add(rowsOf(features, first, Math.min(size, features.count - first)));
    onProgress?.(Math.min(1, (first + size) / features.count));
  }
  return stream.finish();
}

/**
 * Each block is centred at its own mean and merged by the update of Chan, Golub & LeVeque (1979):
 * M₂ = M₂ₐ + M₂ᵦ + (μᵦ − μₐ)(μᵦ − μₐ)ᵀ·nₐnᵦ/(nₐ + nᵦ), so that large means cancel nothing.
 */
export function createStatistics(
  dimensions: number,
  { products, ddof = 1 }: StatisticsOptions,
): StatisticsStream {
  const mean = new Float64Array(dimensions);
  const scatter = new Float64Array(dimensions * dimensions); // lower triangle
  let count = 0;
  const merge = async (rows: Features): Promise<void> => {
    const block = await products.scatter(rows);
    addPanels(scatter, block, dimensions);
    const total = count + rows.count;
    const gap = block.mean.map((v, j) => v - mean[j]!);
    if (count > 0) addOuter(scatter, gap, (count * rows.count) / total);
    for (let j = 0; j < dimensions; j++) mean[j]! += (gap[j]! * rows.count) / total;
    count = total;
  };
  return {
    add: async (rows) => {
      const size = blockRows(dimensions);
      for (let first = 0; first < rows.count; first += size) {
        await merge(rowsOf(rows, first, Math.min(size, rows.count - first)));
      }
    },
    finish: () => {
      if (count <= ddof) {
        throw new UserError(
          `A covariance over n − ${ddof} needs at least ${ddof + 1} examples, but there are ${count}; give more of them.`,
        );
      }
      return {
        count,
        dimensions,
        mean: mean.slice(),
        covariance: symmetric(scatter, dimensions, count - ddof),
      };
    },
  };
}

/** Rows of a block: 64 MB of numbers at most. */
function blockRows(dimensions: number): number {
  return Math.max(64, Math.min(2 ** 16, Math.floor(2 ** 23 / dimensions)));
}

/** Σ rows/n. */
export function meanOf({ data, count, dimensions }: Features): Float64Array {
  const sum = new Float64Array(dimensions);
  for (let i = 0; i < count; i++) {
    const row = i * dimensions;
    for (let j = 0; j < dimensions; j++) sum[j]! += data[row + j]!;
  }
  return sum.map((v) => v / count);
}

/** scatter += panels below the diagonal. */
function addPanels(scatter: Float64Array, { panels, panelRows }: Scatter, dimensions: number): void {
  panels.forEach((panel, p) => {
    const first = p * panelRows;
    const rows = Math.min(panelRows, dimensions - first);
    const width = first + rows;
    for (let i = 0; i < rows; i++) {
      const [from, to] = [i * width, (first + i) * dimensions];
      for (let j = 0; j <= first + i; j++) scatter[to + j]! += panel[from + j]!;
    }
  });
}

/** scatter += factor·v·vᵀ below the diagonal. */
function addOuter(scatter: Float64Array, v: Float64Array, factor: number): void {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    const scaled = factor * v[i]!;
    for (let j = 0; j <= i; j++) scatter[i * n + j]! += scaled * v[j]!;
  }
}

function symmetric(lower: Float64Array, n: number, divisor: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) out[i * n + j] = out[j * n + i] = lower[i * n + j]! / divisor;
  }
  return out;
}
