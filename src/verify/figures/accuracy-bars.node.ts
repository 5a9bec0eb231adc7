/** Pairs of bars, such as accuracy on training and on test examples of several networks. */
import sharp from "sharp";

export interface BarPair {
  readonly label: string;
  /** Percent: the first light, the second dark. */
  readonly values: readonly [number, number];
}

export interface BarsFigure {
  readonly title: string;
  /** What the two bars of a pair are. */
  readonly names: readonly [string, string];
  readonly pairs: readonly BarPair[];
}

const [left, top, tall, wide] = [34, 44, 150, 78];
const tints = ["#a8c8e2", "#0b5cad"] as const;
const font = 'font-family="sans-serif" font-size="11" fill="#222"';

/** One figure as PNG bytes; the axis is from 0 to 100 %. */
export async function accuracyBarsPng({ title, names, pairs }: BarsFigure): Promise<Buffer> {
  const width = left + wide * pairs.length + 10;
  const bottom = top + tall;
  const bars = pairs.flatMap(({ label, values }, k) => {
    const x = left + wide * k + 10;
    const pair = values.map((value, i) => {
      const height = (value / 100) * tall;
      const at = x + 30 * i;
      return (
        `<rect x="${at}" y="${(bottom - height).toFixed(1)}" width="28" height="${height.toFixed(1)}" fill="${tints[i]}"/>` +
        `<text x="${at + 14}" y="${(bottom - height - 3).toFixed(1)}" ${font} text-anchor="middle">${value.toFixed(0)}</text>`
      );
    });
    const lines = label.split("\n");
    const texts = lines.map(
      (line, i) =>
        `<text x="${x + 29}" y="${bottom + 14 + 12 * i}" ${font} text-anchor="middle">${line}</text>`,
    );
    return [...pair, ...texts];
  });
  const ticks = [0, 50, 100].map(
    (v) => `<text x="${left - 4}" y="${bottom - (v / 100) * tall + 4}" ${font} text-anchor="end">${v}</text>`,
  );
  const legend = names.map(
    (name, i) =>
      `<rect x="${left + 90 * i}" y="22" width="9" height="9" fill="${tints[i]}"/><text x="${left + 13 + 90 * i}" y="31" ${font}>${name}</text>`,
  );
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${bottom + 34}"><rect width="100%" height="100%" fill="#fff"/>` +
    `<text x="${width / 2}" y="14" ${font} text-anchor="middle">${title}</text>${legend.join("")}${ticks.join("")}${bars.join("")}` +
    `<path d="M${left} ${bottom + 0.5}H${width - 10}" stroke="#444"/></svg>`;
  return await sharp(Buffer.from(svg)).png({ palette: true, colours: 64 }).toBuffer();
}
