import type { Tensor } from "../tensor/index.ts";
import type { Graph } from "./graph.ts";
import { algebra } from "./passes/algebra.ts";
import { columnSums } from "./passes/column-sums.ts";
import { commonSubexpressions } from "./passes/common-subexpressions.ts";
import { fuseBias } from "./passes/fuse-bias.ts";
import { lowerConvolutions } from "./passes/lower-convolutions.ts";
import { matmulTransposes } from "./passes/matmul-transposes.ts";
import { sinkPermutes } from "./passes/sink-permutes.ts";
import { type Rule, rewrite } from "./rewrite.ts";

export type OptimizeOptions = {
  device: "cpu" | "gpu";
  /** Keep every operation in its portable form, as an exported file needs it. */
  portable?: boolean;
};

/**
 * The same function in fewer and faster operations. Dead code needs no pass of its own: only what the outputs are
 * computed from is ever visited.
 */
export function optimize(graph: Graph, { device, portable = false }: OptimizeOptions): Graph {
  let outputs: readonly Tensor[] = graph.outputs.map((o) => o.tensor);
  outputs = simplify(outputs);
  if (device === "cpu" && !portable) outputs = lowerForCpu(outputs);
  outputs = rewrite(outputs, fuseBias(outputs));
  outputs = simplify(outputs);
  return {
    inputs: graph.inputs,
    outputs: graph.outputs.map(({ name }, i) => ({ name, tensor: outputs[i]! })),
  };
}

function lowerForCpu(outputs: readonly Tensor[]): Tensor[] {
  let current = simplify(rewrite(outputs, lowerConvolutions));
  for (let round = 0; round < 3; round++) current = simplify(rewrite(current, sinkPermutes));
  return simplify(rewrite(current, columnSums));
}

/** Algebra, products of transposes and common subexpressions until nothing changes (at most four rounds). */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  let current = [...outputs];
  for (let round = 0; round < 4; round++) {
    const shared = commonSubexpressions();
    const rule: Rule = (t, before) => {
      const simpler = algebra(t, before) ?? t;
      const product = matmulTransposes(simpler, before) ?? simpler;
      return shared(product, before) ?? product;
    };
    const next = rewrite(current, rule);
    if (next.every((t, i) => t === current[i])) break;
    current = next;
  }
  return current;
}
