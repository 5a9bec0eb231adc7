/**
 * Which modes of a known distribution a generator covers.
 *
 * Points (Srivastava et al. 2017, VEEGAN, arXiv:1705.07761, section 4.1; Lin et al. 2018, PacGAN, arXiv:1712.04086, section 4.1;
 * both draw 2,500 points): a sample is of high quality within 3σ of the nearest mode; a mode is captured where at least one
 * high-quality sample is nearest to it. The built-in `grid` is theirs: (−4 + 2i, −4 + 2j), σ = 0.05. The built-in `ring` is that of
 * Metz et al. 2017 (Unrolled GAN, arXiv:1611.02163): radius 2, σ = 0.02; VEEGAN's and PacGAN's code has radius 1, σ = 0.01, the
 * same set at half the size, so that every number here is the same for a generator of half the size.
 *
 * Stacked digits (Metz et al. 2017, section 3.3.1: 1,000 modes, a classifier names the digit of each channel; VEEGAN and PacGAN
 * draw 26,000 pictures): a mode is covered where at least one picture is of it; KL(generated ‖ data) over the modes.
 */
import type { Modes } from "../data/dataset.ts";
import { UserError } from "../tensor/index.ts";
import { checkFeatures, type Features } from "./features.ts";
import type { Measured } from "./protocol.ts";
import { total } from "./summary.ts";

export interface ModeCoverage {
  readonly modes: number;
  /** Modes with at least `least` samples. */
  readonly covered: number;
  /** Modes with at least 20 samples, which a stray sample does not reach. */
  readonly covered20: number;
  /** Samples of high quality, 0 to 1; 1 where quality is not judged. */
  readonly highQuality: number;
  /** (High-quality) samples of each mode. */
  readonly counts: Int32Array;
  /** KL(samples ‖ data) over the modes, nats: "reverse KL" in the papers. log(modes) at worst; NaN without any samples. */
  readonly klFromData: number;
  /** KL(data ‖ samples), nats: infinite where a mode has no sample. */
  readonly klToSamples: number;
  /** What klFromData is on average for as many samples of the data itself: about (modes − 1)/2N. */
  readonly klFloor: number;
}

export interface ModeCoverageOptions {
  /** How far from its mode a high-quality sample may be, in σ. Default 3. */
  readonly sigmas?: number;
  /** Samples that a covered mode has. Default 1. */
  readonly least?: number;
}

/**
 * Coverage of the modes of a mixture of Gaussians by points [N, d]. The histogram is that of high-quality samples, as in PacGAN's
 * code. Of the data itself, 1 − exp(−9/2) = 98.9 % are of high quality in two dimensions.
 *
 * Throws (UserError) where points and modes have different dimensions, or numbers are not finite.
 */
export function modeCoverage(
  points: Features,
  { centers, std }: Modes,
  { sigmas = 3, least = 1 }: ModeCoverageOptions = {},
): ModeCoverage {
  checkFeatures("mode coverage", "the generated points", points, 1);
  const { data, count, dimensions } = points;
  if (centers.some((c) => c.length !== dimensions)) {
    throw new UserError(
      `mode coverage: points have ${dimensions} numbers and modes ${centers[0]?.length ?? 0}; compare points with the data they were trained on.`,
    );
  }
  const counts = new Int32Array(centers.length);
  for (let i = 0; i < count; i++) {
    let [best, mode] = [Number.POSITIVE_INFINITY, 0];
    centers.forEach((center, k) => {
      let squared = 0;
      for (let d = 0; d < dimensions; d++) squared += (data[i * dimensions + d]! - center[d]!) ** 2;
      if (squared < best) [best, mode] = [squared, k];
    });
    if (best < (sigmas * std) ** 2) counts[mode]!++;
  }
  return coverageOf(counts, count, { least });
}

export interface ClassCoverageOptions {
  /** Samples that a covered class has. Default 1. */
  readonly least?: number;
  /** Share of each class in the data. Default: equal shares. */
  readonly shares?: ArrayLike<number>;
}

/** Coverage of classes 0 … classes − 1 by predicted ones, one for each sample. */
export function classCoverage(
  predicted: ArrayLike<number>,
  classes: number,
  options: ClassCoverageOptions = {},
): ModeCoverage {
  const counts = new Int32Array(classes);
  for (let i = 0; i < predicted.length; i++) {
    const c = predicted[i]!;
    if (!(c >= 0 && c < classes && Number.isInteger(c))) {
      throw new UserError(
        `mode coverage: sample ${i} is of class ${c}; expected whole numbers from 0 to ${classes - 1}.`,
      );
    }
    counts[c]!++;
  }
  return coverageOf(counts, predicted.length, options);
}

/**
 * The mode 100a + 10b + c of each stacked picture from the digits that a classifier sees in its channels: digits of channel
 * 0 of all pictures, then of channel 1, then of channel 2, each of length N. It is the label of `stacked-mnist` and
 * `stacked-glyphs`; {@link classCoverage} takes it with 1,000 classes.
 */
export function stackedModes(channels: readonly ArrayLike<number>[]): Int32Array {
  const [a, b, c] = channels;
  if (!a || !b || !c || channels.length !== 3 || a.length !== b.length || a.length !== c.length) {
    const lengths = channels.map((digits) => digits.length).join(", ");
    throw new UserError(
      `stackedModes: got ${channels.length} lists of digits (${lengths}); expected three of one length, one for each channel.`,
    );
  }
  return Int32Array.from({ length: a.length }, (_, i) => 100 * a[i]! + 10 * b[i]! + c[i]!);
}

function coverageOf(
  counts: Int32Array,
  samples: number,
  { least = 1, shares }: ClassCoverageOptions,
): ModeCoverage {
  const modes = counts.length;
  const good = total(counts);
  const reaching = (n: number): number => counts.reduce((sum, c) => sum + (c >= n ? 1 : 0), 0);
  const histogram = Float64Array.from(counts, (c) => c / good);
  const data = shares ? Float64Array.from(shares) : new Float64Array(modes).fill(1 / modes);
  return {
    modes,
    covered: reaching(least),
    covered20: reaching(20),
    highQuality: good / samples,
    counts,
    klFromData: divergence(histogram, data),
    klToSamples: divergence(data, histogram),
    klFloor: (modes - 1) / (2 * samples),
  };
}

/** Σ p log(p/q). */
function divergence(p: Float64Array, q: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < p.length; i++) if (p[i] !== 0) sum += p[i]! * Math.log(p[i]! / q[i]!);
  return sum;
}

/** The choices of {@link modeCoverage}, as a protocol's convention. */
export const modeCoverageConvention =
  "a mode counts with one sample nearest to it and within 3σ (VEEGAN, PacGAN); KL of the histogram of such samples to equal shares";

/** The choices of {@link classCoverage}, as a protocol's convention. */
export const classCoverageConvention =
  "a mode counts with one sample that the classifier puts there (Unrolled GAN, VEEGAN); KL of the histogram of predictions to equal shares";

/** Coverage as numbers of a report; what is not finite is left out. */
export function coverageMeasures(coverage: ModeCoverage): Measured[] {
  const { modes, covered, covered20, highQuality, klFromData, klToSamples, klFloor } = coverage;
  const missing = coverage.counts.filter((c) => c === 0).length;
  const list: Measured[] = [
    { name: "modes", value: covered, better: "higher", details: { of: modes, "with 20 samples": covered20 } },
    { name: "high quality", value: highQuality, better: "higher" },
    {
      name: "KL(samples ‖ data)",
      value: klFromData,
      better: "lower",
      unit: "nats",
      note: `About ${klFloor.toPrecision(2)} for as many samples of the data itself.`,
      details: { floor: klFloor },
    },
    { name: "KL(data ‖ samples)", value: klToSamples, better: "lower", unit: "nats", details: { missing } },
  ];
  return list.filter(({ value }) => Number.isFinite(value));
}
