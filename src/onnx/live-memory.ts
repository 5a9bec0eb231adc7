/** How much memory a graph needs at once, estimated from its tensors in the order in which they are computed. */
import { type Tensor, topologicalOrder } from "../tensor/index.ts";
import { elementwise } from "./elementwise.ts";
import type { Graph } from "./graph.ts";

/** A piece of memory that is held at the peak. */
export interface LivePiece {
  /** The tensor that is there: of several that took each other's place the latest. */
  readonly tensor: Tensor;
  readonly bytes: number;
}

export interface LivePeak {
  /** The largest sum of what is held at once. */
  readonly bytes: number;
  /** While this tensor is computed; undefined for a graph that computes nothing. */
  readonly at: Tensor | undefined;
  /** What is held then, largest first. */
  readonly pieces: readonly LivePiece[];
}

const bytesPerElement = { float32: 4, float64: 8, int32: 4, int64: 8, bool: 1 } as const;

/** Bytes of a tensor's elements. */
export const bytesOf = ({ size, dtype }: Pick<Tensor, "size" | "dtype">): number =>
  size * bytesPerElement[dtype];

/** Operations whose result is the memory of their input. */
const views: ReadonlySet<string> = new Set(["reshape", "assigned", "stopGradient"]);

/**
 * The largest memory that the results of a graph's operations take at once, bytes: a result is held from the moment it is
 * computed until the last operation that reads it, one that leaves the graph until the end. As in ONNX Runtime, reshaping
 * takes nothing, and an elementwise operation takes the place of an operand that is read for the last time. Inputs
 * and constants do not count, nor does what a single operation needs inside. `order` is that of execution, and
 * names everything that the outputs are computed from.
 */
export function peakOfGraph(
  graph: Graph,
  order: readonly Tensor[] = topologicalOrder(graph.outputs.map((o) => o.tensor)),
): LivePeak {
  const { bytes, step } = simulate(graph, order);
  if (step < 0) return { bytes: 0, at: undefined, pieces: [] };
  const { held } = simulate(graph, order, step);
  return { bytes, at: order[step], pieces: [...held].sort((a, b) => b.bytes - a.bytes) };
}

interface Storage {
  tensor: Tensor;
  readonly bytes: number;
  /** Reads that are still to come. */
  reads: number;
}

/** Goes through the order up to step `until`, where it stops while inputs and result are both held. */
function simulate(graph: Graph, order: readonly Tensor[], until = order.length) {
  const reads = readsOf(graph, order);
  const storages = new Map<Tensor, Storage>();
  const held = new Set<Storage>();
  let live = 0;
  let [bytes, step] = [0, -1];
  for (const [i, t] of order.entries()) {
    if (t.inputs.length === 0) continue; // fed, or a constant
    const operands = t.inputs.flatMap((x) => storages.get(x) ?? []);
    for (const operand of operands) operand.reads--;
    let own = heir(t, operands);
    if (!own) {
      own = { tensor: t, bytes: isView(t) ? 0 : bytesOf(t), reads: 0 };
      held.add(own);
      live += own.bytes;
    }
    if (!isView(t)) own.tensor = t;
    own.reads += reads.get(t)!;
    storages.set(t, own);
    if (live > bytes) [bytes, step] = [live, i];
    if (i === until) break;
    for (const done of operands) if (done.reads === 0 && held.delete(done)) live -= done.bytes;
  }
  return { bytes, step, held };
}

/** The memory of an operand that the result takes over. */
function heir(t: Tensor, operands: readonly Storage[]): Storage | undefined {
  if (isView(t)) return operands[0];
  if (!elementwise.has(t.op.name)) return undefined;
  return operands.find(({ reads, bytes }) => reads === 0 && bytes === bytesOf(t));
}

const isView = ({ op }: Tensor): boolean => views.has(op.name);

/** How often each tensor is read; leaving the graph is a read that never comes. */
function readsOf({ outputs }: Graph, order: readonly Tensor[]): Map<Tensor, number> {
  const reads = new Map(order.map((t) => [t, 0]));
  const add = (t: Tensor): void => void reads.set(t, (reads.get(t) ?? 0) + 1);
  for (const { tensor } of outputs) add(tensor);
  for (const t of order) t.inputs.forEach(add);
  return reads;
}
