import type { Tensor } from "../tensor/index.ts";
import { kernelSizes } from "./channels.ts";
import { type ConvLayerOptions, conv1d } from "./conv.ts";

export type CausalConvOptions = Omit<ConvLayerOptions, "kernel" | "padding" | "stride" | "dilation"> & {
  kernel: number;
  dilation?: number;
};

/**
 * Convolution over time whose output at t sees the inputs at t, t − d, …, t − (k − 1)·d; x [N, C, T] keeps
 * its length.
 * van den Oord et al. 2016 (WaveNet), arXiv:1609.03499, section 2.1. Shift the input by one step to hide t
 * itself.
 */
export function causalConv1d(x: Tensor, channels: number, options: CausalConvOptions): Tensor {
  const { kernel, dilation = 1 } = options;
  const [size] = kernelSizes(kernel, 1, "causalConv1d");
  return conv1d(x, channels, { ...options, padding: [(size! - 1) * dilation, 0] });
}
