/** Laplacian pyramids of pictures. Burt & Adelson 1983, "The Laplacian pyramid as a compact image code". */
import type { Images } from "./metric.ts";

// The filter of Burt & Adelson with a = 3/8: binomial.
const taps = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];

/**
 * Levels of the pyramid, finest first: each is what the next coarser one, made larger, leaves out; the last is the coarsest
 * picture itself. Sides are halved while they are even and stay at least `smallest` pixels. Borders are mirrored about the
 * outermost pixel.
 */
export function laplacianPyramid(images: Images, smallest = 14): Images[] {
  const levels: Images[] = [];
  let current = images;
  for (;;) {
    const [, , height, width] = current.shape as readonly [number, number, number, number];
    if (height % 2 || width % 2 || Math.min(height, width) / 2 < smallest) break;
    const coarse = halved(current);
    const back = doubled(coarse);
    const detail = current.data.map((v, i) => v - back.data[i]!);
    levels.push({ data: detail, shape: current.shape });
    current = coarse;
  }
  return [...levels, current];
}

/** Sides halved: filtered, and every second pixel kept. */
function halved({ data, shape }: Images): Images {
  const [n, c, h, w] = shape as readonly [number, number, number, number];
  const rows = filterRows(data, w, w / 2, (x) => 2 * x, 1);
  const columns = filterRows(transposed(rows, h, w / 2), h, h / 2, (y) => 2 * y, 1);
  return { data: transposed(columns, w / 2, h / 2), shape: [n, c, h / 2, w / 2] };
}

/** Sides doubled: zeros between the pixels, filtered, four times as bright. */
function doubled({ data, shape }: Images): Images {
  const [n, c, h, w] = shape as readonly [number, number, number, number];
  const spread = new Float32Array(4 * data.length);
  for (let i = 0; i < data.length; i++) {
    const [row, x] = [Math.floor(i / w), i % w];
    spread[row * 4 * w + 2 * x] = data[i]!;
  }
  const rows = filterRows(spread, 2 * w, 2 * w, (x) => x, 2);
  const columns = filterRows(transposed(rows, 2 * h, 2 * w), 2 * h, 2 * h, (y) => y, 2);
  return { data: transposed(columns, 2 * w, 2 * h), shape: [n, c, 2 * h, 2 * w] };
}

/** Filters rows of `from` pixels, mirrored at the ends, at the places `at(0)` … `at(to − 1)`. */
function filterRows(
  data: Float32Array,
  from: number,
  to: number,
  at: (i: number) => number,
  gain: number,
): Float32Array {
  const rows = data.length / from;
  const out = new Float32Array(rows * to);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < to; i++) {
      let sum = 0;
      for (let t = 0; t < 5; t++) {
        const place = at(i) + t - 2;
        const mirrored = place < 0 ? -place : place >= from ? 2 * from - 2 - place : place;
        sum += taps[t]! * data[row * from + mirrored]!;
      }
      out[row * to + i] = gain * sum;
    }
  }
  return out;
}

/** Planes of height × width as width × height. */
function transposed(data: Float32Array, height: number, width: number): Float32Array {
  const out = new Float32Array(data.length);
  const area = height * width;
  for (let plane = 0; plane < data.length; plane += area) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[plane + x * height + y] = data[plane + y * width + x]!;
    }
  }
  return out;
}
