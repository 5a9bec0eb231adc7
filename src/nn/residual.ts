import { add, avgPool, relu, resize, type Tensor, UserError } from "../tensor/index.ts";
import { batchNorm } from "./batch-norm.ts";
import { type ConvLayerOptions, conv2d } from "./conv.ts";
import { layer } from "./scope.ts";

export type ResidualOptions = Pick<ConvLayerOptions, "bias" | "init" | "weights"> & {
  /** "post" (default): conv–norm–act twice, the last act after the sum. "pre": norm–act–conv twice. */
  order?: "pre" | "post";
  /** Size of both kernels, odd (default 3). */
  kernel?: number;
  /** Default relu. */
  activation?: (x: Tensor) => Tensor;
  /** Default batchNorm; null: none. */
  norm?: ((x: Tensor) => Tensor) | null;
  /**
   * Doubles (nearest neighbour, before the first convolution) or halves (mean of 2×2, after the second) the
   * size.
   */
  resample?: "up" | "down";
  /** Between the two convolutions, for example dropout. */
  between?: (x: Tensor) => Tensor;
};

/**
 * Residual block of two convolutions: x [N, C, H, W] → [N, channels, H', W'], the shortcut a 1×1 convolution
 * (conv_3) where the number of channels changes. Order "post": He et al. 2016, arXiv:1512.03385; "pre": He et
 * al. 2016, arXiv:1603.05027, and with `resample` the blocks of the SNGAN and BigGAN papers.
 */
export function residualBlock(x: Tensor, channels: number, options: ResidualOptions = {}): Tensor {
  const { order = "post", kernel = 3, activation = relu, norm = batchNorm, between, resample } = options;
  if (kernel % 2 !== 1) {
    throw new UserError(
      `residualBlock: the kernel is ${kernel}, expected an odd size, which keeps the picture's size.`,
    );
  }
  const normalized = (t: Tensor): Tensor => (norm ? norm(t) : t);
  const up = (t: Tensor): Tensor => (resample === "up" ? resize(t, { scale: 2, mode: "nearest" }) : t);
  const down = (t: Tensor): Tensor => (resample === "down" ? avgPool(t, { kernel: 2 }) : t);
  const { bias = true, init, weights } = options;
  const shared = { bias, ...(init ? { init } : {}), ...(weights ? { weights } : {}) };
  const convolve = (t: Tensor): Tensor =>
    conv2d(t, channels, { ...shared, kernel, padding: (kernel - 1) / 2 });
  const middle = (t: Tensor): Tensor => (between ? between(t) : t);

  return layer("residualBlock", () => {
    const pre = order === "pre";
    const first = pre ? convolve(up(activation(normalized(x)))) : activation(normalized(convolve(up(x))));
    const second = pre
      ? convolve(middle(activation(normalized(first))))
      : normalized(convolve(middle(first)));
    const straight = x.shape[1] === channels ? x : null;
    const shortcut = down(straight ? up(straight) : conv2d(up(x), channels, { ...shared, kernel: 1 }));
    const sum = add(down(second), shortcut);
    return pre ? sum : activation(sum);
  });
}
