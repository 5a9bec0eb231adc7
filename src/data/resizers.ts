/**
 * The ways in which implementations of the Fréchet Inception distance scale pictures to the size of their network. They
 * differ enough to change the distance (Parmar, Zhang & Zhu 2022, "On aliased resizing and surprising subtleties in GAN
 * evaluation", arXiv:2104.11222), so an extractor names its own.
 */
import { UserError } from "../tensor/index.ts";

/**
 * `bilinear`: half-pixel centres, no antialiasing (`torch.nn.functional.interpolate`, pytorch-fid).
 * `tf1`: bilinear with pixel i at i·in/out, no antialiasing (TensorFlow 1's `resize_bilinear`, torch-fidelity, the first FID).
 * `bicubic`: Keys' kernel with a = −½, widened when a picture shrinks (Pillow's BICUBIC, clean-fid).
 * `box`: the mean over the area of the new pixel (Pillow's BOX).
 */
export const resizers = ["bilinear", "bicubic", "box", "tf1"] as const;
export type Resizer = (typeof resizers)[number];

/** One new pixel of a row: old pixels first, first + 1, … with their weights, which add up to 1. */
interface Tap {
  readonly first: number;
  readonly weights: readonly number[];
}

/**
 * Resizes planes of height × width pixels, one after another, to newHeight × newWidth. `bicubic` may leave the range of the
 * old pixels; clip it.
 */
export function resizePlanes(
  planes: Float32Array,
  from: { readonly height: number; readonly width: number },
  to: { readonly height: number; readonly width: number },
  resizer: Resizer,
): Float32Array {
  const area = from.height * from.width;
  if (!(area > 0) || planes.length % area !== 0) {
    throw new UserError(
      `resizePlanes: got ${planes.length} pixels, expected a multiple of ${from.height}×${from.width}.`,
    );
  }
  if (from.height === to.height && from.width === to.width) return planes;
  const [across, down] = [taps(from.width, to.width, resizer), taps(from.height, to.height, resizer)];
  const out = new Float32Array((planes.length / area) * to.height * to.width);
  for (let plane = 0; plane * area < planes.length; plane++) {
    const rows = resampled(planes.subarray(plane * area, (plane + 1) * area), from.width, across);
    out.set(resampled(rows, from.height, down), plane * to.height * to.width);
  }
  return out;
}

/** Resamples every row of `width` pixels and writes the result transposed: twice of it is a resampled picture. */
function resampled(pixels: Float32Array, width: number, row: readonly Tap[]): Float32Array {
  const rows = pixels.length / width;
  const out = new Float32Array(rows * row.length);
  row.forEach(({ first, weights }, x) => {
    for (let y = 0; y < rows; y++) {
      let sum = 0;
      for (let k = 0; k < weights.length; k++) sum += weights[k]! * pixels[y * width + first + k]!;
      out[x * rows + y] = sum;
    }
  });
  return out;
}

function taps(from: number, to: number, resizer: Resizer): readonly Tap[] {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    if (resizer === "tf1") return betweenTwo(i * scale, from);
    if (resizer === "bilinear") return betweenTwo(Math.max(0, (i + 0.5) * scale - 0.5), from);
    return filtered((i + 0.5) * scale, scale, from, kernels[resizer]);
  });
}

/** The pixels on both sides of `at`. */
function betweenTwo(at: number, from: number): Tap {
  const first = Math.min(Math.floor(at), from - 1);
  const share = at - first;
  return first === from - 1 ? { first, weights: [1] } : { first, weights: [1 - share, share] };
}

interface Kernel {
  readonly support: number;
  at(x: number): number;
}

const kernels: { readonly [name in "bicubic" | "box"]: Kernel } = {
  bicubic: {
    support: 2,
    at(x) {
      const [d, a] = [Math.abs(x), -0.5];
      if (d < 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
      return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
    },
  },
  box: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
};

/** As Pillow chooses and weighs the pixels around `center`. */
function filtered(center: number, scale: number, from: number, { support, at }: Kernel): Tap {
  const wide = Math.max(1, scale);
  const first = Math.max(0, Math.trunc(center - support * wide + 0.5));
  const last = Math.min(from, Math.trunc(center + support * wide + 0.5));
  const raw = Array.from({ length: last - first }, (_, k) => at((first + k - center + 0.5) / wide));
  const total = raw.reduce((sum, w) => sum + w, 0);
  return { first, weights: raw.map((w) => w / total) };
}
