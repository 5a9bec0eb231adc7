/**
 * State may be stored with its axes in another order than the formulas use, so that no step has to reorder it: a
 * convolution's weights and their moments in the order in which the weight gradient comes out of its product.
 */
import { invertPermutation, permute, type Shape, Tensor } from "../../tensor/index.ts";
import type { Graph, Named } from "../graph.ts";
import { rewrite } from "../rewrite.ts";

/** For each variable not stored in plain order: stored = permute(value, order). */
export type Layouts = ReadonlyMap<string, Shape>;

/** Orders that spare the graph a permute of what it assigns; variables in `fixed` keep theirs. */
export function chooseLayouts(graph: Graph, fixed: Layouts): Map<string, Shape> {
  const chosen = new Map<string, Shape>();
  for (const { variable, tensor } of graph.outputs) {
    if (variable === undefined || fixed.has(variable) || tensor.op.name !== "permute" || tensor.rank < 3)
      continue;
    chosen.set(variable, invertPermutation(tensor.attrs["perm"] as Shape));
  }
  return chosen;
}

/** The graph with the variables of `layouts` read and written in stored order. */
export function applyLayouts(graph: Graph, layouts: Layouts): Graph {
  if (layouts.size === 0) return graph;
  const replaced = new Map<Tensor, Tensor>();
  const inputs = graph.inputs.map((input): Named => {
    const order = layouts.get(input.variable ?? "");
    if (!order) return input;
    const { op, attrs, shape, dtype, scope } = input.tensor;
    const stored = order.map((axis) => shape[axis]!);
    const tensor = new Tensor(op, [], { ...attrs, shape: stored }, { shape: stored, dtype }, scope);
    replaced.set(input.tensor, permute(tensor, invertPermutation(order)));
    return { ...input, tensor };
  });
  const tensors = rewrite(
    graph.outputs.map((o) => o.tensor),
    (t) => replaced.get(t),
  );
  const outputs = graph.outputs.map((output, i): Named => {
    const order = layouts.get(output.variable ?? "");
    return { ...output, tensor: order ? permute(tensors[i]!, order) : tensors[i]! };
  });
  return { inputs, outputs };
}
