import { type Shape, type Tensor, topologicalOrder } from "../../tensor/index.ts";
import { cut } from "../pieces.ts";
import type { Rule } from "../rewrite.ts";

/** Up to so many elements, cutting off what nobody wants takes less time than a Slice. */
const cutWhole = 4096;

/** A slice that takes [start, end) of one axis and all of the others. */
type Cut = { readonly slice: Tensor; readonly axis: number; readonly start: number; readonly end: number };
/** How the pieces of one tensor lie along an axis; gaps between them are pieces that nobody uses. */
type Plan = { readonly axis: number; readonly sizes: Shape; readonly index: ReadonlyMap<Tensor, number> };

/** Slices that cut a tensor into pieces become the outputs of one Split: on the CPU a quarter of the time for two. */
export function splitSlices(outputs: readonly Tensor[]): Rule {
  const plans = plansOf(outputs);
  const made = new Map<Tensor, Tensor[]>();
  return (t, before) => {
    const source = before.inputs[0];
    const plan = source && plans.get(source);
    const index = plan?.index.get(before);
    if (!plan || index === undefined) return undefined;
    const pieces = made.get(source) ?? cut(t.inputs[0]!, plan.sizes, plan.axis);
    made.set(source, pieces);
    return pieces[index];
  };
}

function plansOf(outputs: readonly Tensor[]): Map<Tensor, Plan> {
  const cuts = new Map<Tensor, Cut[]>();
  for (const t of topologicalOrder(outputs)) {
    const one = cutOf(t);
    if (one) cuts.set(t.inputs[0]!, [...(cuts.get(t.inputs[0]!) ?? []), one]);
  }
  return new Map(
    [...cuts].flatMap(([source, list]) => {
      const plan = planOf(source, list);
      return plan ? [[source, plan] as const] : [];
    }),
  );
}

function cutOf(slice: Tensor): Cut | undefined {
  if (slice.op.name !== "slice") return undefined;
  const [starts, ends, steps] = ["starts", "ends", "steps"].map((key) => slice.attrs[key] as Shape);
  const source = slice.inputs[0]!;
  const axes = source.shape.flatMap((size, i) => (starts![i] === 0 && ends![i] === size ? [] : [i]));
  const axis = axes[0];
  if (axis === undefined || axes.length > 1 || steps!.some((step) => step !== 1)) return undefined;
  return { slice, axis, start: starts![axis]!, end: ends![axis]! };
}

/** Undefined where the slices overlap, lie along several axes, or leave much unused. */
function planOf(source: Tensor, cuts: readonly Cut[]): Plan | undefined {
  const { axis } = cuts[0]!;
  if (cuts.some((one) => one.axis !== axis || one.end <= one.start)) return undefined;
  const sizes: number[] = [];
  const index = new Map<Tensor, number>();
  let at = 0;
  const gapTo = (start: number): void => {
    if (start > at) sizes.push(start - at);
  };
  for (const { slice, start, end } of [...cuts].sort((a, b) => a.start - b.start)) {
    if (start < at) return undefined;
    gapTo(start);
    index.set(slice, sizes.length);
    sizes.push(end - start);
    at = end;
  }
  gapTo(source.shape[axis]!);
  return sizes.length === cuts.length || source.size <= cutWhole ? { axis, sizes, index } : undefined;
}
