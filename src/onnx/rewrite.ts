import { Tensor, topologicalOrder } from "../tensor/index.ts";

/** A tensor that replaces `t`, whose inputs have already been replaced; undefined keeps it. `before` is `t` as it was. */
export type Rule = (t: Tensor, before: Tensor) => Tensor | undefined;

/** The same operation on other inputs of the same shapes. */
export function withInputs(t: Tensor, inputs: readonly Tensor[]): Tensor {
  const same = inputs.length === t.inputs.length && inputs.every((x, i) => x === t.inputs[i]);
  return same ? t : new Tensor(t.op, inputs, t.attrs, t, t.scope);
}

/** Applies `rule` to every tensor that `outputs` are computed from, inputs first, and returns the new outputs. */
export function rewrite(outputs: readonly Tensor[], rule: Rule): Tensor[] {
  // Only what changes is noted: most passes change little of a long graph.
  const replaced = new Map<Tensor, Tensor>();
  const now = (x: Tensor): Tensor => replaced.get(x) ?? x;
  for (const t of topologicalOrder(outputs)) {
    const moved = t.inputs.some((x) => replaced.has(x)) ? withInputs(t, t.inputs.map(now)) : t;
    const made = rule(moved, t) ?? moved;
    if (made !== t) replaced.set(t, made);
  }
  return outputs.map(now);
}

/** How often each tensor is used, outputs of the graph included. `order` names all that they are computed from. */
export function useCounts(
  outputs: readonly Tensor[],
  order: readonly Tensor[] = topologicalOrder(outputs),
): Map<Tensor, number> {
  const counts = new Map<Tensor, number>();
  const use = (t: Tensor): void => {
    counts.set(t, (counts.get(t) ?? 0) + 1);
  };
  outputs.forEach(use);
  for (const t of order) t.inputs.forEach(use);
  return counts;
}

/** The tensors that read each tensor, in order and each once. */
export function readersOf(order: readonly Tensor[]): Map<Tensor, Tensor[]> {
  const readers = new Map<Tensor, Tensor[]>(order.map((t) => [t, []]));
  for (const t of order) for (const x of new Set(t.inputs)) readers.get(x)!.push(t);
  return readers;
}
