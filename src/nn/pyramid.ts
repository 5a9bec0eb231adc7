import { flatten, formatShape, relu, reshape, type Shape, type Tensor, UserError } from "../tensor/index.ts";
import { conv2d } from "./conv.ts";
import { convTranspose2d } from "./conv-transpose.ts";
import { dense } from "./dense.ts";

/** How a square picture is reached by doublings: size = base · 2^levels, with a base of 4 to 7. */
export type Pyramid = { readonly base: number; readonly levels: number };

/** A 4×4 kernel that halves a picture as a convolution and doubles it as a transposed one. */
export const halving = { kernel: 4, stride: 2, padding: 1 } as const;

/**
 * The pyramid of pictures [channels, size, size]: 28 = 7·2², 32 = 4·2³, 64 = 4·2⁴.
 * Throws for pictures that are not square, below 8 pixels, or whose size is no such product.
 */
export function pyramid(shape: Shape): Pyramid {
  const [, height = 0, width = 0] = shape;
  let [base, levels] = [height, 0];
  while (base > 7 && base % 2 === 0) [base, levels] = [base / 2, levels + 1];
  if (shape.length === 3 && height === width && levels > 0 && base >= 4 && base <= 7) return { base, levels };
  throw new UserError(
    `convolutional networks: the examples are ${formatShape(shape)}, expected square pictures [channels, size, size] of 4 to 7 pixels doubled at least once, such as 16, 28, 32, 64 or 128; choose the size with --size.`,
  );
}

/** Convolutions that halve x [n, c, s, s] down to its base and double the channels from `width`: features [n, …]. */
export function convEncoder(x: Tensor, width: number): Tensor {
  const { levels } = pyramid(x.shape.slice(1));
  let h = x;
  for (let i = 0; i < levels; i++) h = relu(conv2d(h, width * 2 ** i, halving));
  return flatten(h);
}

/** The mirror image of {@link convEncoder}: a vector per example [n, d] becomes pictures [n, ...shape], linear at the end. */
export function convDecoder(z: Tensor, shape: Shape, width: number): Tensor {
  const { base, levels } = pyramid(shape);
  const top = width * 2 ** (levels - 1);
  let h = reshape(relu(dense(z, top * base ** 2)), [-1, top, base, base]);
  for (let i = levels - 2; i >= 0; i--) h = relu(convTranspose2d(h, width * 2 ** i, halving));
  return convTranspose2d(h, shape[0]!, halving);
}
