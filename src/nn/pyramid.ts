import { flatten, formatShape, relu, reshape, type Shape, type Tensor, UserError } from "../tensor/index.ts";
import { conv2d } from "./conv.ts";
import { convTranspose2d } from "./conv-transpose.ts";
import { dense } from "./dense.ts";

/**
 * The sizes that square pictures [channels, size, size] pass when they are halved down to 3 or 4 pixels, smallest first:
 * 28 gives [4, 7, 14, 28], 64 gives [4, 8, 16, 32, 64]. Throws where they are not square, or below 6 pixels.
 */
export function pyramid(shape: Shape): number[] {
  const [, height = 0, width = 0] = shape;
  if (shape.length !== 3 || height !== width || height < 6) {
    throw new UserError(
      `convolutional networks: the examples are ${formatShape(shape)}, expected square pictures [channels, size, size] of at least 6 pixels; choose the size with --size.`,
    );
  }
  const sizes = [height];
  while (sizes[0]! > 4) sizes.unshift(Math.ceil(sizes[0]! / 2));
  return sizes;
}

/** The kernel of stride 2 between pictures of `size` pixels and of half as many, rounded up, in either direction. */
export function stride2(size: number): { kernel: number; stride: number; padding: number } {
  return { kernel: size % 2 === 0 ? 4 : 3, stride: 2, padding: 1 };
}

/** Convolutions that halve x [n, c, s, s] as {@link pyramid} says and double the channels from `width`: features [n, …]. */
export function convEncoder(x: Tensor, width: number): Tensor {
  const [, ...sizes] = pyramid(x.shape.slice(1));
  return flatten(sizes.reverse().reduce((h, size, i) => relu(conv2d(h, width * 2 ** i, stride2(size))), x));
}

/** The mirror image of {@link convEncoder}: a vector per example [n, d] becomes pictures [n, ...shape], linear at the end. */
export function convDecoder(z: Tensor, shape: Shape, width: number): Tensor {
  const [base, ...sizes] = pyramid(shape) as [number, ...number[]];
  const channels = sizes.map((_, i) => width * 2 ** i).reverse();
  let h = reshape(relu(dense(z, channels[0]! * base ** 2)), [-1, channels[0]!, base, base]);
  sizes.slice(0, -1).forEach((size, i) => {
    h = relu(convTranspose2d(h, channels[i + 1]!, stride2(size)));
  });
  return convTranspose2d(h, shape[0]!, stride2(shape[1]!));
}
