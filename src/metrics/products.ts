/** Matrix products of rows, compiled once for a runtime: the arithmetic of covariances, distances and kernels. */
import { compile, type Runtime } from "../runtime/index.ts";
import { cast, narrow as columnsOf, matmul, mean, sub, type Tensor } from "../tensor/index.ts";
import type { Features } from "./features.ts";

export interface Products {
  /** A·Bᵀ in float64: rows of a against rows of b, [a.count, b.count]. */
  outer(a: Features, b: Features): Promise<Float64Array>;
  /** A·Bᵀ in float32: a quarter of the time, where seven digits do. */
  outerSingle(a: Features, b: Features): Promise<Float32Array>;
  /** Aᵀ·B in float64: [a.dimensions, b.dimensions]. */
  inner(a: Features, b: Features): Promise<Float64Array>;
  /** Mean of the rows, and the sum of (x − mean)(x − mean)ᵀ over them, in float64. */
  scatter(rows: Features): Promise<Scatter>;
}

export interface Scatter {
  readonly mean: Float64Array; // [dimensions]
  /** The lower triangle in panels of rows: panel p begins with row p·panelRows and ends each row with its last column. */
  readonly panels: readonly Float64Array[];
  readonly panelRows: number;
}

const panelRows = 512;

/** Products on `runtime`, which must be a CPU. Features of float32 are widened block by block by the caller's choice of size. */
export function createProducts(runtime: Runtime): Products {
  const outer = compile((a: Tensor, b: Tensor) => matmul(a, b.transpose()), {
    runtime,
    name: "outer product",
  });
  const inner = compile((a: Tensor, b: Tensor) => matmul(a.transpose(), b), {
    runtime,
    name: "inner product",
  });
  const scatter = compile(scatterOf, { runtime, name: "scatter" });
  return {
    outer: async (a, b) => (await outer(wide(a), wide(b))).data as Float64Array,
    outerSingle: async (a, b) => (await outer(narrow(a), narrow(b))).data as Float32Array,
    inner: async (a, b) => (await inner(wide(a), wide(b))).data as Float64Array,
    scatter: async ({ data, count, dimensions }) => {
      const result = await scatter({ data: alone(data), shape: [count, dimensions] });
      const panels = result.panels.map((p) => p.data as Float64Array);
      return { mean: result.mean.data as Float64Array, panels, panelRows };
    },
  };
}

/** In panels, so that what lies above the diagonal is hardly computed. */
function scatterOf(rows: Tensor): { mean: Tensor; panels: Tensor[] } {
  const x = cast(rows, "float64");
  const centre = mean(x, 0);
  const centred = sub(x, centre);
  const dimensions = rows.shape[1]!;
  const panels: Tensor[] = [];
  for (let first = 0; first < dimensions; first += panelRows) {
    const width = Math.min(panelRows, dimensions - first);
    const panel = columnsOf(centred, 1, first, width);
    panels.push(matmul(panel.transpose(), columnsOf(centred, 1, 0, first + width)));
  }
  return { mean: centre, panels };
}

function wide({ data, count, dimensions }: Features): { data: Float64Array; shape: number[] } {
  const numbers = data instanceof Float64Array ? alone(data) : new Float64Array(data);
  return { data: numbers, shape: [count, dimensions] };
}

function narrow({ data, count, dimensions }: Features): { data: Float32Array; shape: number[] } {
  const numbers = data instanceof Float32Array ? alone(data) : new Float32Array(data);
  return { data: numbers, shape: [count, dimensions] };
}

/** A part of an array as an array of its own: on its way to the device's thread the whole memory behind it is copied. */
function alone<A extends Float32Array | Float64Array>(data: A): A {
  return data.byteLength === data.buffer.byteLength ? data : (data.slice() as A);
}
