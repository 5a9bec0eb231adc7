import type { Dataset } from "./dataset.ts";
import { exampleSize } from "./size.ts";
import { withoutTruth } from "./truth.ts";

/** One output pixel of a resampled row: input pixels first, first + 1, … with their weights, which add up to 1. */
interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Antialiased linear interpolation of a row of `from` pixels to `to` pixels that show the stretch
 * [begin, begin + extent) of it: a triangle filter as wide as the larger of an input and an output pixel.
 */
export function linearTaps(from: number, to: number, begin = 0, extent = from): readonly Tap[] {
  const scale = extent / to;
  const radius = Math.max(1, scale);
  return Array.from({ length: to }, (_, i) => {
    const center = begin + (i + 0.5) * scale;
    const first = Math.max(0, Math.ceil(center - radius - 0.5));
    const last = Math.min(from - 1, Math.floor(center + radius - 0.5));
    const raw = Array.from({ length: last - first + 1 }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / radius),
    );
    const total = raw.reduce((sum, w) => sum + w, 0);
    return { first, weights: raw.map((w) => w / total) };
  });
}

/** Resamples every row of `width` pixels, and writes the result transposed: twice of it is a resampled picture. */
function resampleRows(pixels: Float32Array, width: number, taps: readonly Tap[]): Float32Array {
  const rows = pixels.length / width;
  const out = new Float32Array(rows * taps.length);
  taps.forEach(({ first, weights }, x) => {
    for (let y = 0; y < rows; y++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * pixels[y * width + first + k]!;
      out[x * rows + y] = sum;
    }
  });
  return out;
}

/**
 * The data set's pictures at size × size pixels, made when they are read: scaled with antialiasing until they cover the square
 * and cropped about the centre. 28×28 pictures become 32×32 by a border of two pixels of black (−1) instead, which is
 * what everyone does with MNIST (LeCun et al. 1998, LeNet-5) and leaves its pixels as they are.
 */
export function resized(dataset: Dataset, size: number): Dataset {
  const [channels = 1, height = 1, width = 1] = dataset.shape;
  if (height === size && width === size) return dataset;
  const border = height === 28 && width === 28 && size === 32;
  const resample = border ? addBorder(2) : coverSquare(height, width, size);
  const [inner, outer] = [height * width, size * size];
  return {
    ...withoutTruth(dataset),
    shape: [channels, size, size],
    fingerprint: `${dataset.fingerprint}/${border ? "border" : "size"}=${size}`,
    read(indices, out) {
      const source = new Float32Array(indices.length * exampleSize(dataset.shape));
      dataset.read(indices, source);
      for (let plane = 0; plane * inner < source.length; plane++) {
        out.set(resample(source.subarray(plane * inner, (plane + 1) * inner)), plane * outer);
      }
    },
  };
}

function coverSquare(height: number, width: number, size: number): (plane: Float32Array) => Float32Array {
  const side = Math.min(height, width);
  const across = linearTaps(width, size, (width - side) / 2, side);
  const down = linearTaps(height, size, (height - side) / 2, side);
  return (plane) => resampleRows(resampleRows(plane, width, across), height, down);
}

function addBorder(border: number): (plane: Float32Array) => Float32Array {
  return (plane) => {
    const side = Math.sqrt(plane.length);
    const size = side + 2 * border;
    const out = new Float32Array(size * size).fill(-1);
    for (let y = 0; y < side; y++) {
      out.set(plane.subarray(y * side, (y + 1) * side), (y + border) * size + border);
    }
    return out;
  };
}
