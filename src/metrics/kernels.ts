/** Kernels on rows of features, and their sums over all pairs of rows, in blocks. */
import { UserError } from "../tensor/index.ts";
import { type Features, rowsOf } from "./features.ts";
import type { Products } from "./products.ts";

/** k(x, y), a function of xᵀy or of ‖x − y‖². */
export interface FeatureKernel {
  readonly name: string;
  readonly of: "product" | "squared distance";
  value(v: number): number;
}

/** The kernels that discrepancies are measured with; bandwidths σ are lengths, in the unit of the features. */
export const featureKernels = {
  /** Σ exp(−‖x − y‖²/2σ²) over the bandwidths: one, or a mixture. */
  gaussian: (...bandwidths: number[]): FeatureKernel => {
    checkPositive("gaussian", bandwidths);
    const scales = bandwidths.map((s) => -0.5 / s ** 2);
    return distanceKernel("gaussian", (d) => sumOf(scales, (s) => Math.exp(s * d)));
  },
  /** Σ exp(−‖x − y‖/σ) over the bandwidths, with the Euclidean distance. */
  laplacian: (...bandwidths: number[]): FeatureKernel => {
    checkPositive("laplacian", bandwidths);
    return distanceKernel("laplacian", (d) => {
      const distance = Math.sqrt(d);
      return sumOf(bandwidths, (s) => Math.exp(-distance / s));
    });
  },
  /** Σ (1 + ‖x − y‖²/2α)^(−α) over α (Bińkowski et al. 2018, section 2.1). */
  rationalQuadratic: (...alphas: number[]): FeatureKernel => {
    checkPositive("rationalQuadratic", alphas);
    return distanceKernel("rational quadratic", (d) => sumOf(alphas, (a) => (1 + d / (2 * a)) ** -a));
  },
  /** xᵀy: the discrepancy is the distance between the means. */
  linear: (): FeatureKernel => ({ name: "linear", of: "product", value: (v) => v }),
  /** (γ·xᵀy + c)^p. */
  polynomial: (gamma: number, { degree = 3, offset = 1 } = {}): FeatureKernel => ({
    name: "polynomial",
    of: "product",
    value: degree === 3 ? (v) => cube(gamma * v + offset) : (v) => (gamma * v + offset) ** degree,
  }),
  /** −‖x − y‖: the squared discrepancy is the energy distance 2E‖x − y‖ − E‖x − x′‖ − E‖y − y′‖ (Székely & Rizzo 2013). */
  energy: (): FeatureKernel => distanceKernel("energy", (d) => -Math.sqrt(d)),
};

function distanceKernel(name: string, value: (squared: number) => number): FeatureKernel {
  return { name, of: "squared distance", value };
}

function sumOf(list: readonly number[], f: (v: number) => number): number {
  let sum = 0;
  for (const v of list) sum += f(v);
  return sum;
}

function cube(v: number): number {
  return v * v * v;
}

function checkPositive(name: string, list: readonly number[]): void {
  if (list.length === 0 || !list.every((v) => v > 0)) {
    throw new UserError(
      `The ${name} kernel got [${list.join(", ")}]; expected one or more positive numbers. A bandwidth of 0 means that most rows are equal.`,
    );
  }
}

/** Sums of a matrix K of kernel values between the rows of two sets. */
export interface KernelSums {
  readonly rows: number;
  readonly columns: number;
  readonly rowSums: Float64Array;
  readonly columnSums: Float64Array;
  /** Kᵢᵢ, as many as the shorter side has. */
  readonly diagonal: Float64Array;
  /** ΣᵢⱼKᵢⱼ². */
  readonly squares: number;
}

/** A block has at most this many rows and columns: 32 MB of products. */
const blockSize = 2048;

/**
 * Sums of each kernel over all pairs of rows of `a` and `b`, where b = a if it is the same object; products are computed once
 * for all kernels, [2048, 2048] at a time. Distances are taken from the mean of `a`, so that little is lost to rounding.
 */
export async function kernelSums(
  a: Features,
  b: Features,
  kernels: readonly FeatureKernel[],
  products: Products,
): Promise<KernelSums[]> {
  const same = a === b;
  const sums = kernels.map(() => createSums(a.count, b.count));
  const byDistance = kernels.some((k) => k.of === "squared distance");
  const centre = byDistance ? meanOf(a) : undefined;
  const left = blocksOf(a, centre);
  const right = same ? left : blocksOf(b, centre);
  for (const x of left) {
    for (const y of right) {
      if (same && y.first < x.first) continue;
      const inner = await products.outer(x.rows, y.rows);
      const distances = byDistance ? squaredDistances(x, y, inner) : inner;
      const shift = kernels.some((k) => k.of === "product") && centre;
      const raw = shift ? await products.outer(x.raw, y.raw) : inner;
      kernels.forEach((kernel, i) => {
        const values = kernel.of === "product" ? raw : distances;
        addBlock(sums[i]!, kernel, values, x, y, same && x.first !== y.first);
      });
    }
  }
  return sums.map(({ squares, ...rest }) => ({ ...rest, squares: squares[0]! }));
}

interface Block {
  readonly first: number;
  readonly raw: Features;
  /** Without the centre. */
  readonly rows: Features;
  readonly norms: Float64Array;
}

type GrowingSums = Omit<KernelSums, "squares"> & { readonly squares: Float64Array };

function createSums(rows: number, columns: number): GrowingSums {
  return {
    rows,
    columns,
    rowSums: new Float64Array(rows),
    columnSums: new Float64Array(columns),
    diagonal: new Float64Array(Math.min(rows, columns)),
    squares: new Float64Array(1),
  };
}

export function meanOf({ data, count, dimensions }: Features): Float64Array {
  const mean = new Float64Array(dimensions);
  for (let i = 0; i < data.length; i++) mean[i % dimensions]! += data[i]! / count;
  return mean;
}

function blocksOf(features: Features, centre: Float64Array | undefined): Block[] {
  const { count, dimensions } = features;
  return Array.from({ length: Math.ceil(count / blockSize) }, (_, b) => {
    const first = b * blockSize;
    const raw = rowsOf(features, first, Math.min(blockSize, count - first));
    const norms = new Float64Array(raw.count);
    if (!centre) return { first, raw, rows: raw, norms };
    const data = new Float64Array(raw.data);
    for (let i = 0, at = 0; i < raw.count; i++) {
      for (let d = 0; d < dimensions; d++, at++) {
        data[at]! -= centre[d]!;
        norms[i]! += data[at]! ** 2;
      }
    }
    return { first, raw, rows: { data, count: raw.count, dimensions }, norms };
  });
}

function squaredDistances(x: Block, y: Block, inner: Float64Array): Float64Array {
  const columns = y.rows.count;
  const out = new Float64Array(inner.length);
  for (let i = 0, at = 0; i < x.rows.count; i++) {
    // Rounding can leave a small negative number where two rows are equal.
    for (let j = 0; j < columns; j++, at++) out[at] = Math.max(0, x.norms[i]! + y.norms[j]! - 2 * inner[at]!);
  }
  if (x === y) for (let i = 0; i < columns; i++) out[i * columns + i] = 0;
  return out;
}

/** Adds kernel values of one block; `mirror` adds them once more with rows and columns exchanged. */
function addBlock(
  sums: GrowingSums,
  kernel: FeatureKernel,
  values: Float64Array,
  x: Block,
  y: Block,
  mirror: boolean,
): void {
  const [rows, columns] = [x.rows.count, y.rows.count];
  let squares = 0;
  for (let i = 0, at = 0; i < rows; i++) {
    let row = 0;
    for (let j = 0; j < columns; j++, at++) {
      const v = kernel.value(values[at]!);
      row += v;
      squares += v * v;
      sums.columnSums[y.first + j]! += v;
      if (mirror) sums.rowSums[y.first + j]! += v;
      if (x.first + i === y.first + j) sums.diagonal[x.first + i] = v;
    }
    sums.rowSums[x.first + i]! += row;
    if (mirror) sums.columnSums[x.first + i]! += row;
  }
  sums.squares[0]! += mirror ? 2 * squares : squares;
}
