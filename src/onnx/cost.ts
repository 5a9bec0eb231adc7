import { sizeOf, type Tensor, topologicalOrder } from "../tensor/index.ts";
import type { Graph } from "./graph.ts";

/** Floating-point operations (multiply and add count as two) of the products and convolutions of one graph. */
export function flopsOf(graph: Graph): number {
  return topologicalOrder(graph.outputs.map((o) => o.tensor)).reduce((sum, t) => sum + nodeFlops(t), 0);
}

function nodeFlops(t: Tensor): number {
  const [a, b] = t.inputs;
  switch (t.op.name) {
    case "matmul":
    case "batchedProduct":
      return 2 * t.size * (t.attrs["transA"] ? a!.shape.at(-2)! : a!.shape.at(-1)!);
    case "conv":
      return 2 * t.size * sizeOf(b!.shape.slice(1));
    case "convTranspose":
      return 2 * a!.size * sizeOf(b!.shape.slice(1));
    case "convWeight":
      return 2 * b!.size * sizeOf(t.shape.slice(1));
    default:
      return t.size;
  }
}
