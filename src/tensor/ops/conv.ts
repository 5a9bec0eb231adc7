/**
 * Convolution and its two relatives, in 1, 2 and 3 dimensions. With one geometry (strides, pads, dilations, groups):
 *   y = conv(x, w)           [N, C, …in] × [O, C/g, …k] → [N, O, …out]
 *   x = convTranspose(y, w)  the adjoint in x:  [N, O, …out] × [O, C/g, …k] → [N, C, …in]
 *   w = convWeight(x, y)     the adjoint in w:  [N, C, …in] × [N, O, …out] → [O, C/g, …k]
 * ⟨conv(x, w), y⟩ is linear in each of x, w and y, so the derivatives of any one are the other two: the family is
 * closed, and derivatives of any order need nothing more.
 */
import { UserError } from "../errors.ts";
import { formatShape, type Shape } from "../shape.ts";
import type { NodeAttributes, Op, Tensor } from "../tensor.ts";
import { apply } from "../trace.ts";
import { perAxis } from "./check.ts";
import {
  type ConvOptions,
  type ConvTransposeOptions,
  checkOperands,
  convOutput,
  type Geometry,
  padsOf,
  transposedSize,
} from "./conv-geometry.ts";

/** y = conv(x, w). */
export const convOp: Op<Geometry> = {
  name: "conv",
  infer([x, w], geometry) {
    const spatial = x!.shape.slice(2).map((size, i) => convOutput(size, w!.shape[i + 2]!, i, geometry));
    if (spatial.some((size) => size < 1)) {
      throw new UserError(
        `conv: the kernel ${formatShape(w!.shape.slice(2))} is larger than the padded input ${formatShape(x!.shape.slice(2))}; use a smaller kernel or more padding.`,
      );
    }
    return { shape: [x!.shape[0]!, w!.shape[0]!, ...spatial], dtype: "float32" };
  },
  vjp: ({ g, inputs: [x, w], attrs }) => [
    apply(convTransposeOp, [g, w!], { ...attrs, spatial: x!.shape.slice(2) }),
    apply(convWeightOp, [x!, g], { ...attrs, kernel: w!.shape.slice(2) }),
  ],
  onnx: (w, inputs, _, attrs) => w.node("Conv", inputs, onnxGeometry(attrs)),
};

export type ConvTransposeAttributes = Geometry & { spatial: Shape };
/** The adjoint of conv in x, of the spatial size `spatial`. */
export const convTransposeOp: Op<ConvTransposeAttributes> = {
  name: "convTranspose",
  infer: ([y, w], { spatial, groups }) => ({
    shape: [y!.shape[0]!, w!.shape[1]! * groups, ...spatial],
    dtype: "float32",
  }),
  vjp: ({ g, inputs: [y, w], attrs }) => [
    apply(convOp, [g, w!], geometryOf(attrs)),
    apply(convWeightOp, [g, y!], { ...geometryOf(attrs), kernel: w!.shape.slice(2) }),
  ],
  onnx: (w, inputs, y, attrs) =>
    w.node("ConvTranspose", inputs, { ...onnxGeometry(attrs), output_padding: outputPaddingOf(y, attrs) }),
};

export type ConvWeightAttributes = Geometry & { kernel: Shape };
/** The adjoint of conv in w, of the kernel size `kernel`. */
export const convWeightOp: Op<ConvWeightAttributes> = {
  name: "convWeight",
  infer: ([x, y], { kernel, groups }) => ({
    shape: [y!.shape[1]!, x!.shape[1]! / groups, ...kernel],
    dtype: "float32",
  }),
  vjp: ({ g, inputs: [x, y], attrs }) => [
    apply(convTransposeOp, [y!, g], { ...geometryOf(attrs), spatial: x!.shape.slice(2) }),
    apply(convOp, [x!, g], geometryOf(attrs)),
  ],
  onnx: emitConvWeight,
};

/**
 * The weight gradient as a convolution: batch and channels change places, strides and dilations too. With groups, the
 * group index joins the batch that is summed over, so one grouped Conv still does it.
 */
function emitConvWeight(
  w: Parameters<typeof convOp.onnx>[0],
  [x, y]: readonly string[],
  out: Tensor,
  { strides, pads, dilations, groups, kernel }: ConvWeightAttributes,
): string {
  const [tx, ty] = out.inputs as [Tensor, Tensor];
  const n = strides.length;
  const spatialAxes = (from: number): number[] => Array.from({ length: n }, (_, i) => from + i);
  const [batch, channels] = [tx.shape[0]!, tx.shape[1]!];
  const byGroup = w.node("Reshape", [
    x!,
    w.constantInts([batch, groups, channels / groups, ...tx.shape.slice(2)]),
  ]);
  const moved = w.node("Transpose", [byGroup], { perm: [2, 1, 0, ...spatialAxes(3)] });
  const image = w.node("Reshape", [
    moved,
    w.constantInts([channels / groups, groups * batch, ...tx.shape.slice(2)]),
  ]);
  const filter = w.node("Transpose", [y!], { perm: [1, 0, ...spatialAxes(2)] });
  const result = w.node("Conv", [image, filter], {
    strides: dilations,
    dilations: strides,
    pads,
    group: groups,
  });
  const swapped = w.node("Transpose", [result], { perm: [1, 0, ...spatialAxes(2)] });
  const sizes = tx.shape.slice(2).map((size, i) =>
    // The kernel axis of `result` is longer than the kernel where the stride left a remainder of the input unused.
    convOutput(size, ty.shape[i + 2]!, i, { strides: dilations, dilations: strides, pads, groups }),
  );
  if (sizes.every((size, i) => size === kernel[i])) return swapped;
  return w.node("Slice", [
    swapped,
    w.constantInts(kernel.map(() => 0)),
    w.constantInts(kernel),
    w.constantInts(spatialAxes(2)),
  ]);
}

/** The geometry alone, without what a transposed form adds to it. */
export function geometryOf({ strides, pads, dilations, groups }: Geometry): Geometry {
  return { strides, pads, dilations, groups };
}

function onnxGeometry({ strides, pads, dilations, groups }: Geometry): NodeAttributes {
  return { strides, pads, dilations, group: groups };
}

function outputPaddingOf(y: Tensor, attrs: ConvTransposeAttributes): number[] {
  const [z, w] = y.inputs as [Tensor, Tensor];
  return attrs.spatial.map((size, i) => size - transposedSize(z.shape[i + 2]!, w.shape[i + 2]!, i, attrs));
}

/**
 * Cross-correlation of x [N, C, …] with w [O, C/groups, …k], as the field calls convolution; 1, 2 or 3 spatial axes.
 * y[n, o, p] = Σ_c Σ_k w[o, c, k] · x[n, c, p·stride + k·dilation − padding]
 */
export function conv(x: Tensor, w: Tensor, options: ConvOptions = {}): Tensor {
  const { groups = 1 } = options;
  checkOperands(
    "conv",
    x,
    w,
    groups,
    (w.shape[1] ?? 0) * groups,
    "x [N, C, …] and weights [O, C/groups, …k]",
  );
  const n = x.rank - 2;
  const strides = perAxis(options.stride, 1, n, "conv: stride", 1);
  const dilations = perAxis(options.dilation, 1, n, "conv: dilation", 1);
  return apply(convOp, [x, w], {
    strides,
    dilations,
    groups,
    pads: padsOf("conv", options.padding, x, w, strides, dilations),
  });
}

/**
 * Transposed ("fractionally strided") convolution of x [N, C, …] with w [C, O/groups, …k]: the adjoint of `conv` in its
 * input. Output size (in − 1)·stride − 2·padding + dilation·(k − 1) + 1 + outputPadding.
 */
export function convTranspose(x: Tensor, w: Tensor, options: ConvTransposeOptions = {}): Tensor {
  const { groups = 1 } = options;
  checkOperands("convTranspose", x, w, groups, w.shape[0] ?? 0, "x [N, C, …] and weights [C, O/groups, …k]");
  const n = x.rank - 2;
  const strides = perAxis(options.stride, 1, n, "convTranspose: stride", 1);
  const dilations = perAxis(options.dilation, 1, n, "convTranspose: dilation", 1);
  const pads = padsOf("convTranspose", options.padding, x, w, strides, dilations);
  const geometry = { strides, dilations, groups, pads };
  const extra = perAxis(options.outputPadding, 0, n, "convTranspose: outputPadding", 0);
  const spatial = x.shape
    .slice(2)
    .map((size, i) => transposedSize(size, w.shape[i + 2]!, i, geometry) + extra[i]!);
  const fits = spatial.every(
    (size, i) => size > 0 && convOutput(size, w.shape[i + 2]!, i, geometry) === x.shape[i + 2],
  );
  if (!fits) {
    throw new UserError(
      `convTranspose: the output size ${formatShape(spatial)} does not shrink back to ${formatShape(x.shape.slice(2))}; use less padding, and an outputPadding below the stride.`,
    );
  }
  return apply(convTransposeOp, [x, w], { ...geometry, spatial });
}
