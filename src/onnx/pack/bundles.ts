/** Tensors that are computed together as one vector, in place of one after the other. */
import { sameShape, type Tensor } from "../../tensor/index.ts";
import { isElementwise } from "./lanes.ts";

/** A flat vector: the elements of `members`, one behind the other. */
export interface Bundle {
  readonly members: readonly Tensor[];
  /** What it is computed from, where all members are the same operation; a tensor is a number that they share. */
  readonly operands: readonly (Bundle | Tensor)[] | undefined;
}

/** The bundles of a graph, each list of members once. */
export interface Bundles {
  /** The bundle of these tensors, which have equal formulas as far down as these go. */
  of(members: readonly Tensor[]): Bundle;
  /** The computed bundle that a tensor is a part of, and its place there. */
  partOf(t: Tensor): { readonly bundle: Bundle; readonly index: number } | undefined;
}

export function newBundles(): Bundles {
  const ids = new Map<Tensor, number>();
  const known = new Map<string, Bundle>();
  const parts = new Map<Tensor, { bundle: Bundle; index: number }>();
  const idOf = (t: Tensor): number => {
    ids.set(t, ids.get(t) ?? ids.size);
    return ids.get(t)!;
  };
  const of = (members: readonly Tensor[]): Bundle => {
    const key = members.map(idOf).join();
    const before = known.get(key);
    if (before) return before;
    const bundle: Bundle = { members, operands: isOneOperation(members) ? operandsOf(members) : undefined };
    known.set(key, bundle);
    members.forEach((member, index) => {
      if (bundle.operands && !parts.has(member)) parts.set(member, { bundle, index });
    });
    return bundle;
  };
  const operandsOf = (members: readonly Tensor[]): (Bundle | Tensor)[] =>
    members[0]!.inputs.map((x, i) => (isLane(members[0]!, i) ? of(members.map((m) => m.inputs[i]!)) : x));
  return { of, partOf: (t) => parts.get(t) };
}

const isLane = (t: Tensor, i: number): boolean => sameShape(t.inputs[i]!.shape, t.shape);

/** Whether all are the same elementwise operation, on parts of their own shape or on the same single numbers. */
function isOneOperation(members: readonly Tensor[]): boolean {
  const first = members[0]!;
  const attributes = JSON.stringify(first.attrs);
  return members.every(
    (t) =>
      t.op === first.op &&
      t.inputs.length === first.inputs.length &&
      isElementwise(t) &&
      JSON.stringify(t.attrs) === attributes &&
      t.inputs.every((x, i) => isLane(t, i) === isLane(first, i) && (isLane(t, i) || x === first.inputs[i])),
  );
}
