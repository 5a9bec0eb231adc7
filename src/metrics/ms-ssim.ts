/**
 * Multi-scale structural similarity between generated pictures: near 1 where a model repeats itself.
 * Wang, Simoncelli & Bovik 2003, "Multiscale structural similarity for image quality assessment", eq. 7:
 *   MS-SSIM(x, y) = l_M^α_M · Πⱼ (cⱼ sⱼ)^βⱼ
 *   l = (2μxμy + C₁)/(μx² + μy² + C₁),  cs = (2σxy + C₂)/(σx² + σy² + C₂),  C₁ = 0.01², C₂ = 0.03²
 * Between random pairs of samples as a measure of diversity: Odena, Olah & Shlens 2017, arXiv:1610.09585, section 4.2.
 */
import { UserError } from "../tensor/index.ts";
import { deriveKey, fillIntegers } from "../tensor/random/index.ts";
import type { Images, SampleMetric } from "./metric.ts";
import { createWindow, type Moments } from "./ssim-window.ts";
import { errorOfMean, total } from "./summary.ts";

/** Weights of the five scales, finest first (Wang et al. 2003, section 3.2). */
const allWeights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333] as const;
const windowSize = 11;
const [c1, c2] = [0.01 ** 2, 0.03 ** 2];

export interface MsSsimOptions {
  /** Exponents of the scales, finest first: their number is the number of scales. Default {@link msSsimWeights}. */
  readonly weights?: readonly number[];
  /**
   * Where windows reach over the border: "reflect" (torchmetrics: contrast and structure from whole windows only, the coarsest
   * scale's similarity from a mirrored border too) or "valid" (Wang et al.: whole windows only). Default "reflect".
   */
  readonly border?: "reflect" | "valid";
}

/** The first weights of Wang et al., as many as there are scales of at least 11 pixels, scaled to add up to 1. */
export function msSsimWeights(height: number, width: number): number[] {
  const fits = allWeights.filter((_, j) => Math.floor(Math.min(height, width) / 2 ** j) >= windowSize);
  const sum = total(fits);
  return fits.map((w) => w / sum);
}

/**
 * MS-SSIM of each pair (first[i], second[i]) of pictures with pixels in [−1, 1], which are taken as [0, 1]; Gaussian window of 11
 * pixels, σ = 1.5; scales halved by means of 2×2 pixels; channels averaged; negative terms taken as 0. It agrees with torchmetrics'
 * `multiscale_structural_similarity_index_measure(data_range=1.0)` of the same weights.
 *
 * Throws (UserError) where the coarsest scale has fewer than 11 pixels.
 */
export function msSsim(
  images: Images,
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: MsSsimOptions = {},
): Float64Array {
  const [, channels, height, width] = images.shape as readonly [number, number, number, number];
  const { weights = msSsimWeights(height, width), border = "reflect" } = options;
  const scales = weights.map((weight, j) => {
    const [h, w] = [Math.floor(height / 2 ** j), Math.floor(width / 2 ** j)];
    return { weight, h, w, window: createWindow(h, w) };
  });
  if (scales.length === 0 || scales.some(({ h, w }) => Math.min(h, w) < windowSize)) {
    throw new UserError(
      `ms-ssim: pictures of ${height}×${width} are too small for ${scales.length <= 1 ? "its" : `${scales.length} scales of its`} window of ${windowSize} pixels; use larger pictures, or leave ms-ssim out.`,
    );
  }
  return Float64Array.from({ length: first.length }, (_, i) => {
    let [x, y] = [unitPixels(images, first[i]!), unitPixels(images, second[i]!)];
    let product = 1;
    scales.forEach(({ weight, h, w, window }, j) => {
      const last = j === scales.length - 1;
      let term = 0;
      for (let c = 0; c < channels; c++) {
        const plane = (p: Float64Array): Float64Array => p.subarray(c * h * w, (c + 1) * h * w);
        term += similarity(window(plane(x), plane(y)), last, border) / channels;
      }
      product *= Math.max(0, term) ** weight;
      if (!last) [x, y] = [halved(x, h, w), halved(y, h, w)];
    });
    return product;
  });
}

/** Mean over windows of l · cs, or of cs alone. */
function similarity(
  { inside, meanX, meanY, xx, yy, xy }: Moments,
  withLuminance: boolean,
  border: "reflect" | "valid",
): number {
  const everywhere = withLuminance && border === "reflect";
  let [sum, count] = [0, 0];
  for (let i = 0; i < meanX.length; i++) {
    if (!everywhere && inside[i] === 0) continue;
    const [mx, my] = [meanX[i]!, meanY[i]!];
    const [vx, vy] = [Math.max(0, xx[i]! - mx * mx), Math.max(0, yy[i]! - my * my)];
    const cs = (2 * (xy[i]! - mx * my) + c2) / (vx + vy + c2);
    sum += withLuminance ? ((2 * mx * my + c1) / (mx * mx + my * my + c1)) * cs : cs;
    count++;
  }
  return sum / count;
}

function unitPixels({ data, shape }: Images, i: number): Float64Array {
  const size = data.length / shape[0]!;
  const out = new Float64Array(data.subarray(i * size, (i + 1) * size));
  for (let k = 0; k < size; k++) out[k] = (out[k]! + 1) / 2;
  return out;
}

/** Means of 2×2 pixels; an odd last row or column is left out. */
function halved(data: Float64Array, height: number, width: number): Float64Array {
  const [h, w] = [height >> 1, width >> 1];
  const out = new Float64Array((data.length / (height * width)) * h * w);
  for (let i = 0; i < out.length; i++) {
    const [x, y, plane] = [i % w, Math.floor(i / w) % h, Math.floor(i / (w * h))];
    const at = plane * height * width + 2 * y * width + 2 * x;
    out[i] = (data[at]! + data[at + 1]! + data[at + width]! + data[at + width + 1]!) / 4;
  }
  return out;
}

/** Numbers of `count` random pairs of different examples out of n. */
export function randomPairs(n: number, count: number, seed: number): readonly [Int32Array, Int32Array] {
  const draw = (part: string, high: number): Int32Array =>
    fillIntegers(new Int32Array(count), deriveKey(seed, "pairs", part), { low: 0, high }) as Int32Array;
  const first = draw("first", n);
  const gap = draw("gap", n - 1);
  return [first, gap.map((g, i) => (first[i]! + 1 + g) % n)];
}

const pairs = 1000;

export const msSsimMetric: SampleMetric = {
  name: "ms-ssim",
  title: "Multi-scale structural similarity between samples",
  convention:
    "mean over random pairs of different pictures; 11-pixel Gaussian window, border as torchmetrics; as many of Wang et al.'s " +
    "five scales as keep 11 pixels, their weights scaled to add up to 1",
  needs: "images",
  least: 10,
  settings: { pairs },
  async measure({ images, seed }) {
    if (!images)
      throw new UserError("ms-ssim needs pictures; leave it out for points and for ready features.");
    const values = msSsim(images, ...randomPairs(images.shape[0]!, pairs, seed));
    const scales = msSsimWeights(images.shape[2]!, images.shape[3]!).length;
    return [
      {
        name: "ms-ssim",
        value: total(values) / values.length,
        standardError: errorOfMean(values),
        better: "lower",
        note: `Of ${scales} scale${scales > 1 ? "s" : ""}; compare with the value of real pictures: below it there may be noise instead of diversity.`,
        details: { scales },
      },
    ];
  },
};
