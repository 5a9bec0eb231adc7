/** Matrix products of rows, compiled once for a runtime: the arithmetic of covariances, distances and kernels. */
import { compile, type Runtime } from "../runtime/index.ts";
import { matmul, type Tensor } from "../tensor/index.ts";
import type { Features } from "./features.ts";

export interface Products {
  /** A·Bᵀ in float64: rows of a against rows of b, [a.count, b.count]. */
  outer(a: Features, b: Features): Promise<Float64Array>;
  /** A·Bᵀ in float32: a quarter of the time, where seven digits do. */
  outerSingle(a: Features, b: Features): Promise<Float32Array>;
  /** Aᵀ·B in float64: [a.dimensions, b.dimensions]. */
  inner(a: Features, b: Features): Promise<Float64Array>;
}

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
  return {
    outer: async (a, b) => (await outer(wide(a), wide(b))).data as Float64Array,
    outerSingle: async (a, b) => (await outer(narrow(a), narrow(b))).data as Float32Array,
    inner: async (a, b) => (await inner(wide(a), wide(b))).data as Float64Array,
  };
}

function wide({ data, count, dimensions }: Features): { data: Float64Array; shape: number[] } {
  return { data: data instanceof Float64Array ? data : Float64Array.from(data), shape: [count, dimensions] };
}

function narrow({ data, count, dimensions }: Features): { data: Float32Array; shape: number[] } {
  return { data: data instanceof Float32Array ? data : Float32Array.from(data), shape: [count, dimensions] };
}
