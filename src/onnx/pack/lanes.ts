/**
 * Which variables are given their new values by one formula, element by element: the parameters of an optimiser, its moments,
 * moving averages. Such formulas can be computed once on one long vector.
 */
import { sameShape, type Tensor, topologicalOrder } from "../../tensor/index.ts";
import { elementwise } from "../elementwise.ts";
import type { Named } from "../graph.ts";

/** New values of several variables, all by the same formula, none of which depends on another. */
export type Group = readonly Named[];

/** Fewer lanes than this save less than cutting and joining cost. */
const fewestLanes = 3;
/** Above so many elements the arithmetic takes longer than starting it, and copies begin to count. */
const mostElements = 4096;
/** A group stays in the processor's cache, and one variable is read without reading megabytes. */
const mostInGroup = 65_536;

/** Whether `t` is computed element by element from tensors of its own shape and single numbers. */
export function isElementwise(t: Tensor): boolean {
  const fits = (x: Tensor): boolean => sameShape(x.shape, t.shape) || x.size === 1;
  return t.inputs.length > 0 && elementwise.has(t.op.name) && t.inputs.every(fits);
}

/** The groups among the outputs that are new values of variables. */
export function findGroups(outputs: readonly Named[], states: ReadonlySet<Tensor>): Group[] {
  const candidates = outputs.filter(
    ({ variable, tensor }) =>
      variable !== undefined &&
      tensor.dtype === "float32" &&
      tensor.rank > 0 &&
      tensor.size <= mostElements &&
      isElementwise(tensor),
  );
  const depths = depthsOf(outputs, new Set(candidates.map(({ tensor }) => tensor)));
  const formula = formulas(states);
  const groups = new Map<string, Named[]>();
  for (const candidate of candidates) {
    const { tensor } = candidate;
    const number = formula(tensor);
    if (number === unknown) continue;
    // Equal depth means that none of them is computed from another.
    const key = `${depths.get(tensor)} ${number}`;
    groups.set(key, [...(groups.get(key) ?? []), candidate]);
  }
  return [...groups.values()].flatMap(inPortions).filter((group) => group.length >= fewestLanes);
}

/** A group cut where it grows too large. */
function inPortions(group: Group): Group[] {
  const portions: Named[][] = [];
  let size = mostInGroup;
  for (const lane of group) {
    size += lane.tensor.size;
    if (size > mostInGroup) {
      portions.push([]);
      size = lane.tensor.size;
    }
    portions.at(-1)!.push(lane);
  }
  return portions;
}

/** The largest number of new values on a way from the leaves to each tensor. */
function depthsOf(outputs: readonly Named[], roots: ReadonlySet<Tensor>): Map<Tensor, number> {
  const depths = new Map<Tensor, number>();
  for (const t of topologicalOrder(outputs.map(({ tensor }) => tensor))) {
    const below = t.inputs.reduce((most, x) => Math.max(most, depths.get(x)!), 0);
    depths.set(t, below + (roots.has(t) ? 1 : 0));
  }
  return depths;
}

/** The number of everything that is computed without state of its own shape: a gradient, for example. */
const unknown = 0;
/** The number of state itself. */
const state = 1;

/** Numbers the formulas of new values: two variables whose values come about in the same way have the same. */
function formulas(states: ReadonlySet<Tensor>): (t: Tensor) => number {
  const scalars = new Map<Tensor, number>();
  const numbers = new Map<string, number>();
  const known = new Map<Tensor, number>();
  const numberOf = <K>(map: Map<K, number>, key: K, first: number): number => {
    const number = map.get(key) ?? first + map.size;
    map.set(key, number);
    return number;
  };
  const formula = (t: Tensor): number => {
    const before = known.get(t);
    if (before !== undefined) return before;
    const number = states.has(t) ? state : isElementwise(t) ? compound(t) : unknown;
    known.set(t, number);
    return number;
  };
  const compound = (t: Tensor): number => {
    const lanes = t.inputs.map((x) => sameShape(x.shape, t.shape));
    const operands = t.inputs.map((x, i) => (lanes[i] ? formula(x) : numberOf(scalars, x, 0)));
    if (!operands.some((operand, i) => lanes[i] && operand !== unknown)) return unknown;
    const text = operands.map((operand, i) => `${lanes[i] ? "" : "scalar "}${operand}`);
    return numberOf(numbers, `${t.op.name}${JSON.stringify(t.attrs)}(${text.join()})`, state + 1);
  };
  return formula;
}
