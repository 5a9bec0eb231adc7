/**
 * Convolutions by ONNX Runtime's kernels for blocked channels, which need no gathered rows: they run as fast as a matrix
 * product of their size does (docs/engine.md). Pictures come and go with channels last; the weights are put into blocks in
 * every step. Where the kernel's masked taps leave whole rows or columns empty, these are cut off.
 */
import {
  constant,
  type Geometry,
  gather,
  permute,
  reshape,
  type Shape,
  sizeOf,
  type Tensor,
} from "../../tensor/index.ts";
import { channelsFirst, channelsLast, forEachIndex } from "./axes.ts";
import { blockedConv, fromBlocks, toBlocks } from "./blocked-ops.ts";
import { type Convolution, exchangesRoles } from "./convolution.ts";
import { interleave, onlyWithin, type PhaseTap, phaseTaps } from "./phases.ts";
import { isUnfolded } from "./unfolded.ts";

/** Whether the form exists for blocks of `block` channels. */
export function hasBlockedForm(node: Convolution, block: number | undefined): boolean {
  const { kind, kernel, channels, filters, geometry } = node;
  if (block === undefined || kernel.length !== 2 || geometry.groups !== 1) return false;
  if (kind === "convWeight") {
    return exchangesRoles(node)
      ? isUnfolded(filters, { shape: kernel })
      : isUnfolded(channels, { shape: kernel, live: node.live });
  }
  const fits = filters % block === 0 && (channels % block === 0 || (kind === "conv" && channels < block));
  if (!fits) return false;
  if (kind === "convTranspose") return phasesOf(node.input, node.output, kernel, geometry) !== undefined;
  return croppedPads(rectangleOf(kernel, node.live), kernel, geometry).every((p) => p >= 0);
}

/** How many taps the form multiplies with: those of the smallest rectangle around the live ones, but for weight gradients. */
export function blockedTaps({ kind, kernel, live, taps }: Convolution): number {
  return kind === "convWeight" ? taps : sizeOf(rectangleOf(kernel, live).sizes);
}

/** conv(x, w) with x [N, C, H, W]. Fewer channels than a block has stay as they are, before the pixels. */
export function convInBlocks(
  x: Tensor,
  w: Tensor,
  { geometry, live, block }: { geometry: Geometry; live?: readonly number[] | undefined; block: number },
): Tensor {
  const whole = w.shape.slice(2);
  const rectangle = rectangleOf(whole, live);
  const taps: number[] = [];
  forEachIndex(rectangle.sizes, (k) =>
    taps.push(k.reduce((at, v, i) => at * whole[i]! + rectangle.first[i]! + v, 0)),
  );
  const weights = inBlocks(permute(w, [2, 3, 1, 0]), taps, rectangle.sizes, block);
  const { strides, dilations } = geometry;
  const pads = croppedPads(rectangle, whole, geometry);
  const pictures = x.shape[1]! < block ? x : toBlocks(channelsLast(x));
  const y = blockedConv(pictures, weights, { kernel: rectangle.sizes, strides, dilations, pads });
  return channelsFirst(fromBlocks(y));
}

/** convTranspose(y, w) with y [N, O, …], each sub-pixel phase a convolution of its own. */
export function convTransposeInBlocks(
  y: Tensor,
  w: Tensor,
  { spatial, geometry, block }: { spatial: Shape; geometry: Geometry; block: number },
): Tensor {
  const kernel = w.shape.slice(2);
  const phases = phasesOf(spatial, y.shape.slice(2), kernel, geometry)!;
  const blocks = toBlocks(channelsLast(y));
  const byTap = permute(w, [2, 3, 0, 1]); // [...k, O, C]
  const parts = phases.map(({ taps, sizes, pads }) => {
    const weights = inBlocks(byTap, taps, sizes, block);
    return fromBlocks(
      blockedConv(blocks, weights, { kernel: sizes, strides: [1, 1], dilations: [1, 1], pads }),
    );
  });
  return channelsFirst(onlyWithin(interleave(parts, geometry.strides, kernel.length), spatial));
}

/** The smallest rectangle of a kernel with all live taps in it. */
interface Rectangle {
  readonly first: Shape;
  readonly sizes: Shape;
}

function rectangleOf(kernel: Shape, live: readonly number[] | undefined): Rectangle {
  if (!live) return { first: kernel.map(() => 0), sizes: kernel };
  const rows = live.map((k) => Math.floor(k / kernel[1]!));
  const columns = live.map((k) => k % kernel[1]!);
  const first = [Math.min(...rows), Math.min(...columns)];
  return { first, sizes: [Math.max(...rows) - first[0]! + 1, Math.max(...columns) - first[1]! + 1] };
}

/** Padding of the kernel's rectangle: rows and columns before it are skipped, those after it never reached. */
function croppedPads({ first, sizes }: Rectangle, kernel: Shape, { pads, dilations }: Geometry): number[] {
  const begins = first.map((f, i) => pads[i]! - f * dilations[i]!);
  const ends = sizes.map(
    (size, i) => pads[i + sizes.length]! - (kernel[i]! - first[i]! - size) * dilations[i]!,
  );
  return [...begins, ...ends];
}

/**
 * [...k, C, O] → the taps at the flat positions `taps`, in this order, as blocks: the `block` filters of a tap and a channel stay
 * together, so whole rows are gathered, which takes half the time of a Transpose.
 */
function inBlocks(byTap: Tensor, taps: readonly number[], kernel: Shape, block: number): Tensor {
  const [channels, filters] = byTap.shape.slice(-2) as [number, number];
  const across = filters / block;
  const rows = new Int32Array(taps.length * channels * across);
  let at = 0;
  const inner = channels < block ? 1 : block;
  forEachIndex([across, channels / inner], ([o, c]) => {
    for (const k of taps) {
      for (let i = 0; i < inner; i++) rows[at++] = (k * channels + c! * inner + i) * across + o!;
    }
  });
  const picked = gather(reshape(byTap, [-1, block]), constant(rows), 0);
  return reshape(picked, [filters, channels, ...kernel]);
}

/** A phase as a convolution of stride 1: flat positions of its taps as they look ahead, and its padding. */
interface Phase {
  readonly taps: readonly number[];
  readonly sizes: Shape;
  readonly pads: Shape;
}

/** Every phase; undefined where one has no taps, taps at distances, or would have to skip a part of the input. */
function phasesOf(spatial: Shape, input: Shape, kernel: Shape, geometry: Geometry): Phase[] | undefined {
  const { strides } = geometry;
  const counts = spatial.map((size, i) => Math.ceil(size / strides[i]!));
  const phases: Phase[] = [];
  forEachIndex(strides, (phase) => {
    const perAxis = phase.map((p, i) =>
      phaseTaps(p, i, kernel[i]!, geometry).sort((a, b) => a.shift - b.shift),
    );
    if (!perAxis.every(inARow)) return;
    const begins = perAxis.map((taps) => -taps[0]!.shift);
    const ends = perAxis.map((taps, i) => counts[i]! + taps.at(-1)!.shift - input[i]!);
    const sizes = perAxis.map((taps) => taps.length);
    const taps: number[] = [];
    forEachIndex(sizes, (t) => taps.push(perAxis[0]![t[0]!]!.k * kernel[1]! + perAxis[1]![t[1]!]!.k));
    phases.push({ taps, sizes, pads: [...begins, ...ends] });
  });
  const fit = phases.length === sizeOf(strides) && phases.every(({ pads }) => pads.every((p) => p >= 0));
  return fit ? phases : undefined;
}

const inARow = (taps: readonly PhaseTap[]): boolean =>
  taps.length > 0 && taps.every(({ shift }, i) => shift === taps[0]!.shift + i);
