import { add, concat, type Shape, type Tensor, topologicalOrder, zeros } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/**
 * A sum of parts of one tensor, each padded with zeros to its full size – what the derivative of `split`, `unstack` or any
 * other slices is – becomes the parts side by side. The sum passes over the whole tensor for each of them: an unrolled
 * recurrence of T steps would spend T² on it.
 */
export function joinPads(outputs: readonly Tensor[]): Rule {
  const partial = partialSums(outputs);
  return (t, before) => {
    if (t.op.name !== "add" || partial.has(before)) return undefined;
    const terms = termsOf(t, before, partial);
    const joined = [...Array(t.rank).keys()].flatMap((axis) => {
      const pads = terms.filter((x) => paddedAxis(x, t.shape) === axis);
      return lanesOf(pads, axis).filter((lane) => lane.length > 1);
    });
    if (joined.length === 0) return undefined;
    const done = new Set(joined.flat());
    const lanes = joined.map((lane) => sideBySide(lane, paddedAxis(lane[0]!, t.shape)!, t));
    return [...terms.filter((x) => !done.has(x)), ...lanes].reduce((sum, x) => add(sum, x));
  };
}

/** Sums that only another sum takes, once. */
function partialSums(outputs: readonly Tensor[]): Set<Tensor> {
  const uses = new Map<Tensor, number>();
  const use = (x: Tensor, count: number): void => void uses.set(x, (uses.get(x) ?? 0) + count);
  for (const x of outputs) use(x, 2);
  for (const t of topologicalOrder(outputs)) for (const x of t.inputs) use(x, t.op.name === "add" ? 1 : 2);
  return new Set([...uses].flatMap(([x, count]) => (count === 1 && x.op.name === "add" ? [x] : [])));
}

/** What a sum adds up: t and `before`, its form before this pass, have the same inner sums. */
function termsOf(t: Tensor, before: Tensor, partial: ReadonlySet<Tensor>): Tensor[] {
  const terms: Tensor[] = [];
  const open: (readonly [Tensor, Tensor])[] = [[t, before]];
  for (let at = open.pop(); at; at = open.pop()) {
    const [x, old] = at;
    if (old === before || (partial.has(old) && x.shape.join() === t.shape.join()))
      for (let i = x.inputs.length - 1; i >= 0; i--) open.push([x.inputs[i]!, old.inputs[i]!]);
    else terms.push(x);
  }
  return terms;
}

/** The axis that a tensor of that shape was padded along with zeros, where it was just one. */
function paddedAxis(x: Tensor, shape: Shape): number | undefined {
  if (x.op.name !== "pad" || x.attrs["value"] !== 0 || x.shape.join() !== shape.join()) return undefined;
  const axes = x.shape.flatMap((size, axis) => (size === x.inputs[0]!.shape[axis] ? [] : [axis]));
  return axes.length === 1 ? axes[0] : undefined;
}

const startOf = (pad: Tensor, axis: number): number => (pad.attrs["before"] as Shape)[axis]!;

/** The padded parts in as few groups as it takes so that those of a group do not overlap, each in order. */
function lanesOf(pads: readonly Tensor[], axis: number): Tensor[][] {
  const lanes: { end: number; readonly pads: Tensor[] }[] = [];
  for (const pad of [...pads].sort((a, b) => startOf(a, axis) - startOf(b, axis))) {
    const start = startOf(pad, axis);
    const end = start + pad.inputs[0]!.shape[axis]!;
    const lane = lanes.find((one) => one.end <= start);
    if (lane) {
      lane.pads.push(pad);
      lane.end = end;
    } else lanes.push({ end, pads: [pad] });
  }
  return lanes.map((lane) => lane.pads);
}

/** The parts of a lane joined, with zeros where there is none. */
function sideBySide(lane: readonly Tensor[], axis: number, { shape, dtype }: Tensor): Tensor {
  const parts: Tensor[] = [];
  let end = 0;
  const fillTo = (start: number): void => {
    if (start > end)
      parts.push(
        zeros(
          shape.map((size, i) => (i === axis ? start - end : size)),
          dtype,
        ),
      );
  };
  for (const pad of lane) {
    fillTo(startOf(pad, axis));
    parts.push(pad.inputs[0]!);
    end = startOf(pad, axis) + pad.inputs[0]!.shape[axis]!;
  }
  fillTo(shape[axis]!);
  return concat(parts, axis);
}
