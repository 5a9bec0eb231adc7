/** Conversions of log-likelihoods: nats of an example, bits of a dimension (one number of it), bits of a pixel. */

/** Width of one of the 256 grey levels where pixels lie in [0, 1] as (level + u)/256, and in [−1, 1] as level/127.5 − 1. */
export const binWidths = { unit: 1 / 256, signed: 1 / 127.5 } as const;

/** Bits per dimension of a log-probability: −log P(x)/(D ln 2), with log P(x) in nats and x of D numbers. */
export function bitsPerDimension(nats: number, dimensions: number): number {
  return -nats / (dimensions * Math.LN2);
}

/** The log-probability in nats that gives so many bits per dimension: the inverse of {@link bitsPerDimension}. */
export function natsOfBits(bits: number, dimensions: number): number {
  return -bits * dimensions * Math.LN2;
}

/**
 * Bits per dimension of a log-density: (−log p(x)/D − log w)/ln 2, where w is the width of a grey level. The density of x
 * with uniform noise of width w, E log p(x + w·u) + D log w ≤ log P(x), bounds the probability of the level from below
 * (Theis et al. 2016, "A note on the evaluation of generative models", section 3.1). Pixels in [0, 1] have w = 1/256, which
 * gives (nll/D + ln 256)/ln 2; pixels level/127.5 − 1 have w = 1/127.5.
 */
export function bitsPerDimensionOfDensity(nats: number, dimensions: number, binWidth: number): number {
  return bitsPerDimension(nats + dimensions * Math.log(binWidth), dimensions);
}

/** Bits of one pixel with all its channels. */
export function bitsPerPixel(bits: number, channels: number): number {
  return bits * channels;
}
