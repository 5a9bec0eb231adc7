/** Masked convolutions evaluated part by part; see streaming.ts. */
import {
  concat,
  constant,
  conv,
  gather,
  mul,
  narrow,
  permute,
  reshape,
  type StreamingPass,
  type Tensor,
  UserError,
  where,
  zeros,
} from "../tensor/index.ts";
import { type StreamedPlace, streamedName, streamedPlace } from "./streaming.ts";

export interface StreamedKernel {
  /** Masked, [channels, C, rows, columns]. */
  readonly weight: Tensor;
  /** Whether it sees whole rows: then it is evaluated once for each row. */
  readonly wholeRows: boolean;
  /** Whether its input is known before the current pixel is: everything but the first layer's. */
  readonly hidesPixel: boolean;
  /** What it sees: an element of the kernel, and how far from the current position that lies. */
  readonly taps: readonly { readonly element: number; readonly row: number; readonly column: number }[];
  readonly stride: number;
  readonly dilation: number;
}

/** The convolution of the current layer at the part that `pass` is at; zeros where the layer has nothing to do in it. */
export function streamedConv(pass: StreamingPass, x: Tensor, kernel: StreamedKernel): Tensor {
  const name = streamedName();
  const place = streamedPlace(pass, name, x);
  const { weight, wholeRows, stride } = kernel;
  const channels = weight.shape[0]!;
  if (pass.mode === "open") {
    open(pass, name, kernel, place);
    const size = [place.height, place.width].map((side) => Math.ceil(side / stride));
    return zeros([pass.count, channels, ...size]);
  }
  if (pass.mode === "row") {
    if (wholeRows) return streamedRow(pass, name, x, kernel, place);
    return zeros([pass.count, channels, 1, Math.ceil(place.width / stride)]);
  }
  return wholeRows ? zeros([1, channels, 1, pass.count]) : streamedPixel(pass, name, x, kernel, place);
}

/** How many positions back in raster order the first one lies that the kernel sees. */
const reach = ({ taps }: StreamedKernel, width: number): number =>
  Math.max(0, ...taps.map(({ row, column }) => -(row * width + column)));

function open(pass: StreamingPass, name: string, kernel: StreamedKernel, { width }: StreamedPlace): void {
  const { weight, wholeRows, taps, dilation } = kernel;
  const [channels, inputs, rows, columns] = weight.shape as [number, number, number, number];
  if (wholeRows) {
    if (rows > 1) pass.keep(`${name}/rows`, zeros([pass.count, inputs, (rows - 1) * dilation, width]));
    return;
  }
  const seen = constant(
    Int32Array.from(taps, ({ element }) => element),
    [taps.length],
  );
  const elements = gather(reshape(weight, [channels, inputs, rows * columns]), seen, 2);
  const flat = reshape(permute(elements, [0, 2, 1]), [channels, taps.length * inputs, 1, 1]);
  pass.keep(`${name}/weight`, flat);
  pass.keep(`${name}/before`, zeros([reach(kernel, width) + 2, inputs, pass.count]));
}

/** The rows that the kernel sees, [n, C, (rows − 1) · dilation, W], are kept. */
function streamedRow(
  pass: StreamingPass,
  name: string,
  x: Tensor,
  { weight, stride, dilation }: StreamedKernel,
  { active }: StreamedPlace,
): Tensor {
  const [rows, columns] = weight.shape.slice(2) as [number, number];
  const kept = rows > 1 ? pass.read(`${name}/rows`) : undefined;
  const all = kept ? concat([kept, x], 2) : x;
  if (kept) {
    const next = narrow(all, 2, 1, kept.shape[2]!);
    pass.keep(`${name}/rows`, active ? where(active, next, kept) : next);
  }
  const side = ((columns - 1) / 2) * dilation;
  return conv(all, weight, { stride: [1, stride], dilation, padding: [0, side, 0, side] });
}

/**
 * The positions before the current one in raster order are kept as [1 + T + 1, C, n]: zeros, which stand for what lies outside
 * the picture, then the last T, then the current one.
 */
function streamedPixel(
  pass: StreamingPass,
  name: string,
  x: Tensor,
  { hidesPixel, taps }: StreamedKernel,
  { width, column, active }: StreamedPlace,
): Tensor {
  const [, inputs, , n] = x.shape as [number, number, number, number];
  const before = pass.read(`${name}/before`);
  const last = before.shape[0]! - 1;
  const current = reshape(x, [1, inputs, n]);
  const outside = zeros([1, inputs, n]);
  const next = concat([outside, narrow(before, 0, 2, last - 1), current], 0);
  // A layer that must not see the pixel gets it only once it is drawn; the others get features that do not change any more.
  if (pass.complete === hidesPixel) pass.keep(`${name}/before`, active ? where(active, next, before) : next);
  const seen = gather(next, placesOf(taps, last, width, column), 0);
  return conv(reshape(seen, [1, taps.length * inputs, 1, n]), pass.read(`${name}/weight`), {});
}

/** Where the taps lie among the positions kept; those beyond the left or right edge at 0, where there are zeros. */
function placesOf(taps: StreamedKernel["taps"], last: number, width: number, column: Tensor): Tensor {
  const ints = (values: readonly number[]): Tensor => constant(Int32Array.from(values), [values.length]);
  const places = ints(taps.map((tap) => last + tap.row * width + tap.column));
  const columns = ints(taps.map((tap) => tap.column)).add(column);
  const inside = columns.greaterEqual(0).cast("int32").mul(columns.less(width).cast("int32"));
  return mul(places, inside);
}

/** Throws where a layer cannot be evaluated part by part. */
export function refuseStreaming(what: string, instead: string): never {
  throw new UserError(`${what} cannot be evaluated pixel by pixel; ${instead}, or sample without cache.`);
}
