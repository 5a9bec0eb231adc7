/** Histograms beside each other. */
import sharp from "sharp";

export interface Bars {
  readonly colour: string;
  /** One count for each bin; all histograms have as many bins. */
  readonly bars: readonly number[];
}

const [left, bottom, tall, step] = [20, 240, 220, 18];

/** A PNG of one or two histograms, their bars side by side on one axis, drawn to a common height. */
export async function histogramPng(histograms: readonly Bars[]): Promise<Uint8Array> {
  const most = Math.max(1, ...histograms.flatMap(({ bars }) => bars));
  const bins = Math.max(...histograms.map(({ bars }) => bars.length));
  const wide = 14 / histograms.length;
  const rects = histograms.flatMap(({ colour, bars }, h) =>
    bars.map((n, i) => {
      const height = (n / most) * tall;
      return `<rect x="${left + i * step + h * wide}" y="${bottom - height}" width="${wide}" height="${height}" fill="${colour}"/>`;
    }),
  );
  const width = 2 * left + bins * step;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 20}">` +
    `<rect width="100%" height="100%" fill="#fff"/>${rects.join("")}` +
    `<path d="M${left - 5} ${bottom + 0.5}H${width - left + 5}" stroke="#444"/></svg>`;
  return await sharp(Buffer.from(svg)).png().toBuffer();
}
