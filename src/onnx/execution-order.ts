/**
 * In which order ONNX Runtime runs the nodes of a file, and how to have a say in it: the order decides how long each
 * intermediate result lives, and so how much memory a step takes.
 *
 * ONNX Runtime walks back from the nodes that no other reads, depth first, and of several inputs visits the one first whose
 * node comes last in the file (Graph::ReverseDFSFrom with NodeCompare). So a file is run in another order than it is written in,
 * and which one can be told beforehand. Several ways of writing are tried here, and the leanest is taken.
 */
import { type Tensor, topologicalOrder } from "../tensor/index.ts";
import { bytesOf, isView, peakOfGraph, storageOf } from "./live-memory.ts";
import { readersOf } from "./rewrite.ts";

/** Of graphs larger than this, trying several orders would take a good part of the time to compile them. */
const largest = 3000;

/**
 * The tensors in an order, inputs first, whose file takes the least memory to run of those that were tried. What is written
 * `elsewhere`, into memory that is there already, takes none.
 */
export function executionOrder(
  outputs: readonly Tensor[],
  elsewhere: ReadonlySet<Tensor> = new Set(),
): Tensor[] {
  const traced = topologicalOrder(outputs);
  if (traced.length > largest) return traced;
  const lean = leastMemory(traced, outputs, elsewhere);
  const files = [traced, lean, walk(traced, backwards(lean)), walk(traced, backwards([...traced].reverse()))];
  const reserved = files.map((file) => reservedBytes(file, outputs, elsewhere));
  return files[reserved.indexOf(Math.min(...reserved))]!;
}

/** The order in which ONNX Runtime runs a file whose nodes are written in this one. */
export const runOrder = (file: readonly Tensor[]): Tensor[] => walk(file, backwards(file));

/** Bytes that ONNX Runtime sets aside to run a file whose nodes are written in this order. */
export function reservedBytes(
  file: readonly Tensor[],
  outputs: readonly Tensor[],
  elsewhere?: ReadonlySet<Tensor>,
): number {
  const graph = { inputs: [], outputs: outputs.map((tensor) => ({ name: "", tensor })) };
  return peakOfGraph(graph, runOrder(file), elsewhere).reserved;
}

type Rank = (t: Tensor) => number;

/** The last is the first. */
function backwards(order: readonly Tensor[]): Rank {
  const ranks = new Map(order.map((t, i) => [t, -i]));
  return (t) => ranks.get(t)!;
}

/** Post-order of the walk in depth from what no other reads; of several ways the one of the lowest rank first. */
function walk(tensors: readonly Tensor[], rank: Rank): Tensor[] {
  const read = new Set(tensors.flatMap(({ inputs }) => inputs));
  const highestFirst = (list: readonly Tensor[]): Tensor[] => [...list].sort((a, b) => rank(b) - rank(a));
  const toDo = highestFirst(tensors.filter((t) => !read.has(t))).map((tensor) => ({ tensor, left: false }));
  const [seen, order] = [new Set<Tensor>(), [] as Tensor[]];
  while (toDo.length > 0) {
    const { tensor, left } = toDo.pop()!;
    if (left) order.push(tensor);
    if (left || seen.has(tensor)) continue;
    seen.add(tensor);
    toDo.push({ tensor, left: true });
    const inputs = highestFirst([...new Set(tensor.inputs)].filter((x) => !seen.has(x)));
    toDo.push(...inputs.map((input) => ({ tensor: input, left: false })));
  }
  return order;
}

const isLeaf = (t: Tensor): boolean => t.inputs.length === 0;

/** How often each storage is read, as an output of the graph once more. */
function readsOfStorages(tensors: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, number> {
  const readers = new Map<Tensor, number>();
  const read = (x: Tensor): unknown => readers.set(x, (readers.get(x) ?? 0) + 1);
  for (const t of tensors) if (!isView(t)) for (const x of new Set(t.inputs.map(storageOf))) read(x);
  for (const t of outputs) read(storageOf(t));
  return readers;
}

/** Of what can be computed next always what leaves the fewest bytes alive; of equals the one whose inputs are newest. */
function leastMemory(
  tensors: readonly Tensor[],
  outputs: readonly Tensor[],
  elsewhere: ReadonlySet<Tensor>,
): Tensor[] {
  // Inputs of the graph and constants are there already.
  const ownBytes = (t: Tensor): number => (isLeaf(t) || elsewhere.has(t) ? 0 : bytesOf(t));
  const readers = readsOfStorages(tensors, outputs);
  const users = readersOf(tensors);
  const waitsFor = new Map(tensors.map((t) => [t, new Set(t.inputs.filter((x) => !isLeaf(x))).size]));
  const order = tensors.filter(isLeaf);
  const made = new Map<Tensor, number>();
  const growth = (t: Tensor): number => {
    if (isView(t)) return -1;
    const last = [...new Set(t.inputs.map(storageOf))].filter((x) => readers.get(x) === 1);
    return last.reduce((bytes, x) => bytes - ownBytes(x), ownBytes(t));
  };
  const newest = (t: Tensor): number => t.inputs.reduce((most, x) => Math.max(most, made.get(x) ?? -1), -1);
  const before = (a: Tensor, b: Tensor): boolean => {
    const difference = growth(a) - growth(b);
    return difference < 0 || (difference === 0 && newest(a) > newest(b));
  };
  const ready = tensors.filter((t) => !isLeaf(t) && waitsFor.get(t) === 0);
  while (ready.length > 0) {
    const next = ready.reduce((best, t) => (before(t, best) ? t : best));
    ready.splice(ready.indexOf(next), 1);
    made.set(next, order.length);
    order.push(next);
    if (!isView(next))
      for (const x of new Set(next.inputs.map(storageOf))) readers.set(x, readers.get(x)! - 1);
    for (const user of users.get(next) ?? []) {
      waitsFor.set(user, waitsFor.get(user)! - 1);
      if (waitsFor.get(user) === 0) ready.push(user);
    }
  }
  return order;
}
