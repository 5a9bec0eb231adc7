/**
 * Trades time for memory: results of cheap operations that are read again much later, as the backward pass reads gates and
 * activations, are computed a second time instead of being kept, where what they are computed from is
 * kept anyway. The copies are the same operations on the same numbers, so no bit of a result changes.
 */
import { Tensor, topologicalOrder } from "../../tensor/index.ts";
import { elementwise } from "../elementwise.ts";
import { executionOrder, reservedBytes } from "../execution-order.ts";
import { bytesOf } from "../live-memory.ts";
import { withInputs } from "../rewrite.ts";

/** Beside elementwise operations, those that only move numbers. */
const moving: ReadonlySet<string> = new Set(
  "expand gather concat slice permute reshape cut piece".split(" "),
);
const isCheap = ({ op }: Tensor): boolean => elementwise.has(op.name) || moving.has(op.name);

/** Results smaller than this are kept. */
const leastBytes = 1 << 16;
/** Operations between two readers that are far from each other. */
const leastGap = 20;
/** How many operations longer a result may be kept so that others can be computed from it again; the best is taken. */
const slacks = [0, 30, 100, 300];

/** The same outputs with what pays computed again: of some choices the one with the smallest peak, if any is smaller. */
export function recompute(outputs: readonly Tensor[]): Tensor[] {
  const order = topologicalOrder(outputs);
  const choices = slacks.map((slack) => split(order, outputs, choose(order, outputs, slack)));
  const peak = (tensors: readonly Tensor[]): number => reservedBytes(executionOrder(tensors), tensors);
  let [best, least] = [[...outputs], peak(outputs)];
  for (const choice of choices) {
    const bytes = peak(choice);
    if (bytes < least) [best, least] = [choice, bytes];
  }
  return best;
}

/** What is to be computed again. */
interface Choice {
  /** From this place in the order on, a tensor's readers read a copy. */
  readonly late: ReadonlyMap<Tensor, number>;
  /** Whether a tensor is in memory at a place. */
  kept(x: Tensor, at: number): boolean;
}

/** Chooses cheap results with readers far apart which can be computed again from what is kept `slack` longer at most. */
function choose(order: readonly Tensor[], outputs: readonly Tensor[], slack: number): Choice {
  const reads = readsOf(order, outputs);
  const late = new Map<Tensor, number>();
  const lastOf = (x: Tensor): number => reads.get(x)!.at(-1) ?? 0;
  const kept = (x: Tensor, at: number): boolean =>
    x.inputs.length === 0 || bytesOf(x) < leastBytes || (!late.has(x) && lastOf(x) + slack >= at);
  for (const t of order) {
    if (t.inputs.length === 0 || bytesOf(t) < leastBytes || !isCheap(t)) continue;
    const from = afterGap(reads.get(t)!);
    if (from === undefined || !Number.isFinite(lastOf(t))) continue;
    const within = (x: Tensor, deeper: number): boolean =>
      kept(x, lastOf(t)) || (deeper > 0 && isCheap(x) && x.inputs.every((y) => within(y, deeper - 1)));
    if (t.inputs.every((x) => within(x, 24))) late.set(t, from);
  }
  return { late, kept };
}

/** The first of the readers behind the widest gap. */
function afterGap(reads: readonly number[]): number | undefined {
  let [gap, from] = [leastGap - 1, -1];
  for (let i = 1; i < reads.length; i++) {
    const width = reads[i]! - reads[i - 1]!;
    if (width > gap) [gap, from] = [width, reads[i]!];
  }
  return from < 0 ? undefined : from;
}

/** The places of those that read each tensor, in order; what leaves the graph is read at infinity. */
function readsOf(order: readonly Tensor[], outputs: readonly Tensor[]): Map<Tensor, number[]> {
  const reads = new Map<Tensor, number[]>(order.map((t) => [t, []]));
  order.forEach((t, i) => {
    for (const x of t.inputs) reads.get(x)!.push(i);
  });
  for (const t of outputs) reads.get(t)!.push(Number.POSITIVE_INFINITY);
  return reads;
}

/** Gives late readers their copies, and the copies copies of what is not kept for them. */
function split(order: readonly Tensor[], outputs: readonly Tensor[], { late, kept }: Choice): Tensor[] {
  const first = new Map<Tensor, Tensor>();
  const again = new Map<Tensor, Tensor>();
  const copyOf = (x: Tensor, at: number): Tensor => {
    const known = again.get(x);
    if (known) return known;
    if (kept(x, at) || !isCheap(x)) return first.get(x)!;
    const inputs = x.inputs.map((y) => copyOf(y, at));
    const copy = new Tensor(x.op, inputs, x.attrs, x, x.scope);
    again.set(x, copy);
    return copy;
  };
  order.forEach((t, i) => {
    const of = (x: Tensor): Tensor =>
      i >= (late.get(x) ?? Number.POSITIVE_INFINITY) ? copyOf(x, i) : first.get(x)!;
    first.set(t, withInputs(t, t.inputs.map(of)));
  });
  return outputs.map((t) => first.get(t)!);
}
