/**
 * Operations of ONNX Runtime's own on pictures whose channels lie in blocks: [N, C/b, H, W, b] in memory, b the width of a vector
 * register (16 numbers with AVX-512, 8 with AVX2). ONNX Runtime knows such a tensor by the shape [N, C, H, W], and so does
 * the graph: nothing but these operations may read one.
 */
import { apply, type NodeAttributes, type Op, type Shape, type Tensor } from "../../tensor/index.ts";

const domain = "com.microsoft.nchwc";

/** How a convolution of blocked pictures goes over its input: two spatial axes, no groups. */
export type BlockedGeometry = {
  readonly kernel: Shape;
  readonly strides: Shape;
  /** Begins, then ends; none negative. */
  readonly pads: Shape;
  readonly dilations: Shape;
  /** What is applied to the result, if anything. */
  readonly activation?: "Relu";
};

/** [N, H, W, C] → blocks. */
export const toBlocksOp: Op<Record<string, never>> = {
  name: "toBlocks",
  infer: ([x]) => {
    const [n, h, w, c] = x!.shape as [number, number, number, number];
    return { shape: [n, c, h, w], dtype: "float32" };
  },
  onnx: (w, inputs) => w.node("ReorderInput", inputs, { channels_last: 1 }, { domain }),
};

/** Blocks → [N, H, W, C]. */
export const fromBlocksOp: Op<Record<string, never>> = {
  name: "fromBlocks",
  infer: ([x]) => {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    return { shape: [n, h, w, c], dtype: "float32" };
  },
  onnx: (w, inputs, y) =>
    w.node("ReorderOutput", inputs, { channels: y.shape[3]!, channels_last: 1 }, { domain }),
};

/**
 * Blocks × weights [O/b, C/b, …kernel, b of C, b of O], known by the shape [O, C, …kernel] (and a bias [O]) → blocks. Pictures of less
 * than b channels are plain [N, C, H, W], and their weights [O/b, C, …kernel, b of O].
 */
export const blockedConvOp: Op<BlockedGeometry> = {
  name: "blockedConv",
  infer: ([x, w], { kernel, strides, pads, dilations }) => {
    const sizes = kernel.map((k, i) => {
      const seen = x!.shape[i + 2]! + pads[i]! + pads[i + kernel.length]! - dilations[i]! * (k - 1);
      return Math.floor((seen - 1) / strides[i]!) + 1;
    });
    return { shape: [x!.shape[0]!, w!.shape[0]!, ...sizes], dtype: "float32" };
  },
  onnx: (w, inputs, _, { kernel, strides, pads, dilations, activation }) => {
    const attributes: NodeAttributes = {
      ...{ kernel_shape: kernel, strides, pads, dilations, group: 1 },
      ...(activation && { activation }),
    };
    return w.node("Conv", inputs, attributes, { domain });
  },
};

/** Pictures [N, H, W, C] in blocks. */
export const toBlocks = (x: Tensor): Tensor => apply(toBlocksOp, [x], {});

/** Pictures in blocks as [N, H, W, C]. */
export const fromBlocks = (x: Tensor): Tensor => apply(fromBlocksOp, [x], {});

/** The convolution of blocked pictures with blocked weights. */
export const blockedConv = (x: Tensor, weights: Tensor, geometry: BlockedGeometry): Tensor =>
  apply(blockedConvOp, [x, weights], geometry);
