import {
  type ConvOptions,
  constant,
  conv,
  mul,
  narrow,
  sizeOf,
  type Tensor,
  UserError,
} from "../tensor/index.ts";
import { addChannelBias, checkPicture, kernelSizes } from "./channels.ts";
import type { ConvLayerOptions } from "./conv.ts";
import { fanInUniform } from "./dense.ts";
import { layer } from "./scope.ts";
import { refuseStreaming, type StreamedKernel, streamedConv } from "./streamed-conv.ts";
import { streamingPass } from "./streaming.ts";
import { standardizeOutputs } from "./weight-norm.ts";
import { weight } from "./weights.ts";

export type MaskedConvOptions = Pick<
  ConvLayerOptions,
  "kernel" | "bias" | "init" | "biasInit" | "weights" | "standardize"
> & {
  /**
   * What a position sees: "A" all before it in raster order; "B" itself too; "above" the rows above it; "rows" its own row too,
   * as a whole (the vertical stack of the gated PixelCNN, to be moved down a row by `shiftDown`).
   */
  mask: "A" | "B" | "above" | "rows";
  /**
   * Number of colours, in order of dependence: channels are in that many equal blocks (default 1: no order).
   */
  colors?: number;
  dilation?: number;
  /** 2: only every second row and column, beginning with the first (default 1). */
  stride?: number;
};
type Visible = (o: number, c: number, row: number, column: number) => boolean;

/**
 * Convolution that sees only what comes before in raster order; x [N, C, H, W] keeps its size. van den Oord
 * et al. 2016, arXiv:1601.06759, section 3.4: in the centre, colour b sees the colours before it ("A") or up
 * to itself ("B").
 * Kernels have odd sizes. Rows and columns that the mask removes are not kept: `weight` is [channels, C,
 * rows, columns] with, for a 7×7 kernel, 4 rows. Inside a streaming pass x is a part of the picture.
 */
export function maskedConv2d(x: Tensor, channels: number, options: MaskedConvOptions): Tensor {
  const { mask, colors = 1, dilation = 1, stride = 1, bias = true, weights } = options;
  checkPicture("maskedConv2d", x, 2, channels, colors);
  const [rows, columns] = kernelSizes(options.kernel, 2, "maskedConv2d") as [number, number];
  const inputs = x.shape[1]!;
  const centre = [(rows - 1) / 2, (columns - 1) / 2] as const;
  const sees = visibility(mask, centre, (o, c) => [
    Math.floor((o * colors) / channels),
    Math.floor((c * colors) / inputs),
  ]);
  const kept = keptKernel(rows, columns, (r, k) => sees(channels - 1, 0, r, k));
  if (!centre.every(Number.isInteger) || kept.rows === 0) {
    throw new UserError(
      `maskedConv2d: a ${rows}×${columns} kernel with mask "${mask}" has no centre or sees nothing; use odd sizes, at least 3 for mask "A".`,
    );
  }
  const ends = [kept.rows - 1 - centre[0], kept.columns - 1 - centre[1]].map((e) => e * dilation);
  const geometry: ConvOptions = {
    dilation,
    stride,
    padding: [centre[0] * dilation, centre[1] * dilation, ...ends.map((e) => Math.max(0, e))],
  };
  return layer("maskedConv", () => {
    const shape = [channels, inputs, kept.rows, kept.columns];
    const fallback = fanInUniform(sizeOf(shape.slice(1)));
    const spec = {
      name: "weight",
      shape,
      init: options.init ?? fallback,
      outputAxis: 0,
      fanIn: sizeOf(shape.slice(1)),
    };
    const raw = weight(spec, weights);
    const w = mask === "rows" ? raw : mul(raw, maskTensor(shape, colors, sees));
    const pass = streamingPass();
    const y =
      pass && (rows * columns > 1 || stride > 1)
        ? streamedConv(pass, x, {
            weight: w,
            stride,
            dilation,
            ...streamedMask(options, shape, centre, sees),
          })
        : cropEnds(conv(x, w, geometry), x, stride);
    const biased = bias ? addChannelBias(y, options.biasInit ?? fallback) : y;
    return options.standardize === undefined ? biased : standardizeOutputs(biased, options.standardize);
  });
}

function visibility(
  mask: MaskedConvOptions["mask"],
  [row, column]: readonly [number, number],
  colorsOf: (o: number, c: number) => [number, number],
): Visible {
  return (o, c, r, k) => {
    if (r !== row || mask === "rows") return r <= row;
    if (mask === "above" || k !== column) return mask !== "above" && k < column;
    const [to, from] = colorsOf(o, c);
    return mask === "A" ? from < to : from <= to;
  };
}

/** The kernel always begins at its first row and column; only ends are masked away. */
function keptKernel(
  rows: number,
  columns: number,
  seen: (row: number, column: number) => boolean,
): { rows: number; columns: number } {
  let kept = { rows: 0, columns: 0 };
  for (let r = 0; r < rows; r++) {
    for (let k = 0; k < columns; k++) {
      if (seen(r, k)) kept = { rows: Math.max(kept.rows, r + 1), columns: Math.max(kept.columns, k + 1) };
    }
  }
  return kept;
}

/** The elements of the kernel that the last colour sees, and where they lie. */
function streamedMask(
  { mask, dilation = 1 }: MaskedConvOptions,
  [channels, , rows, columns]: readonly number[],
  [row, column]: readonly [number, number],
  sees: Visible,
): Pick<StreamedKernel, "wholeRows" | "hidesPixel" | "taps"> {
  if (mask === "above") refuseStreaming('maskedConv2d with mask "above"', 'use "rows" and shiftDown');
  const taps = Array.from({ length: rows! * columns! }, (_, element) => {
    const [r, k] = [Math.floor(element / columns!), element % columns!];
    const seen = sees(channels! - 1, 0, r, k);
    return seen ? [{ element, row: (r - row) * dilation, column: (k - column) * dilation }] : [];
  });
  return { wholeRows: mask === "rows", hidesPixel: mask === "A", taps: taps.flat() };
}

/** Broadcasts over channels where colours have no order. */
function maskTensor(
  [channels, inputs, rows, columns]: readonly number[],
  colors: number,
  sees: Visible,
): Tensor {
  const shape = colors === 1 ? [1, 1, rows!, columns!] : [channels!, inputs!, rows!, columns!];
  const values = new Float32Array(sizeOf(shape));
  let at = 0;
  for (let o = 0; o < shape[0]!; o++)
    for (let c = 0; c < shape[1]!; c++)
      for (let r = 0; r < rows!; r++)
        for (let k = 0; k < columns!; k++) values[at++] = sees(o, c, r, k) ? 1 : 0;
  return constant(values, shape);
}

/** A kernel that ends before its centre makes rows (columns) beyond the picture. */
function cropEnds(y: Tensor, x: Tensor, stride: number): Tensor {
  const [rows, columns] = x.shape.slice(2).map((side) => Math.ceil(side / stride)) as [number, number];
  return narrow(narrow(y, 2, 0, rows), 3, 0, columns);
}
