/** Orders of axes that the lowerings of convolutions share. */
import { constant, gather, permute, reshape, type Shape, sizeOf, type Tensor } from "../../tensor/index.ts";

/** [N, C, …] → [N, …, C]. */
export const channelsLast = (x: Tensor): Tensor =>
  permute(x, [0, ...x.shape.slice(2).map((_, i) => i + 2), 1]);

/** [N, …, C] → [N, C, …]. */
export const channelsFirst = (x: Tensor): Tensor =>
  permute(x, [0, x.rank - 1, ...x.shape.slice(2).map((_, i) => i + 1)]);

/** [O, C, …k] → [taps · C, O], taps all of the kernel or the live ones: the weights as the right side of the product. */
export function weightMatrix(w: Tensor, live?: readonly number[]): Tensor {
  const taps = permute(w, [...w.shape.slice(2).map((_, i) => i + 2), 1, 0]);
  const each = reshape(taps, [-1, w.shape[1]! * w.shape[0]!]);
  const kept = live ? gather(each, constant(Int32Array.from(live)), 0) : each;
  return reshape(kept, [-1, w.shape[0]!]);
}

/** Calls `visit` with every index of a grid, last axis fastest. */
export function forEachIndex(sizes: Shape, visit: (index: readonly number[]) => void): void {
  const index = sizes.map(() => 0);
  for (let left = sizeOf(sizes); left > 0; left--) {
    visit(index);
    for (let axis = sizes.length - 1; axis >= 0 && ++index[axis]! === sizes[axis]; axis--) index[axis] = 0;
  }
}

/** Row-major position of an index in a grid, or −1 outside. */
export function positionIn(sizes: Shape, index: readonly number[]): number {
  let position = 0;
  for (let i = 0; i < index.length; i++) {
    if (index[i]! < 0 || index[i]! >= sizes[i]!) return -1;
    position = position * sizes[i]! + index[i]!;
  }
  return position;
}
