/** Where a convolution reads and how large its result is: options as the user gives them, geometry as the operations keep it. */
import { UserError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type PerAxis, perAxis } from "./check.ts";

/** Per spatial axis; `pads` lists all begins and then all ends, as ONNX does. */
export type Geometry = {
  readonly strides: Shape;
  readonly pads: Shape;
  readonly dilations: Shape;
  readonly groups: number;
};

export type ConvOptions = {
  stride?: PerAxis;
  /** Zeros on both sides: a number, one per axis, all begins then all ends, or "same" (output size ⌈in / stride⌉). */
  padding?: PerAxis | "same";
  dilation?: PerAxis;
  groups?: number;
};
export type ConvTransposeOptions = Omit<ConvOptions, "padding"> & {
  padding?: PerAxis;
  /** Extra size at the end of each axis, to choose among the sizes that a strided convolution maps to one. */
  outputPadding?: PerAxis;
};

/** Size of a convolution's output along spatial axis i. */
export function convOutput(
  size: number,
  kernel: number,
  i: number,
  { strides, pads, dilations }: Geometry,
): number {
  const n = strides.length;
  return Math.floor((size + pads[i]! + pads[n + i]! - dilations[i]! * (kernel - 1) - 1) / strides[i]!) + 1;
}

/** Size of a transposed convolution's output along spatial axis i, without output padding. */
export function transposedSize(
  size: number,
  kernel: number,
  i: number,
  { strides, pads, dilations }: Geometry,
): number {
  return (size - 1) * strides[i]! + dilations[i]! * (kernel - 1) + 1 - pads[i]! - pads[strides.length + i]!;
}

/** The padding option as all begins and then all ends. */
export function padsOf(
  name: string,
  padding: PerAxis | "same" | undefined,
  x: Tensor,
  w: Tensor,
  strides: Shape,
  dilations: Shape,
): number[] {
  const n = strides.length;
  if (padding === "same") {
    const total = strides.map((s, i) => {
      const size = x.shape[i + 2]!;
      return Math.max(0, (Math.ceil(size / s) - 1) * s + dilations[i]! * (w.shape[i + 2]! - 1) + 1 - size);
    });
    return [...total.map((t) => Math.floor(t / 2)), ...total.map((t) => Math.ceil(t / 2))];
  }
  if (Array.isArray(padding) && padding.length === 2 * n)
    return perAxis(padding, 0, 2 * n, `${name}: padding`, 0);
  const one = perAxis(padding, 0, n, `${name}: padding`, 0);
  return [...one, ...one];
}

/** Throws (UserError) where picture, weights and groups do not fit together. */
export function checkOperands(
  name: string,
  x: Tensor,
  w: Tensor,
  groups: number,
  inChannels: number,
  wants: string,
): void {
  const n = x.rank - 2;
  const fits =
    n >= 1 &&
    n <= 3 &&
    w.rank === x.rank &&
    x.dtype === "float32" &&
    w.dtype === "float32" &&
    Number.isInteger(groups) &&
    groups >= 1 &&
    inChannels === x.shape[1] &&
    w.shape[0]! % groups === 0;
  if (!fits) {
    throw new UserError(
      `${name}: got ${x.dtype}${formatShape(x.shape)} with weights ${w.dtype}${formatShape(w.shape)} and ${groups} group(s), expected ${wants} with 1 to 3 spatial axes; check the channel counts.`,
    );
  }
}
