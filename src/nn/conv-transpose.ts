import { type ConvTransposeOptions, convTranspose, sizeOf, type Tensor } from "../tensor/index.ts";
import { addChannelBias, checkPicture, kernelSizes } from "./channels.ts";
import type { ConvLayerOptions } from "./conv.ts";
import { fanInUniform } from "./dense.ts";
import { layer } from "./scope.ts";
import { weight } from "./weights.ts";

export type ConvTransposeLayerOptions = ConvTransposeOptions &
  Pick<ConvLayerOptions, "kernel" | "bias" | "init" | "biasInit" | "weights">;
type ConvTransposeLayer = (x: Tensor, channels: number, options: ConvTransposeLayerOptions) => Tensor;

function convTransposeLayer(n: number): ConvTransposeLayer {
  const what = `convTranspose${n}d`;
  return (x, channels, { kernel, bias = true, init, biasInit, weights, ...geometry }) => {
    const { groups = 1 } = geometry;
    checkPicture(what, x, n, channels, groups);
    const sizes = kernelSizes(kernel, n, what);
    const shape = [x.shape[1]!, channels / groups, ...sizes];
    const fallback = fanInUniform(sizeOf(shape.slice(1)));
    const fanIn = (x.shape[1]! / groups) * sizeOf(sizes);
    return layer("convTranspose", () => {
      // With groups, axis 1 holds the output units of each group: what normalises per unit then shares them.
      const spec = { name: "weight", shape, init: init ?? fallback, outputAxis: 1, fanIn };
      const y = convTranspose(x, weight(spec, weights), geometry);
      return bias ? addChannelBias(y, biasInit ?? fallback) : y;
    });
  };
}

/**
 * Transposed convolution layer on [N, C, T]; parameters `weight` [C, channels/groups, k] and `bias`
 * [channels]. First values are PyTorch's U(±1/√(channels/groups · k)), which counts the axis of the outputs.
 */
export const convTranspose1d = convTransposeLayer(1);
/**
 * Transposed convolution layer on [N, C, H, W]; `weight` [C, channels/groups, kh, kw]; see `convTranspose1d`.
 */
export const convTranspose2d = convTransposeLayer(2);
/**
 * Transposed convolution layer on [N, C, D, H, W]; `weight` [C, channels/groups, kd, kh, kw]; see
 * `convTranspose1d`.
 */
export const convTranspose3d = convTransposeLayer(3);
