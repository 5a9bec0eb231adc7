/** Chooses the form of each convolution of a graph by what was measured: on this machine, or else on the one of the table. */
import { sizeOf, type Tensor, topologicalOrder } from "../../tensor/index.ts";
import { rewrite } from "../rewrite.ts";
import { blockedTaps, hasBlockedForm } from "./blocked.ts";
import {
  type Convolution,
  convolutionOf,
  type Form,
  type FormTimes,
  flopsOfConvolution,
  signatureOf,
} from "./convolution.ts";
import { markLiveTaps } from "./live-taps.ts";
import { type Measured, measured } from "./measured.ts";
import { hasTapForm, weightsAreLarge } from "./transposed-taps.ts";

/** Times of forms by signature, measured on the machine that the graph is for. */
export type TimesBySignature = ReadonlyMap<string, FormTimes>;

/** Milliseconds for which a million numbers move between channels first and channels last, both ways of one layer. */
const moveMillion = 0.7;

/** Milliseconds for a million numbers that a convolution in blocks spares its neighbours: they stay in blocks, and relus are applied on the way. */
const spareMillion = 0.2;

/**
 * Milliseconds for which a million weights are turned for an adjoint in blocks: they are stored as the weight gradient makes them, with the
 * filters last, while the times are of weights with the channels last.
 */
const turnMillionWeights = 0.8;

/** Milliseconds for which a million weights are put into another order. */
const moveMillionWeights = 2.5;

/**
 * The form for each convolution of the graph. What lies in channels-last order is not moved for a convolution that gains less
 * by it: where most of the gain is on one side, close calls go to that side.
 */
export function chooseForms(
  outputs: readonly Tensor[],
  own: TimesBySignature,
  block?: number,
): (node: Convolution) => Form {
  const timesOf = (node: Convolution): FormTimes => {
    const { blocked, ...others } = own.get(signatureOf(node)) ?? scaled(node);
    return hasBlockedForm(node, block) ? { ...others, blocked } : others;
  };
  const inFavour = convolutionsOf(outputs).reduce((sum, node) => sum + gainOf(timesOf(node)), 0);
  return (node) => {
    const times = timesOf(node);
    const move = inFavour > 0 ? movedFor(node) : -movedFor(node);
    if (gainOf(times) + move <= 0) return "direct";
    const blocked = (times.blocked ?? Number.POSITIVE_INFINITY) + turnedFor(node);
    return blocked < times.gather + (spareMillion * picturesOf(node)) / 1e6 ? "blocked" : "gather";
  };
}

/** Milliseconds that it takes to put a node's pictures, and its weights where they are stored for gathering, in order. */
function movedFor(node: Convolution): number {
  const { kind, channels, filters, kernel } = node;
  const readsWeights =
    kind === "conv" || (kind === "convTranspose" && hasTapForm(node) && weightsAreLarge(node));
  const weights = readsWeights ? channels * filters * sizeOf(kernel) : 0;
  return (moveMillion * picturesOf(node) + moveMillionWeights * weights) / 1e6;
}

/** Milliseconds that it takes to turn the weights of an adjoint in blocks. */
const turnedFor = ({ kind, channels, filters, kernel }: Convolution): number =>
  kind === "convTranspose" ? (turnMillionWeights * channels * filters * sizeOf(kernel)) / 1e6 : 0;

/** Numbers in x and y together. */
const picturesOf = ({ batch, channels, filters, input, output }: Convolution): number =>
  batch * (channels * sizeOf(input) + filters * sizeOf(output));

/**
 * The convolutions that `outputs` are computed from, each as it is timed: an adjoint of stride 1 as the convolution with the
 * kernel turned round that it becomes.
 */
export function convolutionsOf(outputs: readonly Tensor[]): Convolution[] {
  return topologicalOrder(rewrite(outputs, markLiveTaps)).flatMap((t) => {
    const node = convolutionOf(t);
    return node && node.geometry.groups === 1 ? [turned(node)] : [];
  });
}

function turned(node: Convolution): Convolution {
  if (node.kind !== "convTranspose" || isStrided(node)) return node;
  const { channels, filters, input, output, kernel, geometry } = node;
  const n = kernel.length;
  const pads = geometry.pads.map((p, i) => geometry.dilations[i % n]! * (kernel[i % n]! - 1) - p);
  const swapped = { channels: filters, filters: channels, input: output, output: input };
  const live = node.live?.map((k) => sizeOf(kernel) - 1 - k).reverse();
  return { ...node, ...swapped, kind: "conv", live, geometry: { ...geometry, pads } };
}

/** Milliseconds that the better of the forms with channels last spares. */
const gainOf = ({ direct, gather, blocked = gather }: FormTimes): number =>
  direct - Math.min(gather, blocked);

/** The times of the table's nearest entry, as long as this node has as many operations more. */
function scaled(node: Convolution): FormTimes {
  const near = measured
    .filter(({ kind, strided }) => kind === node.kind && strided === isStrided(node))
    .reduce((best, entry) => (distance(entry, node) < distance(best, node) ? entry : best));
  const factor = flopsOfConvolution(node) / near.flops;
  const blocked = near.blocked && (near.blocked * factor * blockedTaps(node)) / node.taps;
  return { direct: near.direct * factor, gather: near.gather * factor, blocked };
}

const isStrided = ({ geometry }: Convolution): boolean => geometry.strides.some((s) => s > 1);

/** How many doublings apart two convolutions are, all their sizes taken together. */
function distance(entry: Measured, node: Convolution): number {
  const apart = (a: number, b: number): number => Math.abs(Math.log2(a / b));
  return (
    apart(entry.channels, node.channels) +
    apart(entry.filters, node.filters) +
    apart(entry.taps, node.taps) +
    0.5 * apart(entry.positions, node.batch * sizeOf(node.output)) +
    0.25 * apart(entry.batch, node.batch)
  );
}
