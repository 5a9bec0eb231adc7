/**
 * A symbolic batch size, found by comparing two traces of the same function at two sizes: whatever number differs
 * between them depends on the batch, as a·N + b. The tracer itself stays free of symbolic arithmetic.
 */
import { type Tensor, topologicalOrder, UserError } from "../tensor/index.ts";
import type { Graph } from "./graph.ts";

/** Two batch sizes for the two traces: primes that no layer's size is likely to equal. */
export const probeSizes = [1009, 1013] as const;

/** A number of the graph: fixed, or `scale`·N + `offset`. */
export type Dimension = number | { readonly scale: number; readonly offset: number };

/** A graph, the same graph at another batch size, and which tensor of one is which of the other. */
export interface SymbolicBatch {
  readonly symbol: string;
  readonly sizes: readonly [number, number];
  readonly twin: ReadonlyMap<Tensor, Tensor>;
}

/** Pairs the tensors of two traces. Throws where the function has another structure at another batch size. */
export function pairGraphs(
  symbol: string,
  a: Graph,
  b: Graph,
  sizes: readonly [number, number],
): SymbolicBatch {
  const left = topologicalOrder(a.outputs.map((o) => o.tensor));
  const right = topologicalOrder(b.outputs.map((o) => o.tensor));
  const differs = left.length !== right.length || left.some((t, i) => t.op.name !== right[i]!.op.name);
  if (differs) {
    throw new UserError(
      `onnx: the function computes different formulas for different "${symbol}", so one graph cannot serve all; export it with a fixed size instead.`,
    );
  }
  return { symbol, sizes, twin: new Map(left.map((t, i) => [t, right[i]!])) };
}

/** What the numbers p (first trace) and q (second) say about their dependence on the batch size. */
export function dimensionOf(p: number, q: number, { symbol, sizes: [m, n] }: SymbolicBatch): Dimension {
  if (p === q) return p;
  const scale = (q - p) / (n - m);
  const offset = p - scale * m;
  if (!Number.isInteger(scale) || !Number.isInteger(offset)) {
    throw new UserError(
      `onnx: a size of the graph is ${p} at ${symbol} = ${m} and ${q} at ${symbol} = ${n}, which is not linear in ${symbol}; export it with a fixed size instead.`,
    );
  }
  return { scale, offset };
}
