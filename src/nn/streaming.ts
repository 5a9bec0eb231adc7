/**
 * Networks evaluated on one part of a picture after another, for sampling: every layer that looks around keeps what it needs of
 * the parts before, so that a new pixel costs O(layers · k² · C²) and not as much as the picture. Ramachandran et al. 2017,
 * "Fast generation for convolutional autoregressive models", arXiv:1704.06001.
 *
 * What sees whole rows (the vertical stack of a gated PixelCNN) is evaluated once for each row, the rest once for each pixel.
 * Layers that work on each pixel for itself need no change: a part is a picture like any other, [n, C, 1, W] or, for one pixel of
 * n pictures, [1, C, 1, n].
 */
import {
  activeTrace,
  currentTrace,
  div,
  equal,
  mul,
  permute,
  reshape,
  type StreamingPass,
  sub,
  type Tensor,
} from "../tensor/index.ts";
import { currentFrame } from "./scope.ts";

/** Runs `body` with networks evaluated on a part of their pictures. */
export function withStreaming<T>(pass: StreamingPass, body: () => T): T {
  const trace = currentTrace("streaming");
  const before = trace.streaming;
  trace.streaming = pass;
  try {
    return body();
  } finally {
    trace.streaming = before;
  }
}

/** The pass in progress; undefined where networks get whole pictures. */
export function streamingPass(): StreamingPass | undefined {
  return activeTrace()?.streaming;
}

/** Where the current part lies in what a layer gets, which may be smaller than the picture. */
export interface StreamedPlace {
  readonly height: number;
  readonly width: number;
  readonly row: Tensor; // int32 scalars
  readonly column: Tensor;
  /**
   * Whether the part has a value of its own here: at half the size, every second row and column has. Undefined: always. Only
   * then may it be kept.
   */
  readonly active: Tensor | undefined;
}

/** The name under which the current layer keeps what it needs. */
export const streamedName = (): string => currentFrame("streaming").record.path;

/** The place of the current part in the input of the layer of that name; in "open", x is the whole input. */
export function streamedPlace(pass: StreamingPass, name: string, x: Tensor): StreamedPlace {
  if (pass.mode === "open") pass.sizes.set(name, [x.shape[2]!, x.shape[3]!]);
  const [height, width] = pass.sizes.get(name)!;
  const scale = pass.size[1] / width;
  const { row, column } = pass;
  if (scale === 1) return { height, width, row, column, active: undefined };
  const [coarseRow, coarseColumn] = [div(row, scale), div(column, scale)];
  // Rows are complete as a whole: in them the column is 0.
  const offset = sub(row, mul(coarseRow, scale)).add(sub(column, mul(coarseColumn, scale)));
  return { height, width, row: coarseRow, column: coarseColumn, active: equal(offset, 0) };
}

/** One number per picture and channel, h [n, C], in the layout of the pictures it is to be added to: [n, C, 1, 1]. */
export function perPicture(h: Tensor): Tensor {
  const [n, channels] = h.shape as [number, number];
  if (streamingPass()?.mode !== "pixel") return reshape(h, [n, channels, 1, 1]);
  return reshape(permute(h, [1, 0]), [1, channels, 1, n]);
}
