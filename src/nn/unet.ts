import {
  concat,
  formatShape,
  maxPool,
  relu,
  type Shape,
  sameShape,
  type Tensor,
  UserError,
} from "../tensor/index.ts";
import { conv2d } from "./conv.ts";
import { convTranspose2d } from "./conv-transpose.ts";
import { layer, scope } from "./scope.ts";

type LevelFunction = (x: Tensor, channels: number, level: number) => Tensor;
export type UnetOptions = {
  /** Channels of each level, the finest first; the last is the bottom. */
  channels: Shape;
  /** Channels of the result. */
  out: number;
  /** What each level computes, going down and going up; default two 3×3 convolutions with relu. */
  block?: LevelFunction;
  /** Halves the size on the way to `level`; default 2×2 max pooling. */
  down?: LevelFunction;
  /** Doubles the size on the way back to `level`; default a 2×2 transposed convolution of stride 2. */
  up?: LevelFunction;
  /** What is done at the bottom after its block, for example attention. */
  middle?: (x: Tensor) => Tensor;
  /** How what came up meets what was kept at its level; default concatenation of channels. */
  join?: (up: Tensor, skip: Tensor) => Tensor;
  /** The last layer; default a 1×1 convolution. */
  head?: (x: Tensor, out: number) => Tensor;
};

/** The default level of a U-Net: two 3×3 convolutions that keep the size, each followed by relu. */
export function unetBlock(x: Tensor, channels: number): Tensor {
  return layer("unetBlock", () => {
    const once = (t: Tensor): Tensor => relu(conv2d(t, channels, { kernel: 3, padding: 1 }));
    return once(once(x));
  });
}

/**
 * U-Net: an encoder that halves the size level by level, a decoder that doubles it again, and skips between
 * levels of one size; x [N, C, H, W] → [N, out, H, W], H and W divisible by 2^(levels − 1). Ronneberger et
 * al. 2015, arXiv:1505.04597, with padding that keeps sizes. Scopes `down0` … `up0`.
 */
export function unet(x: Tensor, options: UnetOptions): Tensor {
  const { channels, block = unetBlock, middle, join = (a, b) => concat([a, b], 1) } = options;
  const down: LevelFunction = options.down ?? ((t) => maxPool(t, { kernel: 2 }));
  const up: LevelFunction = options.up ?? ((t, c) => convTranspose2d(t, c, { kernel: 2, stride: 2 }));
  const head = options.head ?? ((t, out) => conv2d(t, out, { kernel: 1 }));
  const bottom = channels.length - 1;
  checkSizes(x, bottom);
  return layer("unet", () => {
    const skips: Tensor[] = [];
    let y = x;
    channels.forEach((c, level) => {
      y = scope(`down${level}`, () => block(level === 0 ? y : down(y, c, level), c, level));
      skips.push(y);
    });
    if (middle) y = scope("middle", () => middle(y));
    for (let level = bottom - 1; level >= 0; level--) {
      const c = channels[level]!;
      y = scope(`up${level}`, () => block(joined(up(y, c, level), skips[level]!, join), c, level));
    }
    return head(y, options.out);
  });
}

function joined(up: Tensor, skip: Tensor, join: (a: Tensor, b: Tensor) => Tensor): Tensor {
  if (!sameShape(up.shape.slice(2), skip.shape.slice(2))) {
    throw new UserError(
      `unet: ${formatShape(up.shape)} came up to a level of ${formatShape(skip.shape)}, expected equal sizes; let up() double what down() halves.`,
    );
  }
  return join(up, skip);
}

function checkSizes(x: Tensor, halvings: number): void {
  const factor = 2 ** halvings;
  if (x.rank === 4 && halvings >= 0 && x.shape.slice(2).every((d) => d % factor === 0)) return;
  throw new UserError(
    `unet: got ${formatShape(x.shape)} for ${halvings + 1} levels, expected [N, C, H, W] with H and W divisible by ${factor}; use fewer levels or another size.`,
  );
}
