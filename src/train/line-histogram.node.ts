/** Points of the line as two histograms over one axis. */
import sharp from "sharp";

export interface LineHistogram {
  readonly real?: ArrayLike<number>;
  readonly fake: ArrayLike<number>;
  readonly colours: { readonly real: string; readonly fake: string };
  readonly size: number;
}

const bins = 60;

/** The PNG bytes: real points filled, generated ones as an outline; the real ones, where there are any, set the frame. */
export async function lineHistogramPng({ real, fake, colours, size }: LineHistogram): Promise<Uint8Array> {
  const range = rangeOf(real ?? fake);
  const shares = [real ?? [], fake].map((points) => sharesOf(points, range));
  const most = Math.max(...shares.flatMap((bars) => Array.from(bars)), Number.MIN_VALUE);
  const width = size / bins;
  const top = (share: number): string => (size - 4 - (share / most) * 0.92 * size).toFixed(1);
  const filled = Array.from(
    shares[0]!,
    (share, i) => `M${(i * width).toFixed(1)} ${size - 4}V${top(share)}h${width.toFixed(1)}V${size - 4}Z`,
  );
  const outline = Array.from(shares[1]!, (share, i) => `V${top(share)}H${((i + 1) * width).toFixed(1)}`);
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}"><rect width="100%" height="100%" fill="#fff"/>` +
    `<path d="${filled.join("")}" fill="${colours.real}" fill-opacity="0.55"/>` +
    `<path d="M0 ${size - 4}${outline.join("")}V${size - 4}" stroke="${colours.fake}" stroke-width="2" fill="none"/>` +
    `<path d="M0 ${size - 3.5}H${size}" stroke="#444"/></svg>`;
  return await sharp(Buffer.from(svg)).png().toBuffer();
}

/** With a tenth of its length to spare on both sides. */
function rangeOf(points: ArrayLike<number>): readonly [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < points.length; i++)
    [low, high] = [Math.min(low, points[i]!), Math.max(high, points[i]!)];
  const margin = Math.max(1e-6, 0.1 * (high - low));
  return low <= high ? [low - margin, high + margin] : [-1, 1];
}

function sharesOf(points: ArrayLike<number>, [low, high]: readonly [number, number]): Float64Array {
  const shares = new Float64Array(bins);
  for (let i = 0; i < points.length; i++) {
    const bin = Math.floor(((points[i]! - low) / (high - low)) * bins);
    if (bin >= 0 && bin < bins) shares[bin]! += 1 / points.length;
  }
  return shares;
}
