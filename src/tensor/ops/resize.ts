import { constant } from "../constant.ts";
import { UserError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { type PerAxis, perAxis, requireFloat, withSize } from "./check.ts";
import { matmul } from "./matmul.ts";
import { reshape } from "./reshape.ts";
import { sliceAxes } from "./slice.ts";
import { upsample } from "./upsample.ts";

export type ResizeOptions = {
  /** New size of the spatial axes; this or `scale`. */
  size?: PerAxis;
  /** Factor of the spatial axes; the new size is ⌊size · scale⌋. */
  scale?: number | readonly number[];
  /** Nearest element, or linear interpolation along every spatial axis (bilinear for images). */
  mode?: "nearest" | "bilinear";
  /** Whether the centres of the corner pixels stay in place, rather than the corners of the picture. */
  alignCorners?: boolean;
};

/**
 * Changes the size of the spatial axes of x [N, C, …], with the pixel positions of PyTorch's interpolate. Both modes are
 * linear in x: one constant matrix per axis, or copies or a strided slice where nearest has whole factors.
 */
export function resize(x: Tensor, options: ResizeOptions): Tensor {
  requireFloat("resize", x);
  const n = x.rank - 2;
  if (n < 1)
    throw new UserError(`resize: got ${formatShape(x.shape)}, expected [N, C, …] with spatial axes.`);
  if ((options.size === undefined) === (options.scale === undefined)) {
    throw new UserError("resize: expected either a size or a scale.");
  }
  const scales = scalesOf(options, n);
  const sizes =
    options.size !== undefined
      ? perAxis(options.size, 1, n, "resize: size", 1)
      : scales!.map((s, i) => Math.floor(x.shape[i + 2]! * s));
  if (sizes.some((s) => s < 1)) {
    throw new UserError(
      `resize: scaling ${formatShape(x.shape.slice(2))} by ${formatShape(scales!)} leaves no pixels; use a larger scale.`,
    );
  }
  const steps = sizes.map((size, i) => (scales ? 1 / scales[i]! : x.shape[i + 2]! / size));
  const factors = sizes.map((size, i) => size / x.shape[i + 2]!);
  const copies = factors.every((f, i) => Number.isInteger(f) && steps[i] === 1 / f);
  if ((options.mode ?? "nearest") === "nearest" && copies) return upsample(x, factors);
  return sizes.reduce((y, size, i) => resizeAxis(y, i + 2, size, steps[i]!, options), x);
}

function scalesOf({ scale }: ResizeOptions, n: number): readonly number[] | undefined {
  if (scale === undefined) return undefined;
  const list = typeof scale === "number" ? Array<number>(n).fill(scale) : scale;
  if (list.length !== n || list.some((s) => !(s > 0))) {
    throw new UserError(
      `resize: the scale is ${formatShape(list)}, expected ${n} positive numbers, or one for all axes.`,
    );
  }
  return list;
}

/** `step`: input pixels per output pixel. */
function resizeAxis(x: Tensor, axis: number, size: number, step: number, options: ResizeOptions): Tensor {
  const { mode = "nearest", alignCorners = false } = options;
  const from = x.shape[axis]!;
  if (mode === "nearest") {
    if (size === from && step === 1) return x;
    if (Number.isInteger(step) && step * size <= from) return strided(x, axis, size, step);
    return interpolate(x, axis, size, (i) => [Math.min(Math.floor(i * step), from - 1), 0]);
  }
  if (from === size && (alignCorners || step === 1)) return x;
  const corner = size > 1 ? (from - 1) / (size - 1) : 0;
  return interpolate(x, axis, size, (i) => {
    const at = alignCorners ? i * corner : Math.max(0, (i + 0.5) * step - 0.5);
    const low = Math.min(Math.floor(at), from - 1);
    return [low, Math.min(at, from - 1) - low];
  });
}

function strided(x: Tensor, axis: number, size: number, step: number): Tensor {
  return sliceAxes(
    x,
    x.shape.map(() => 0),
    withSize(x.shape, axis, (size - 1) * step + 1),
    x.shape.map((_, i) => (i === axis ? step : 1)),
  );
}

/** Output pixel i is (1 − t) · x[low] + t · x[low + 1], with [low, t] = source(i). */
function interpolate(
  x: Tensor,
  axis: number,
  size: number,
  source: (i: number) => readonly [low: number, t: number],
): Tensor {
  const from = x.shape[axis]!;
  const last = axis === x.rank - 1;
  const weights = new Float32Array(from * size);
  for (let i = 0; i < size; i++) {
    const [low, t] = source(i);
    const at = (j: number): number => (last ? j * size + i : i * from + j);
    weights[at(low)] = 1 - t;
    if (t > 0) weights[at(low + 1)] = t;
  }
  if (last) return matmul(x, constant(weights, [from, size]));
  const behind = x.shape.slice(axis + 1).reduce((n, d) => n * d, 1);
  const columns = reshape(x, [...x.shape.slice(0, axis), from, behind]);
  return reshape(matmul(constant(weights, [size, from]), columns), withSize(x.shape, axis, size));
}
