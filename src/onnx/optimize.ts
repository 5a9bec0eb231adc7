import type { Tensor } from "../tensor/index.ts";
import type { Graph } from "./graph.ts";
import { algebra } from "./passes/algebra.ts";
import { columnSums } from "./passes/column-sums.ts";
import { commonSubexpressions } from "./passes/common-subexpressions.ts";
import { fuseBias } from "./passes/fuse-bias.ts";
import { lowerConvolutions } from "./passes/lower-convolutions.ts";
import { matmulTransposes } from "./passes/matmul-transposes.ts";
import { sinkPermutes } from "./passes/sink-permutes.ts";
import { applyLayouts, chooseLayouts, type Layouts } from "./passes/state-layouts.ts";
import { type Rule, rewrite } from "./rewrite.ts";

export type OptimizeOptions = {
  device: "cpu" | "gpu";
  /** Orders in which variables are stored already; a graph for the CPU may choose orders for others. */
  layouts?: Layouts;
  /** Keep every operation in its plain form and every variable in its plain order, as an exported file needs it. */
  portable?: boolean;
};

export interface Optimized {
  readonly graph: Graph;
  /** Orders chosen for variables that had none. */
  readonly layouts: Layouts;
}

const noLayouts: Layouts = new Map();

/**
 * The same function in fewer and faster operations. Dead code needs no pass of its own: only what the outputs are
 * computed from is ever visited.
 */
export function optimize(
  graph: Graph,
  { device, layouts = noLayouts, portable = false }: OptimizeOptions,
): Optimized {
  let current = over(applyLayouts(graph, layouts), simplify);
  let chosen: Layouts = noLayouts;
  if (device === "cpu" && !portable) {
    current = over(current, lowerForCpu);
    chosen = chooseLayouts(current, layouts);
    current = over(over(applyLayouts(current, chosen), meetPermutes), (o) =>
      simplify(rewrite(o, columnSums)),
    );
  }
  current = over(current, (outputs) => rewrite(outputs, fuseBias(outputs)));
  return { graph: over(current, simplify), layouts: chosen };
}

/** The graph with its outputs replaced. */
function over(graph: Graph, pass: (outputs: readonly Tensor[]) => Tensor[]): Graph {
  const tensors = pass(graph.outputs.map((o) => o.tensor));
  return { inputs: graph.inputs, outputs: graph.outputs.map((o, i) => ({ ...o, tensor: tensors[i]! })) };
}

function lowerForCpu(outputs: readonly Tensor[]): Tensor[] {
  return meetPermutes(simplify(rewrite(outputs, lowerConvolutions)));
}

function meetPermutes(outputs: readonly Tensor[]): Tensor[] {
  let current = simplify(outputs);
  for (let round = 0; round < 3; round++) {
    const next = rewrite(current, sinkPermutes);
    if (next.every((t, i) => t === current[i])) break;
    current = simplify(next);
  }
  return current;
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
