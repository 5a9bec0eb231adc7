/** Densities on the line: bars and curves over one axis. */
import sharp from "sharp";

export interface CurveFigure {
  readonly low: number;
  readonly high: number;
  /** Heights of bars of equal width from low to high, as a density. */
  readonly bars?: ArrayLike<number>;
  /** Density at places spread evenly from low to high. */
  readonly curves: readonly { readonly density: ArrayLike<number>; readonly colour: string }[];
  /** Single examples, drawn as ticks below the axis. */
  readonly ticks?: ArrayLike<number>;
  readonly title: string;
}

/** The bars of a histogram as a density: counts over n and the width. */
export function barsOf(
  x: ArrayLike<number>,
  { low, high }: Pick<CurveFigure, "low" | "high">,
  bins: number,
): Float64Array {
  const width = (high - low) / bins;
  const bars = new Float64Array(bins);
  for (let i = 0; i < x.length; i++) {
    const bin = Math.floor((x[i]! - low) / width);
    if (bin >= 0 && bin < bins) bars[bin]! += 1 / (x.length * width);
  }
  return bars;
}

const titleHeight = 22;
const ticksHeight = 14;

/** One figure as PNG bytes, `size` pixels wide and high. */
export async function curvePng(figure: CurveFigure, size = 320): Promise<Buffer> {
  const { low, high, bars = [], curves, ticks = [], title } = figure;
  const bottom = size - ticksHeight;
  const most = Math.max(...Array.from(bars), ...curves.flatMap(({ density }) => Array.from(density)));
  const height = (p: number): string => ((p / most) * 0.95 * (bottom - 4)).toFixed(1);
  const width = size / Math.max(1, bars.length);
  const rects = Array.from(
    bars,
    (p, i) =>
      `<rect x="${(i * width).toFixed(1)}" y="${(bottom - Number(height(p))).toFixed(1)}" width="${width.toFixed(1)}" height="${height(p)}"/>`,
  );
  const paths = curves.map(({ density, colour }) => {
    const places = Array.from(density, (p, i) => {
      const x = ((i + 0.5) / density.length) * size;
      return `${x.toFixed(1)} ${(bottom - Number(height(p))).toFixed(1)}`;
    });
    return `<path d="M${places.join("L")}" stroke="${colour}" stroke-width="2" fill="none"/>`;
  });
  const marks = Array.from(
    ticks,
    (x) => `M${(((x - low) / (high - low)) * size).toFixed(1)} ${bottom + 2}v9`,
  );
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size + titleHeight}"><rect width="100%" height="100%" fill="#fff"/>` +
    `<text x="${size / 2}" y="15" font-family="sans-serif" font-size="13" text-anchor="middle" fill="#222">${title}</text>` +
    `<svg y="${titleHeight}" width="${size}" height="${size}"><g fill="#c9d6e4" stroke="#fff" stroke-width="0.5">${rects.join("")}</g>` +
    `${paths.join("")}<path d="M0 ${bottom}H${size}" stroke="#444"/><path d="${marks.join("")}" stroke="#d55e00" stroke-width="0.7"/></svg></svg>`;
  return await sharp(Buffer.from(svg)).png({ palette: true, colours: 64 }).toBuffer();
}
