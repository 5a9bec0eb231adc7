/** How a coupling layer divides its input: what it keeps and what it changes. */
import { concat, constant, formatShape, type Tensor, UserError } from "../../tensor/index.ts";

export interface Partition {
  /** What stays as it is: all that the change may depend on. */
  kept(x: Tensor): Tensor;
  changed(x: Tensor): Tensor;
  join(kept: Tensor, changed: Tensor): Tensor;
  /** 1 for elements of `changed` that really change, where not all of them do. */
  readonly mask?: (x: Tensor) => Tensor;
}

export type Half = "first" | "second";

/** Splits axis 1, channels or features, in the middle: the first half has ⌈n/2⌉ of n. `changed` names the half that changes. */
export function halves(changed: Half): Partition {
  const parts = (x: Tensor): readonly [Tensor, Tensor] => {
    const n = x.shape[1] ?? 0;
    if (n < 2)
      throw new UserError(`halves: ${formatShape(x.shape)} does not divide along axis 1; give at least 2.`);
    const [a, b] = x.split([Math.ceil(n / 2), Math.floor(n / 2)], 1);
    return [a!, b!];
  };
  return changed === "second"
    ? { kept: (x) => parts(x)[0], changed: (x) => parts(x)[1], join: (a, b) => concat([a, b], 1) }
    : { kept: (x) => parts(x)[1], changed: (x) => parts(x)[0], join: (a, b) => concat([b, a], 1) };
}

/**
 * The squares of a checkerboard on pictures [N, C, H, W], as masks on the whole picture: Dinh et al. 2016, figure 3. Parity 0
 * changes the pixels with even i + j, parity 1 the others.
 */
export function checkerboard(parity: 0 | 1): Partition {
  const mask = ({ shape }: Tensor): Tensor => {
    const [height, width] = [shape[2]!, shape[3]!];
    const values = Float32Array.from({ length: height * width }, (_, k) =>
      (Math.floor(k / width) + (k % width)) % 2 === parity ? 1 : 0,
    );
    return constant(values, [1, 1, height, width]);
  };
  return { kept: (x) => x.mul(mask(x).neg().add(1)), changed: (x) => x, join: (_, x) => x, mask };
}
