/** Clusters in the plane: every place in the colour of its nearest centre. */
import sharp from "sharp";
import { type Frame, gridOf } from "./density-figure.node.ts";

export interface VoronoiFigure {
  readonly frame: Frame;
  readonly centers: ArrayLike<number>; // [k, 2]
  readonly points: ArrayLike<number>; // [n, 2]
  readonly title: string;
}

const tints = [
  "#f6c9a8",
  "#a8dcca",
  "#e9c9dc",
  "#f5dfa6",
  "#bfe1f5",
  "#cfcfcf",
  "#a8c8e2",
  "#f5f0ac",
  "#d8c4f0",
  "#c9e8a8",
];
const titleHeight = 22;

const nearest = (centers: ArrayLike<number>, x: number, y: number): number => {
  let [best, label] = [Number.POSITIVE_INFINITY, 0];
  for (let k = 0; 2 * k < centers.length; k++) {
    const square = (x - centers[2 * k]!) ** 2 + (y - centers[2 * k + 1]!) ** 2;
    if (square < best) [best, label] = [square, k];
  }
  return label;
};

/** One figure as PNG bytes, `size` pixels wide: cells, points, and the centres as crosses. */
export async function voronoiPng(
  { frame, centers, points, title }: VoronoiFigure,
  size = 240,
): Promise<Buffer> {
  const { data } = gridOf(frame, size);
  const pixels = new Uint8Array(3 * size * size);
  for (let i = 0; i < size * size; i++) {
    const tint = tints[nearest(centers, data[2 * i]!, data[2 * i + 1]!) % tints.length]!;
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = Number.parseInt(tint.slice(1 + 2 * c, 3 + 2 * c), 16);
  }
  const ground = await sharp(pixels, { raw: { width: size, height: size, channels: 3 } })
    .png()
    .toBuffer();
  const place = (x: number, y: number): [number, number] => [
    ((x - frame.left) / (frame.right - frame.left)) * size,
    ((frame.top - y) / (frame.top - frame.bottom)) * size,
  ];
  const pairs = (values: ArrayLike<number>): [number, number][] =>
    Array.from({ length: values.length / 2 }, (_, i) => place(values[2 * i]!, values[2 * i + 1]!));
  const dots = pairs(points).map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="1"/>`);
  const crosses = pairs(centers).map(
    ([x, y]) => `M${(x - 5).toFixed(1)} ${y.toFixed(1)}h10M${x.toFixed(1)} ${(y - 5).toFixed(1)}v10`,
  );
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size + titleHeight}">` +
    `<text x="${size / 2}" y="15" font-family="sans-serif" font-size="13" text-anchor="middle" fill="#222">${title}</text>` +
    `<svg y="${titleHeight}" width="${size}" height="${size}"><g fill="#333" fill-opacity="0.45">${dots.join("")}</g>` +
    `<path d="${crosses.join("")}" stroke="#fff" stroke-width="5"/><path d="${crosses.join("")}" stroke="#b00020" stroke-width="2.5"/></svg></svg>`;
  return await sharp({ create: { width: size, height: size + titleHeight, channels: 3, background: "#fff" } })
    .composite([
      { input: ground, left: 0, top: titleHeight },
      { input: Buffer.from(svg), left: 0, top: 0 },
    ])
    .png({ palette: true, colours: 64 })
    .toBuffer();
}
