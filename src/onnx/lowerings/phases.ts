/** Sub-pixel phases of transposed convolutions: output positions of one residue class modulo the strides see the same taps. */
import { concat, type Geometry, reshape, type Shape, sliceAxes, type Tensor } from "../../tensor/index.ts";

/** A tap of one axis, and how far ahead of the output position's own place it reads. */
export interface PhaseTap {
  readonly k: number;
  readonly shift: number;
}

/** Taps k of one axis with (phase + pad − k·dilation) divisible by the stride, and by how far each reads ahead. */
export function phaseTaps(
  phase: number,
  i: number,
  kernel: number,
  { strides, pads, dilations }: Geometry,
): PhaseTap[] {
  return Array.from({ length: kernel }, (_, k) => ({
    k,
    shift: (phase + pads[i]! - k * dilations[i]!) / strides[i]!,
  })).filter(({ shift }) => Number.isInteger(shift));
}

/** Weaves the phases [N, …counts, C] (last axis fastest) into [N, …counts·strides, C]. */
export function interleave(phases: readonly Tensor[], strides: Shape, n: number): Tensor {
  let level = [...phases];
  for (let axis = n - 1; axis >= 0; axis--) {
    const s = strides[axis]!;
    const next: Tensor[] = [];
    for (let i = 0; i < level.length; i += s) {
      const group = level
        .slice(i, i + s)
        .map((p) => reshape(p, [...p.shape.slice(0, axis + 2), 1, ...p.shape.slice(axis + 2)]));
      const woven = concat(group, axis + 2);
      const shape = woven.shape;
      next.push(
        reshape(woven, [
          ...shape.slice(0, axis + 1),
          shape[axis + 1]! * shape[axis + 2]!,
          ...shape.slice(axis + 3),
        ]),
      );
    }
    level = next;
  }
  return level[0]!;
}

/** Of [N, …, C] what lies within the spatial sizes: phases may have computed a position too many. */
export function onlyWithin(x: Tensor, spatial: Shape): Tensor {
  if (spatial.every((size, i) => size === x.shape[i + 1])) return x;
  const starts = x.shape.map(() => 0);
  const ends = [x.shape[0]!, ...spatial, x.shape.at(-1)!];
  return sliceAxes(
    x,
    starts,
    ends,
    starts.map(() => 1),
  );
}
