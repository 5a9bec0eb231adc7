import { UserError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { add, mul, sub } from "./binary.ts";
import { cast } from "./cast.ts";
import { type PerAxis, perAxis, requireFloat, withSize } from "./check.ts";
import { equal } from "./compare.ts";
import { stack } from "./concat.ts";
import { zerosLike } from "./create.ts";
import { padAxes, padAxis } from "./pad.ts";
import { reshape } from "./reshape.ts";
import { narrow, sliceAxes } from "./slice.ts";

export type PoolOptions = {
  /** Size of the window, per spatial axis or for all. */
  kernel: PerAxis;
  /** Distance between windows; default: the kernel, so that windows do not overlap. */
  stride?: PerAxis;
  /** Elements added on both sides of each spatial axis, at most half the kernel. */
  padding?: PerAxis;
};
/** Per spatial axis. */
export type PoolAttributes = { kernel: Shape; strides: Shape; padding: Shape };

/** The options spread over the spatial axes of x [N, C, …], checked. */
export function poolAttributes(name: string, x: Tensor, options: PoolOptions): PoolAttributes {
  requireFloat(name, x);
  const n = x.rank - 2;
  if (n < 1 || n > 3) {
    throw new UserError(`${name}: got ${formatShape(x.shape)}, expected [N, C, …] with 1 to 3 spatial axes.`);
  }
  const kernel = perAxis(options.kernel, 1, n, `${name}: kernel`, 1);
  const strides = options.stride === undefined ? kernel : perAxis(options.stride, 1, n, `${name}: stride`, 1);
  const padding = perAxis(options.padding, 0, n, `${name}: padding`, 0);
  const bad = kernel.some((k, i) => 2 * padding[i]! > k || x.shape[i + 2]! + 2 * padding[i]! < k);
  if (bad) {
    throw new UserError(
      `${name}: the window ${formatShape(kernel)} with padding ${formatShape(padding)} does not fit the input ${formatShape(x.shape.slice(2))}; use a smaller window, and padding of at most half of it.`,
    );
  }
  return { kernel, strides, padding };
}

/** Shape of the result of pooling. */
export function pooledShape(x: Tensor, { kernel, strides, padding }: PoolAttributes): number[] {
  const spatial = kernel.map((k, i) => Math.floor((x.shape[i + 2]! + 2 * padding[i]! - k) / strides[i]!) + 1);
  return [x.shape[0]!, x.shape[1]!, ...spatial];
}

const maxPoolOp: Op<PoolAttributes> = {
  name: "maxPool",
  infer: ([x], attrs) => ({ shape: pooledShape(x!, attrs), dtype: "float32" }),
  vjp: ({ g, y, inputs: [x], attrs }) => [maxPoolAdjoint(g, y, x!, attrs)],
  // Without its Indices output, with which MaxPool fails on WebGPU.
  onnx: (w, [x], _, { kernel, strides, padding }) =>
    w.node("MaxPool", [x!], { kernel_shape: kernel, strides, pads: [...padding, ...padding] }),
};

/** Sends each g to the first element, in row-major order, that attains its window's maximum. */
function maxPoolAdjoint(g: Tensor, y: Tensor, x: Tensor, attrs: PoolAttributes): Tensor {
  const { kernel, strides, padding } = attrs;
  const border = [0, 0, ...padding];
  const padded = padAxes(x, border, border, -3.4028234e38);
  let free: Tensor | undefined;
  /** The gradient of the padded input's axes from `axis` on, for windows at fixed offsets along the axes before. */
  const collect = (offsets: readonly number[]): Tensor => {
    const axis = offsets.length;
    if (axis < kernel.length) {
      const pieces = Array.from({ length: kernel[axis]! }, (_, i) => collect([...offsets, i]));
      return overlapAdd(pieces, axis + 2, strides[axis]!, padded.shape[axis + 2]!);
    }
    const equals = cast(equal(windowAt(padded, y.shape, offsets, strides), y), "float32");
    const hit = free ? mul(equals, free) : equals;
    free = free ? sub(free, hit) : sub(1, hit);
    return mul(hit, g);
  };
  const full = collect([]);
  return sliceAxes(
    full,
    border,
    x.shape.map((d, i) => d + border[i]!),
    x.shape.map(() => 1),
  );
}

/** The element at `offsets` of every window. */
function windowAt(padded: Tensor, out: Shape, offsets: Shape, strides: Shape): Tensor {
  return sliceAxes(
    padded,
    [0, 0, ...offsets],
    [out[0]!, out[1]!, ...offsets.map((o, i) => o + (out[i + 2]! - 1) * strides[i]! + 1)],
    [1, 1, ...strides],
  );
}

/**
 * y of `size` elements along `axis` with y[p · stride + i] = Σ pieces[i][p]. Offsets with one remainder by the stride
 * are added at full density, and the remainders interleaved at the end, so that no zeros are stuffed in between.
 */
function overlapAdd(pieces: readonly Tensor[], axis: number, stride: number, size: number): Tensor {
  const blocks = Math.ceil(pieces.length / stride);
  const aligned = pieces.map((piece, i) => {
    const shift = Math.floor(i / stride);
    return padAxis(piece, axis, shift, blocks - 1 - shift);
  });
  const phases = Array.from({ length: stride }, (_, r) => {
    const own = aligned.filter((_, i) => i % stride === r);
    return own.length > 0 ? own.reduce((a, b) => add(a, b)) : zerosLike(aligned[0]!);
  });
  const length = aligned[0]!.shape[axis]! * stride;
  const joined =
    stride === 1 ? phases[0]! : reshape(stack(phases, axis + 1), withSize(aligned[0]!.shape, axis, length));
  return length >= size ? narrow(joined, axis, 0, size) : padAxis(joined, axis, 0, size - length);
}

/** The largest element of each window of x [N, C, …]; the first of equals takes the derivative, as in PyTorch. */
export function maxPool(x: Tensor, options: PoolOptions): Tensor {
  return apply(maxPoolOp, [x], poolAttributes("maxPool", x, options));
}
