import { type Shape, UserError } from "../tensor/index.ts";
import { byteDataset } from "./byte-dataset.ts";
import type { Dataset } from "./dataset.ts";
import { floatDataset } from "./float-dataset.ts";
import type { Npy } from "./npy.ts";

export interface ArrayDatasetOptions {
  readonly name: string;
  /** The file, and the array in it, for messages. */
  readonly source: string;
  readonly labels?: ArrayLike<number>;
  readonly fingerprint: string;
}

/**
 * An array as examples: [N, D] are points of D dimensions; [N, H, W], [N, C, H, W] and [N, H, W, C] with 1 or 3 channels are
 * pictures. Bytes are pixels 0 … 255. Floating-point pixels are taken to be in [0, 1] when all are, in [−1, 1] when all
 * are, and in [0, 255] when all are, in this order; numbers outside or not finite are a UserError.
 */
export function arrayDataset({ shape, values }: Npy, options: ArrayDatasetOptions): Dataset {
  const { source } = options;
  if (!(values.length > 0))
    throw new UserError(`${source} is an array ${shape.join("×")}; expected some examples.`);
  if (values instanceof BigInt64Array || values instanceof Int32Array || values instanceof Int8Array) {
    throw new UserError(
      `${source} holds signed whole numbers; expected uint8 pixels or floating-point numbers.`,
    );
  }
  if (shape.length === 2) {
    const points = finite(Float32Array.from(values), source);
    return floatDataset({ ...options, kind: "points", shape: shape.slice(1), values: points });
  }
  const layout = imageLayout(shape, source);
  if (values instanceof Uint8Array) {
    return byteDataset({ ...options, shape: layout.shape, bytes: channelsFirst(values, layout) });
  }
  const pixels = toPixels(finite(Float32Array.from(values), source), source);
  return floatDataset({
    ...options,
    kind: "image",
    shape: layout.shape,
    values: channelsFirst(pixels, layout),
  });
}

interface Layout {
  readonly shape: Shape; // [C, H, W]
  readonly channelsLast: boolean;
}

function imageLayout(shape: Shape, source: string): Layout {
  const [, a = 0, b = 0, c = 0] = shape;
  if (shape.length === 3) return { shape: [1, a, b], channelsLast: false };
  if (shape.length === 4 && (a === 1 || a === 3)) return { shape: [a, b, c], channelsLast: false };
  if (shape.length === 4 && (c === 1 || c === 3)) return { shape: [c, a, b], channelsLast: true };
  throw new UserError(
    `${source} is an array ${shape.join("×")}; expected points N×D, or pictures N×H×W, N×C×H×W or N×H×W×C ` +
      "with 1 or 3 channels.",
  );
}

function channelsFirst<T extends Uint8Array | Float32Array>(values: T, { shape, channelsLast }: Layout): T {
  const [channels = 1, height = 1, width = 1] = shape;
  if (!channelsLast || channels === 1) return values;
  const out = values.slice() as T;
  const area = height * width;
  for (let start = 0; start < values.length; start += area * channels) {
    for (let i = 0; i < area; i++) {
      for (let c = 0; c < channels; c++) out[start + c * area + i] = values[start + i * channels + c]!;
    }
  }
  return out;
}

function finite(values: Float32Array, source: string): Float32Array {
  const wrong = values.findIndex((v) => !Number.isFinite(v));
  if (wrong >= 0) {
    throw new UserError(`${source} holds ${values[wrong]} at place ${wrong}; expected finite numbers.`);
  }
  return values;
}

function toPixels(values: Float32Array, source: string): Float32Array {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (low >= 0 && high <= 1) return values.map((v) => 2 * v - 1);
  if (low >= -1 && high <= 1) return values;
  if (low >= 0 && high <= 255) return values.map((v) => v / 127.5 - 1);
  throw new UserError(
    `${source} holds pixels from ${low} to ${high}; expected all in [0, 1], in [−1, 1] or in [0, 255].`,
  );
}
