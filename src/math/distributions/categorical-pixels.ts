import {
  add,
  argmax,
  cast,
  floor,
  formatShape,
  gumbel,
  logsumexp,
  mul,
  permute,
  reshape,
  type Shape,
  stopGradient,
  sub,
  type Tensor,
  UserError,
} from "../../tensor/index.ts";
import { atLabels } from "../classes.ts";
import type { Distribution } from "./distribution.ts";

export type CategoricalPixelsOptions = {
  /** C of the pictures. */
  channels: number;
  /** K, values that a pixel's channel can take. */
  levels: number;
  /** Draws are as if the logits were divided by it; 0 takes the likeliest. Default 1. */
  temperature?: number;
};

/**
 * Independent categories for every channel of every pixel, from logits ℓ [n, C·K, S] (the K of the first channel first), for x
 * [n, C, S] on the grid of K values from −1 to 1 (v ↦ 2v/(K−1) − 1): log p(x) = ℓᵥ − log Σⱼ exp ℓⱼ, one number for each element
 * of x. Samples are on the grid, by the Gumbel-max trick. van den Oord et al. 2016, arXiv:1601.06759, section 2.2.
 */
export function categoricalPixels(
  logits: Tensor,
  { channels, levels, temperature = 1 }: CategoricalPixelsOptions,
): Distribution<"categoricalPixels"> {
  const [n, width, ...space] = logits.shape as [number, number, ...number[]];
  if (width !== channels * levels) {
    throw new UserError(
      `categoricalPixels: got logits ${formatShape(logits.shape)}, expected ${channels * levels} channels on axis 1 for ${levels} levels of ${channels} channels.`,
    );
  }
  const half = (levels - 1) / 2;
  const separate = reshape(logits, [n, channels, levels, ...space]);
  return {
    kind: "categoricalPixels",
    shape: [n, channels, ...space],
    sample(count: Shape = []) {
      const noise = mul(gumbel([...count, ...separate.shape]), temperature);
      const level = argmax(add(separate, noise), count.length + 2);
      return stopGradient(sub(mul(cast(level, "float32"), 1 / half), 1));
    },
    logProb(x) {
      const level = cast(floor(mul(add(x, 1), half).add(0.5)), "int32");
      // Categories on the last axis: where a convolution leaves them, and where sums over them are quick.
      const last = [0, ...space.map((_, i) => i + 2), 1];
      const rows = reshape(permute(logits, last), [n, ...space, channels, levels]);
      const own = atLabels("categoricalPixels.logProb", rows, permute(level, last), -1);
      return permute(sub(own, logsumexp(rows, -1)), [0, space.length + 1, ...space.map((_, i) => i + 1)]);
    },
  };
}
