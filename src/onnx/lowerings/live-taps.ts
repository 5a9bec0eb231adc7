/**
 * Taps of a kernel that a constant mask leaves: a convolution whose weights are masked needs to look nowhere else, and of a
 * weight gradient that is masked the rest need not be computed.
 */
import type { ConstantAttributes, Tensor } from "../../tensor/index.ts";
import { sizeOf, Tensor as TensorNode } from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";

/** Flat positions in the kernel, in increasing order; undefined where all are live. */
export const liveTaps = (attrs: Tensor["attrs"]): readonly number[] | undefined =>
  attrs["live"] as readonly number[] | undefined;

/** Notes the live taps of convolutions with masked weights, and of masked weight gradients, in their attributes. */
export const markLiveTaps: Rule = (t) => {
  if (t.op.name === "conv" || t.op.name === "convTranspose") return marked(t, maskOf(t.inputs[1]!));
  if (t.op.name !== "mul") return undefined;
  const gradient = t.inputs.findIndex((x) => x.op.name === "convWeight");
  if (gradient < 0) return undefined;
  const masked = marked(t.inputs[gradient]!, t.inputs[1 - gradient]!);
  if (!masked) return undefined;
  const inputs = t.inputs.map((x, i) => (i === gradient ? masked : x));
  return new TensorNode(t.op, inputs, t.attrs, t, t.scope);
};

/** The constant that `w` is multiplied by. */
function maskOf(w: Tensor): Tensor | undefined {
  return w.op.name === "mul" ? w.inputs.find((x) => x.op.name === "constant") : undefined;
}

function marked(t: Tensor, mask: Tensor | undefined): Tensor | undefined {
  if (mask?.op.name !== "constant" || liveTaps(t.attrs)) return undefined;
  const weight = t.op.name === "convWeight" ? t : t.inputs[1]!;
  const live = liveOf(mask, weight.shape.slice(2));
  if (!live || live.length === sizeOf(weight.shape.slice(2)) || live.length === 0) return undefined;
  return new TensorNode(t.op, t.inputs, { ...t.attrs, live }, t, t.scope);
}

/** Taps at which some entry of a mask [.., .., …kernel] is not zero. */
function liveOf(mask: Tensor, kernel: readonly number[]): number[] | undefined {
  const own = mask.shape.slice(-kernel.length);
  if (own.length !== kernel.length || own.some((k, i) => k !== kernel[i])) return undefined;
  const taps = sizeOf(kernel);
  const live = new Set<number>();
  const { data } = mask.attrs as unknown as ConstantAttributes;
  for (let i = 0; i < data.length; i++) if (Number(data[i]) !== 0) live.add(i % taps);
  return [...live].sort((a, b) => a - b);
}
