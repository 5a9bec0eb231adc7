/**
 * Convolutions that ONNX Runtime's WebGPU kernels refuse or get wrong (1.30), in terms of those that they get right:
 * grouped ConvTranspose gives wrong numbers, ConvTranspose in 3 dimensions and grouped Conv in 3 dimensions fail.
 */
import {
  apply,
  type ConvTransposeAttributes,
  type ConvWeightAttributes,
  concat,
  convOp,
  convWeightOp,
  dilate,
  flip,
  type Geometry,
  geometryOf,
  narrow,
  permute,
  reshape,
  type Tensor,
} from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** A convolution that the GPU would get wrong, in forms that it gets right; everything else stays. */
export const lowerForGpu: Rule = (t) => {
  const { groups } = t.attrs as unknown as Geometry;
  switch (t.op.name) {
    case "convTranspose":
      return groups > 1 || t.rank === 5 ? convOfDilated(t) : undefined;
    case "conv":
      return groups > 1 && t.rank === 5 ? convByGroup(t) : undefined;
    case "convWeight":
      return groups > 1 && t.rank === 5 ? convWeightByGroup(t) : undefined;
    default:
      return undefined;
  }
};

/**
 * The adjoint of a strided convolution is a convolution of stride 1 over y with zeros between its elements, with the
 * kernel turned round: x[t] = Σₖ z[t + p − d·k] w[k], where z[s·l] = y[l].
 */
function convOfDilated(t: Tensor): Tensor {
  const [y, w] = t.inputs as [Tensor, Tensor];
  const { strides, pads, dilations, groups, spatial } = t.attrs as unknown as ConvTransposeAttributes;
  const n = strides.length;
  const before = dilations.map((d, i) => d * (w.shape[i + 2]! - 1) - pads[i]!);
  let z = y;
  for (let i = 0; i < n; i++) {
    z = dilate(z, i + 2, strides[i]!, spatial[i]! + pads[i]!);
    const cut = Math.max(0, -before[i]!);
    z = narrow(z, i + 2, cut, z.shape[i + 2]! - cut);
  }
  const begins = before.map((b) => Math.max(0, b));
  const ends = spatial.map(
    (size, i) => size + dilations[i]! * (w.shape[i + 2]! - 1) - z.shape[i + 2]! - begins[i]!,
  );
  const geometry = { strides: strides.map(() => 1), pads: [...begins, ...ends], dilations, groups };
  const whole = apply(convOp, [z, turnedKernel(w, groups)], geometry);
  return groups > 1 && t.rank === 5 ? convByGroup(whole) : whole;
}

/** [O, C/g, …k] → [C, O/g, …k], each kernel turned round. */
function turnedKernel(w: Tensor, groups: number): Tensor {
  const [outer, inner, ...kernel] = w.shape as [number, number, ...number[]];
  const axes = kernel.map((_, i) => i + 2);
  const grouped = reshape(flip(w, axes), [groups, outer / groups, inner, ...kernel]);
  const swapped = permute(grouped, [0, 2, 1, ...axes.map((axis) => axis + 1)]);
  return reshape(swapped, [groups * inner, outer / groups, ...kernel]);
}

function part(x: Tensor, axis: number, group: number, groups: number): Tensor {
  const size = x.shape[axis]! / groups;
  return narrow(x, axis, group * size, size);
}

function convByGroup(t: Tensor): Tensor {
  const [x, w] = t.inputs as [Tensor, Tensor];
  const attrs = t.attrs as unknown as Geometry;
  const { groups } = attrs;
  const parts = Array.from({ length: groups }, (_, i) =>
    apply(convOp, [part(x, 1, i, groups), part(w, 0, i, groups)], { ...geometryOf(attrs), groups: 1 }),
  );
  return concat(parts, 1);
}

function convWeightByGroup(t: Tensor): Tensor {
  const [x, y] = t.inputs as [Tensor, Tensor];
  const attrs = t.attrs as unknown as ConvWeightAttributes;
  const { groups } = attrs;
  const parts = Array.from({ length: groups }, (_, i) =>
    apply(convWeightOp, [part(x, 1, i, groups), part(y, 1, i, groups)], { ...attrs, groups: 1 }),
  );
  return concat(parts, 0);
}
