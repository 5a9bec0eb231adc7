/** Chooses the form of each convolution for the CPU. The bounds come from the measurements in docs/engine.md. */
import {
  apply,
  type ConvTransposeAttributes,
  type ConvWeightAttributes,
  convOp,
  flip,
  type Geometry,
  geometryOf,
  permute,
  type Tensor,
} from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";
import { convAsGemm, convTransposeAsGemm, convWeightAsGemm, hasEqualPhases } from "./channels-last.ts";

/** Below this many channels on either side a product's rows are too short to be worth gathering. */
const wide = 32;

const isStrided = ({ strides }: Geometry): boolean => strides.some((s) => s > 1);
const isWide = (w: Tensor | { shape: readonly number[] }): boolean =>
  w.shape[0]! >= wide && w.shape[1]! >= wide;

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

function lowerConv(t: Tensor): Tensor | undefined {
  const [x, w] = t.inputs as [Tensor, Tensor];
  const geometry = t.attrs as unknown as Geometry;
  const batch = x.shape[0]!;
  if (geometry.groups !== 1 || !isWide(w) || !isStrided(geometry) || batch < 8) return undefined;
  return convAsGemm(x, w, t.shape.slice(2), geometry);
}

function lowerConvTranspose(t: Tensor): Tensor | undefined {
  const [y, w] = t.inputs as [Tensor, Tensor];
  const attrs = t.attrs as unknown as ConvTransposeAttributes;
  if (attrs.groups !== 1) return undefined;
  if (!isStrided(attrs)) return flippedConv(y, w, attrs);
  if (!isWide(w) || y.shape[0]! < 4 || !hasEqualPhases(attrs.spatial, attrs)) return undefined;
  return convTransposeAsGemm(y, w, attrs.spatial, attrs);
}

/** With stride 1 the adjoint is a convolution with the kernel turned round, which runs 1.5 times as fast. */
function flippedConv(y: Tensor, w: Tensor, attrs: ConvTransposeAttributes): Tensor | undefined {
  const n = attrs.strides.length;
  const pads = attrs.pads.map((p, i) => attrs.dilations[i % n]! * (w.shape[2 + (i % n)]! - 1) - p);
  if (pads.some((p) => p < 0)) return undefined;
  const spatialAxes = attrs.strides.map((_, i) => i + 2);
  const turned = permute(flip(w, spatialAxes), [1, 0, ...spatialAxes]);
  return apply(convOp, [y, turned], { ...geometryOf(attrs), pads });
}

function lowerConvWeight(t: Tensor): Tensor | undefined {
  const [x, y] = t.inputs as [Tensor, Tensor];
  const attrs = t.attrs as unknown as ConvWeightAttributes;
  if (attrs.groups !== 1 || !isWide(t)) return undefined;
  return convWeightAsGemm(x, y, attrs.kernel, attrs);
}
