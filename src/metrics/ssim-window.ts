/** Means, squares and products of two pictures under a Gaussian window at every pixel. */

export interface Moments {
  readonly meanX: Float64Array;
  readonly meanY: Float64Array;
  readonly xx: Float64Array;
  readonly yy: Float64Array;
  readonly xy: Float64Array;
  /** 1 where the window lies inside the picture. */
  readonly inside: Uint8Array;
}

const radius = 5;
const sigma = 1.5;

/** A function of two planes of height × width pixels that gives their moments; borders are mirrored about the outermost pixel. */
export function createWindow(height: number, width: number): (x: Float64Array, y: Float64Array) => Moments {
  const raw = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  );
  const sum = raw.reduce((a, b) => a + b);
  const taps = Float64Array.from(raw, (v) => v / sum);
  const inside = Uint8Array.from({ length: height * width }, (_, i) =>
    isInside(i % width, width) && isInside(Math.floor(i / width), height) ? 1 : 0,
  );
  const blur = (plane: Float64Array): Float64Array =>
    filterRows(filterRows(plane, width, taps), height, taps);
  return (x, y) => ({
    meanX: blur(x),
    meanY: blur(y),
    xx: blur(x.map((v) => v * v)),
    yy: blur(y.map((v) => v * v)),
    xy: blur(x.map((v, i) => v * y[i]!)),
    inside,
  });
}

function isInside(place: number, size: number): boolean {
  return place >= radius && place < size - radius;
}

/** Filters every row of `width` pixels, and writes the result transposed: twice of it filters a picture. */
function filterRows(plane: Float64Array, width: number, taps: Float64Array): Float64Array {
  const rows = plane.length / width;
  const out = new Float64Array(plane.length);
  const padded = new Float64Array(width + 2 * radius);
  for (let row = 0; row < rows; row++) {
    padded.set(plane.subarray(row * width, (row + 1) * width), radius);
    for (let i = 1; i <= radius; i++) {
      padded[radius - i] = padded[radius + i]!;
      padded[radius + width - 1 + i] = padded[radius + width - 1 - i]!;
    }
    for (let x = 0; x < width; x++) {
      const center = x + radius;
      let sum = taps[radius]! * padded[center]!;
      for (let t = 1; t <= radius; t++)
        sum += taps[radius + t]! * (padded[center - t]! + padded[center + t]!);
      out[x * rows + row] = sum;
    }
  }
  return out;
}
