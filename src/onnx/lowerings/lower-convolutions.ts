/** Chooses the form of each convolution for the CPU. The bounds come from the measurements in docs/engine.md. */
import {
  apply,
  type ConvTransposeAttributes,
  type ConvWeightAttributes,
  convOp,
  flatten,
  flip,
  type Geometry,
  geometryOf,
  matmul,
  permute,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
  Tensor as TensorNode,
  transpose,
} from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";
import { channelsFirst, channelsLast } from "./axes.ts";
import { convAsGemm, convTransposeAsGemm, convWeightAsGemm, hasEqualPhases } from "./channels-last.ts";
import { liveTaps } from "./live-taps.ts";

/** Below this many channels on either side a product's rows are too short to be worth gathering. */
const wide = 32;

const isStrided = ({ strides }: Geometry): boolean => strides.some((s) => s > 1);
const isWide = (w: Tensor | { shape: readonly number[] }): boolean =>
  w.shape[0]! >= wide && w.shape[1]! >= wide;

/** A convolution as products where those are faster; everything else stays. */
export const lowerConvolutions: Rule = (t) => {
  switch (t.op.name) {
    case "conv":
      return lowerConv(t);
    case "convTranspose":
      return lowerConvTranspose(t);
    case "convWeight":
      return lowerConvWeight(t);
    default:
      return undefined;
  }
};

/** Whether the kernel covers the whole input at once, without padding: one output position. */
function coversInput(x: Shape, kernel: Shape, { pads, dilations, groups }: Geometry): boolean {
  return (
    groups === 1 &&
    pads.every((p) => p === 0) &&
    kernel.every((k, i) => k === x[i] && (k === 1 || dilations[i] === 1))
  );
}

function lowerConv(t: Tensor): Tensor | undefined {
  const [x, w] = t.inputs as [Tensor, Tensor];
  const geometry = t.attrs as unknown as Geometry;
  const batch = x.shape[0]!;
  if (coversInput(x.shape.slice(2), w.shape.slice(2), geometry)) {
    return reshape(matmul(flatten(channelsLast(x)), transpose(flatten(channelsLast(w)))), t.shape);
  }
  if (geometry.groups !== 1 || !isWide(w) || batch < 8) return undefined;
  return convAsGemm(x, w, t.shape.slice(2), geometry, liveTaps(t.attrs));
}

function lowerConvTranspose(t: Tensor): Tensor | undefined {
  const [y, w] = t.inputs as [Tensor, Tensor];
  const attrs = t.attrs as unknown as ConvTransposeAttributes;
  if (attrs.groups !== 1) return undefined;
  if (coversInput(attrs.spatial, w.shape.slice(2), attrs)) {
    const rows = matmul(flatten(y), flatten(channelsLast(w)));
    return channelsFirst(reshape(rows, [y.shape[0]!, ...attrs.spatial, w.shape[1]!]));
  }
  if (!isStrided(attrs)) return flippedConv(y, w, attrs, liveTaps(t.attrs));
  if (!isWide(w) || y.shape[0]! < 4 || !hasEqualPhases(attrs.spatial, attrs)) return undefined;
  return convTransposeAsGemm(y, w, attrs.spatial, attrs);
}

/** With stride 1 the adjoint is a convolution with the kernel turned round, which runs 1.5 times as fast. */
function flippedConv(
  y: Tensor,
  w: Tensor,
  attrs: ConvTransposeAttributes,
  live: readonly number[] | undefined,
): Tensor | undefined {
  const n = attrs.strides.length;
  const pads = attrs.pads.map((p, i) => attrs.dilations[i % n]! * (w.shape[2 + (i % n)]! - 1) - p);
  if (pads.some((p) => p < 0)) return undefined;
  const spatialAxes = attrs.strides.map((_, i) => i + 2);
  const turned = permute(flip(w, spatialAxes), [1, 0, ...spatialAxes]);
  const last = sizeOf(w.shape.slice(2)) - 1;
  const conv = apply(convOp, [y, turned], { ...geometryOf(attrs), pads });
  const flipped = live ? { ...conv.attrs, live: live.map((k) => last - k).reverse() } : conv.attrs;
  const whole = new TensorNode(conv.op, conv.inputs, flipped, conv, conv.scope);
  return lowerConv(whole) ?? whole;
}

function lowerConvWeight(t: Tensor): Tensor | undefined {
  const [x, y] = t.inputs as [Tensor, Tensor];
  const attrs = t.attrs as unknown as ConvWeightAttributes;
  if (coversInput(x.shape.slice(2), attrs.kernel, attrs)) {
    const rows = matmul(transpose(flatten(y)), flatten(channelsLast(x)));
    return channelsFirst(reshape(rows, [t.shape[0]!, ...attrs.kernel, t.shape[1]!]));
  }
  if (attrs.groups !== 1) return undefined;
  if (isWide(t) || isPointwise(attrs)) {
    return convWeightAsGemm(x, y, { shape: attrs.kernel, live: liveTaps(t.attrs) }, attrs);
  }
  return t.shape[1]! >= wide && !isStrided(attrs) ? exchanged(x, y, attrs) : undefined;
}

const isPointwise = ({ kernel, pads }: ConvWeightAttributes): boolean =>
  kernel.every((k) => k === 1) && pads.every((p) => p === 0);

/**
 * The weight gradient with the roles of image and output gradient exchanged, so that the few channels of y are gathered
 * and not the many of x: w[o, c, k] = w'[c, o, K − 1 − k] with padding d·(K − 1) − pad.
 */
function exchanged(x: Tensor, y: Tensor, attrs: ConvWeightAttributes): Tensor | undefined {
  const { kernel, dilations } = attrs;
  const reach = kernel.map((k, i) => dilations[i]! * (k - 1));
  const begins = reach.map((r, i) => r - attrs.pads[i]!);
  const ends = reach.map((r, i) => x.shape[i + 2]! - y.shape[i + 2]! - begins[i]! + r);
  if ([...begins, ...ends].some((p) => p < 0)) return undefined;
  const turned = convWeightAsGemm(
    y,
    x,
    { shape: kernel },
    { ...geometryOf(attrs), pads: [...begins, ...ends] },
  );
  const spatialAxes = kernel.map((_, i) => i + 2);
  return permute(flip(turned, spatialAxes), [1, 0, ...spatialAxes]);
}
