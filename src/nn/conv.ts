import { type ConvOptions, conv, type Shape, sizeOf, type Tensor } from "../tensor/index.ts";
import { addChannelBias, checkPicture, kernelSizes } from "./channels.ts";
import { fanInUniform } from "./dense.ts";
import type { Initializer } from "./initializers.ts";
import { layer } from "./scope.ts";
import { standardizeOutputs } from "./weight-norm.ts";
import { type WeightOptions, weight } from "./weights.ts";

export type ConvLayerOptions = ConvOptions &
  WeightOptions & {
    /** Size of the kernel: a number, or one per spatial axis. */
    kernel: number | Shape;
    bias?: boolean;
    /**
     * First weights [channels, in/groups, …kernel]; default U(±1/√fanIn), fanIn = in/groups · Π kernel, as in
     * PyTorch.
     */
    init?: Initializer;
    /** First biases; default U(±1/√fanIn), as in PyTorch. */
    biasInit?: Initializer;
    /** See `standardizeOutputs`. */
    standardize?: number | undefined;
  };
type ConvLayer = (x: Tensor, channels: number, options: ConvLayerOptions) => Tensor;

function convLayer(n: number): ConvLayer {
  const what = `conv${n}d`;
  return (x, channels, { kernel, bias = true, init, biasInit, weights, standardize, ...geometry }) => {
    const { groups = 1 } = geometry;
    checkPicture(what, x, n, channels, groups);
    const shape = [channels, x.shape[1]! / groups, ...kernelSizes(kernel, n, what)];
    const fanIn = sizeOf(shape.slice(1));
    const fallback = fanInUniform(fanIn);
    return layer("conv", () => {
      const spec = { name: "weight", shape, init: init ?? fallback, outputAxis: 0, fanIn };
      const y = conv(x, weight(spec, weights), geometry);
      const biased = bias ? addChannelBias(y, biasInit ?? fallback) : y;
      return standardize === undefined ? biased : standardizeOutputs(biased, standardize);
    });
  };
}

/** Convolution layer on [N, C, T]; parameters `weight` [channels, C/groups, k] and `bias` [channels]. */
export const conv1d = convLayer(1);
/**
 * Convolution layer on [N, C, H, W]; parameters `weight` [channels, C/groups, kh, kw] and `bias` [channels].
 */
export const conv2d = convLayer(2);
/**
 * Convolution layer on [N, C, D, H, W]; parameters `weight` [channels, C/groups, kd, kh, kw] and `bias`
 * [channels].
 */
export const conv3d = convLayer(3);
