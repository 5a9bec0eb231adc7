/** How much memory a graph needs at once, estimated from its tensors in the order in which they are computed. */
import { type Tensor, topologicalOrder } from "../tensor/index.ts";
import { elementwise } from "./elementwise.ts";
import type { Graph } from "./graph.ts";
import { useCounts } from "./rewrite.ts";

/** A piece of memory that is held at the peak. */
export interface LivePiece {
  /** Of the tensor that is there: of several that took each other's place the latest. */
  readonly operation: string;
  readonly scope: string;
  readonly bytes: number;
}

export interface LivePeak {
  /** The largest sum of what is held at once. */
  readonly bytes: number;
  /**
   * What ONNX Runtime sets aside for it: memory that becomes free is kept for a result of exactly the same size that comes later, so
   * that every size has as many pieces for itself as it ever has at once. At least `bytes`.
   */
  readonly reserved: number;
  /** While this operation runs; undefined for a graph that computes nothing. */
  readonly at: string | undefined;
  /** What is held then, largest first. */
  readonly pieces: readonly LivePiece[];
}

const bytesPerElement = { float32: 4, float64: 8, int32: 4, int64: 8, bool: 1 } as const;

/** Bytes of a tensor's elements. */
export const bytesOf = ({ size, dtype }: Pick<Tensor, "size" | "dtype">): number =>
  size * bytesPerElement[dtype];

/** Operations whose result is the memory of their input. */
const views: ReadonlySet<string> = new Set(["reshape", "piece", "assigned", "stopGradient"]);

/**
 * The largest memory that the results of a graph's operations take at once, bytes: a result is held from the moment it is
 * computed until the last operation that reads it, one that leaves the graph until the end. As in ONNX Runtime, reshaping
 * takes nothing, and an elementwise operation takes the place of an operand that is read for the last time. Inputs
 * and constants do not count, nor does what a single operation needs inside, nor what is written `elsewhere`, into memory that is
 * there already. `order` is that of execution, and names everything that the outputs are computed from.
 */
export function peakOfGraph(
  graph: Graph,
  order: readonly Tensor[] = topologicalOrder(graph.outputs.map((o) => o.tensor)),
  elsewhere: ReadonlySet<Tensor> = nowhere,
): LivePeak {
  const { bytes, reserved, step } = simulate(graph, order, { elsewhere });
  if (step < 0) return { bytes: 0, reserved: 0, at: undefined, pieces: [] };
  const { held } = simulate(graph, order, { elsewhere, until: step });
  return { bytes, reserved, at: order[step]!.op.name, pieces: piecesOf(held) };
}

const nowhere: ReadonlySet<Tensor> = new Set();

/** What computes the new values of variables: with an engine that has memory for these, they are written there. */
export function assignedTensors({ outputs }: Graph): Set<Tensor> {
  const maker = (t: Tensor): Tensor => (isRenamed(t) ? maker(t.inputs[0]!) : t);
  return new Set(outputs.filter((o) => o.variable !== undefined).map((o) => maker(o.tensor)));
}

/** Of views those that are no operation in the file. */
const isRenamed = ({ op }: Tensor): boolean => op.name === "assigned" || op.name === "stopGradient";

/** Without the tensors: whoever keeps a peak is not to keep the whole graph. */
const piecesOf = (held: Iterable<Storage>): LivePiece[] =>
  [...held]
    .map(({ tensor, bytes }) => ({ operation: tensor.op.name, scope: tensor.scope, bytes }))
    .sort((a, b) => b.bytes - a.bytes);

interface Storage {
  tensor: Tensor;
  readonly bytes: number;
  /** Reads that are still to come. */
  reads: number;
}

/** Goes through the order up to step `until`, where it stops while inputs and result are both held. */
function simulate(
  graph: Graph,
  order: readonly Tensor[],
  { elsewhere, until = order.length }: { elsewhere: ReadonlySet<Tensor>; until?: number },
) {
  // Leaving the graph is a read that never comes.
  const reads = useCounts(
    graph.outputs.map((o) => o.tensor),
    order,
  );
  const storages = new Map<Tensor, Storage>();
  const held = new Set<Storage>();
  const sizes = new Map<number, { now: number; most: number }>();
  const count = (size: number, change: 1 | -1): void => {
    const { now, most } = sizes.get(size) ?? { now: 0, most: 0 };
    sizes.set(size, { now: now + change, most: Math.max(most, now + change) });
  };
  let live = 0;
  let [bytes, step] = [0, -1];
  for (const [i, t] of order.entries()) {
    if (t.inputs.length === 0) continue; // fed, or a constant
    const operands = t.inputs.flatMap((x) => storages.get(x) ?? []);
    for (const operand of operands) operand.reads--;
    let own = elsewhere.has(t) ? undefined : heir(t, operands);
    if (!own) {
      own = { tensor: t, bytes: isView(t) || elsewhere.has(t) ? 0 : bytesOf(t), reads: 0 };
      held.add(own);
      count(own.bytes, 1);
      live += own.bytes;
    }
    if (!isView(t)) own.tensor = t;
    own.reads += reads.get(t)!;
    storages.set(t, own);
    if (live > bytes) [bytes, step] = [live, i];
    if (i === until) break;
    for (const done of operands)
      if (done.reads === 0 && held.delete(done)) {
        count(done.bytes, -1);
        live -= done.bytes;
      }
  }
  const reserved = [...sizes].reduce((sum, [size, { most }]) => sum + size * most, 0);
  return { bytes, reserved, step, held };
}

/** The memory of an operand that the result takes over. */
function heir(t: Tensor, operands: readonly Storage[]): Storage | undefined {
  if (isView(t)) return operands[0];
  if (!elementwise.has(t.op.name)) return undefined;
  return operands.find(({ reads, bytes }) => reads === 0 && bytes === bytesOf(t));
}

export const isView = ({ op }: Tensor): boolean => views.has(op.name);

/** What holds the elements of t. */
export const storageOf = (t: Tensor): Tensor =>
  isView(t) && t.inputs.length > 0 ? storageOf(t.inputs[0]!) : t;
