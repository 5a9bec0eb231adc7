/** Writes each convolution for the CPU in the form that was chosen for it. */
import {
  apply,
  convOp,
  flatten,
  flip,
  type Geometry,
  matmul,
  permute,
  reshape,
  sizeOf,
  type Tensor,
  Tensor as TensorNode,
  transpose,
} from "../../tensor/index.ts";
import type { Rule } from "../rewrite.ts";
import { channelsFirst, channelsLast } from "./axes.ts";
import { convInBlocks, convTransposeInBlocks, hasBlockedForm } from "./blocked.ts";
import { convAsGemm, convTransposeAsGemm, convWeightAsGemm } from "./channels-last.ts";
import { type Convolution, convolutionOf, exchangesRoles, type Form } from "./convolution.ts";
import { liveTaps } from "./live-taps.ts";
import { convTransposeByTaps, hasTapForm, weightsAreLarge } from "./transposed-taps.ts";

export type ChooseForm = (node: Convolution) => Form;

/** How the convolutions of a graph are written. */
export interface LoweringOptions {
  readonly choose: ChooseForm;
  /** Channels in a block, where the runtime has kernels for blocked pictures. */
  readonly block?: number | undefined;
}

const isStrided = ({ strides }: Geometry): boolean => strides.some((s) => s > 1);

/**
 * A convolution as products where `choose` says "gather" and the products exist, or in blocks where it says "blocked" and the
 * form exists, else as products; everything else stays.
 */
export function lowerConvolutions(options: LoweringOptions): Rule {
  return (t) => {
    const node = convolutionOf(t);
    if (node?.geometry.groups !== 1) return undefined;
    if (node.kind === "conv") return lowerConv(t, node, options);
    return node.kind === "convTranspose"
      ? lowerConvTranspose(t, node, options)
      : lowerConvWeight(t, node, options);
  };
}

/** Whether the kernel covers the whole input at once, without padding: one output position. */
function coversInput({ input, kernel, geometry: { pads, dilations } }: Convolution): boolean {
  return (
    pads.every((p) => p === 0) && kernel.every((k, i) => k === input[i] && (k === 1 || dilations[i] === 1))
  );
}

function lowerConv(t: Tensor, node: Convolution, { choose, block }: LoweringOptions): Tensor | undefined {
  const [x, w] = t.inputs as [Tensor, Tensor];
  if (coversInput(node)) {
    return reshape(matmul(flatten(channelsLast(x)), transpose(flatten(channelsLast(w)))), t.shape);
  }
  const form = choose(node);
  if (form === "direct") return undefined;
  const [geometry, live] = [node.geometry, liveTaps(t.attrs)];
  if (form === "blocked" && hasBlockedForm(node, block))
    return convInBlocks(x, w, { geometry, live, block: block! });
  return convAsGemm(x, w, node.output, geometry, live);
}

function lowerConvTranspose(t: Tensor, node: Convolution, options: LoweringOptions): Tensor | undefined {
  const [y, w] = t.inputs as [Tensor, Tensor];
  if (coversInput(node)) {
    const rows = matmul(flatten(y), flatten(channelsLast(w)));
    return channelsFirst(reshape(rows, [node.batch, ...node.input, node.channels]));
  }
  if (!isStrided(node.geometry)) return flippedConv(y, w, node.geometry, liveTaps(t.attrs), options);
  const form = options.choose(node);
  if (form === "direct") return undefined;
  const { geometry, input: spatial } = node;
  if (form === "blocked" && hasBlockedForm(node, options.block)) {
    return convTransposeInBlocks(y, w, { spatial, geometry, block: options.block! });
  }
  if (hasTapForm(node) && weightsAreLarge(node)) return convTransposeByTaps(y, w, spatial, geometry);
  return convTransposeAsGemm(y, w, spatial, geometry);
}

/** With stride 1 the adjoint is a convolution with the kernel turned round, which runs 1.5 times as fast. */
function flippedConv(
  y: Tensor,
  w: Tensor,
  geometry: Geometry,
  live: readonly number[] | undefined,
  options: LoweringOptions,
): Tensor | undefined {
  const n = geometry.strides.length;
  const pads = geometry.pads.map((p, i) => geometry.dilations[i % n]! * (w.shape[2 + (i % n)]! - 1) - p);
  if (pads.some((p) => p < 0)) return undefined;
  const spatialAxes = geometry.strides.map((_, i) => i + 2);
  const turned = permute(flip(w, spatialAxes), [1, 0, ...spatialAxes]);
  const last = sizeOf(w.shape.slice(2)) - 1;
  const plain = apply(convOp, [y, turned], { ...geometry, pads });
  const attrs = live ? { ...plain.attrs, live: live.map((k) => last - k).reverse() } : plain.attrs;
  const conv = new TensorNode(plain.op, plain.inputs, attrs, plain, plain.scope);
  return lowerConv(conv, convolutionOf(conv)!, options) ?? conv;
}

function lowerConvWeight(
  t: Tensor,
  node: Convolution,
  { choose, block }: LoweringOptions,
): Tensor | undefined {
  const [x, y] = t.inputs as [Tensor, Tensor];
  if (coversInput(node)) {
    const rows = matmul(transpose(flatten(y)), flatten(channelsLast(x)));
    return channelsFirst(reshape(rows, [node.filters, ...node.kernel, node.channels]));
  }
  const form = choose(node);
  if (form === "direct" && !isPointwise(node)) return undefined;
  const unfold = form === "blocked" && hasBlockedForm(node, block);
  const turned = exchangesRoles(node) ? exchanged(x, y, node, unfold) : undefined;
  const kernel = { shape: node.kernel, live: liveTaps(t.attrs) };
  return turned ?? convWeightAsGemm(x, y, kernel, node.geometry, unfold);
}

const isPointwise = ({ kernel, geometry: { pads } }: Convolution): boolean =>
  kernel.every((k) => k === 1) && pads.every((p) => p === 0);

/**
 * The weight gradient with the roles of image and output gradient exchanged, so that the few channels of y are gathered
 * and not the many of x: w[o, c, k] = w'[c, o, K − 1 − k] with padding d·(K − 1) − pad.
 */
function exchanged(
  x: Tensor,
  y: Tensor,
  { kernel, geometry }: Convolution,
  unfold: boolean,
): Tensor | undefined {
  const reach = kernel.map((k, i) => geometry.dilations[i]! * (k - 1));
  const begins = reach.map((r, i) => r - geometry.pads[i]!);
  const ends = reach.map((r, i) => x.shape[i + 2]! - y.shape[i + 2]! - begins[i]! + r);
  if ([...begins, ...ends].some((p) => p < 0)) return undefined;
  const whole = { ...geometry, pads: [...begins, ...ends] };
  const turned = convWeightAsGemm(y, x, { shape: kernel }, whole, unfold);
  const spatialAxes = kernel.map((_, i) => i + 2);
  return permute(flip(turned, spatialAxes), [1, 0, ...spatialAxes]);
}
