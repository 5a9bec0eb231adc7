import { concat, type Shape, sizeOf, type Tensor } from "../../tensor/index.ts";
import { scope } from "../scope.ts";
import { type Bijection, noVolumeChange, shapeAfter } from "./bijection.ts";

/**
 * Multi-scale architecture: after each level but the last, the second half of the channels is done and the first half goes on to
 * the next level. Pictures of `shape` [C, H, W] become vectors, z = (z₁, …, z_L): [N, C, H, W] → [N, CHW]. Dinh et al. 2016,
 * section 3.6, equations 14–16. A coupling at the end of a level that changes the second half makes it a learned prior p(zᵢ | h).
 */
export function multiScale(levels: readonly Bijection[], shape: Shape): Bijection {
  const name = (i: number): string => `level${i + 1}`;
  const last = levels.length - 1;
  /** Shapes after each level, before it is split. */
  const shapes: Shape[] = [];
  let next = shape;
  levels.forEach((level, i) => {
    const [c = 1, ...rest] = shapeAfter(level, next);
    shapes.push([c, ...rest]);
    next = i < last ? [Math.ceil(c / 2), ...rest] : [c, ...rest];
  });
  const sizes = shapes.map((own, i) => {
    const [c = 1, ...rest] = own;
    return sizeOf(rest) * (i < last ? Math.floor(c / 2) : c);
  });
  return {
    forward(x, options) {
      const done: Tensor[] = [];
      let [h, logDet] = [x, noVolumeChange()];
      levels.forEach((level, i) => {
        const mapped = scope(name(i), () => level.forward(h, options));
        logDet = logDet.add(mapped.logDet);
        const c = mapped.z.shape[1]!;
        const [kept, out] =
          i < last ? mapped.z.split([Math.ceil(c / 2), Math.floor(c / 2)], 1) : [undefined, mapped.z];
        done.push(out!.reshape([-1, sizes[i]!]));
        if (kept) h = kept;
      });
      return { z: concat(done, 1), logDet };
    },
    inverse(z) {
      const parts = z.split(sizes, 1);
      let h: Tensor | undefined;
      for (let i = last; i >= 0; i--) {
        const [c = 1, ...rest] = shapes[i]!;
        const own = parts[i]!.reshape([-1, i < last ? Math.floor(c / 2) : c, ...rest]);
        const joined = h ? concat([h, own], 1) : own;
        h = scope(name(i), () => levels[i]!.inverse(joined));
      }
      return h!;
    },
    outputShape: () => [sizeOf(shape)],
  };
}
