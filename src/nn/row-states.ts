import { add, arange, gather, pad, type Tensor, where } from "../tensor/index.ts";

/** What recurrent layers of pictures hand from one row to the next: tensors by name. */
export interface RowState {
  readonly [name: string]: Tensor;
}

/** Row `row` (an int32 scalar) of maps [N, C, H, W] and the `reach` rows above it, zeros where there are none. */
export function rowsUpTo(x: Tensor, row: Tensor, reach: number): Tensor {
  const wide = pad(x, [
    [reach, 0],
    [0, 0],
  ]);
  return gather(wide, add(arange(0, reach + 1, 1, "int32"), row), 2);
}

/** The states `a` where the condition (a bool scalar) holds, else `b`. */
export function chooseRowState(condition: Tensor, a: RowState, b: RowState): RowState {
  return Object.fromEntries(Object.entries(a).map(([name, t]) => [name, where(condition, t, b[name]!)]));
}

/** The tensors whose names begin with `prefix`, without it; undoes `prefixed`. */
export function unprefixed(states: RowState, prefix: string): RowState {
  const own = Object.entries(states).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(own.map(([name, t]) => [name.slice(prefix.length), t]));
}

/** The tensors under names that begin with `prefix`. */
export function prefixed(states: RowState, prefix: string): RowState {
  return Object.fromEntries(Object.entries(states).map(([name, t]) => [prefix + name, t]));
}
