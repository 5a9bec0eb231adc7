/** Pictures of densities in the plane: heat map, contours around shares of the mass, points and lines over it. */
import sharp from "sharp";
import type { Examples } from "../../train/latents.node.ts";
import { contourPath, massLevels } from "./contours.ts";

/** A rectangle of the plane. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
}

export interface DensityFigure {
  readonly frame: Frame;
  /** log p at the points of {@link gridOf}; left out, the ground stays white. */
  readonly logDensity?: ArrayLike<number>;
  /** Shares of the mass that contours enclose. Default 50, 90 and 99 %. */
  readonly shares?: readonly number[];
  /** Points [n, 2] in data units, drawn over it; `classes` colours them. */
  readonly points?: { readonly data: ArrayLike<number>; readonly classes?: ArrayLike<number> };
  /** Lines through points [n, 2] each. */
  readonly lines?: readonly ArrayLike<number>[];
  readonly title?: string;
}

/** Points of the frame in n rows of n, the top row first: the centres of n×n cells. [n², 2]. */
export function gridOf({ left, right, bottom, top }: Frame, n: number): Examples {
  const data = new Float32Array(2 * n * n);
  for (let i = 0; i < n * n; i++) {
    data[2 * i] = left + ((right - left) * ((i % n) + 0.5)) / n;
    data[2 * i + 1] = top - ((top - bottom) * (Math.floor(i / n) + 0.5)) / n;
  }
  return { data, shape: [n * n, 2] };
}

/** Tell classes apart for colour-blind eyes too (Okabe & Ito 2008). */
const colours = ["#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#0072b2", "#f0e442"];
const titleHeight = 22;

/** One figure as PNG bytes, `size` pixels wide. */
export async function densityPng(figure: DensityFigure, { size = 320 } = {}): Promise<Buffer> {
  const { frame, logDensity, title } = figure;
  const place = placing(frame, size);
  const n = logDensity ? Math.round(Math.sqrt(logDensity.length)) : 0;
  const layers = [
    contours(figure, n, size),
    ...(figure.lines ?? []).map((line) => `<path d="${pathOf(line, place)}" ${thin}/>`),
    dots(figure, place),
  ];
  const head = title === undefined ? 0 : titleHeight;
  const text = title === undefined ? "" : `<text x="${size / 2}" y="15" ${font}>${escaped(title)}</text>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size + head}">${text}` +
    `<svg y="${head}" width="${size}" height="${size}">${layers.join("")}</svg></svg>`;
  const ground = logDensity ? await heatMap(logDensity, n, size) : undefined;
  const blank = { width: size, height: size + head, channels: 3 as const, background: "#fff" };
  return await sharp({ create: blank })
    .composite([
      ...(ground ? [{ input: ground, left: 0, top: head }] : []),
      { input: Buffer.from(svg), left: 0, top: 0 },
    ])
    .png({ palette: true, colours: 128 })
    .toBuffer();
}

/** Figures side by side in one PNG. */
export async function figuresBeside(pngs: readonly Buffer[], { gap = 12 } = {}): Promise<Uint8Array> {
  const sizes = await Promise.all(pngs.map((png) => sharp(png).metadata()));
  let left = 0;
  const parts = pngs.map((input, i) => {
    const part = { input, left, top: 0 };
    left += sizes[i]!.width + gap;
    return part;
  });
  const height = Math.max(...sizes.map((s) => s.height));
  return await sharp({ create: { width: left - gap, height, channels: 3, background: "#fff" } })
    .composite(parts)
    .png({ palette: true, colours: 128 })
    .toBuffer();
}

const thin = 'stroke="#555" stroke-width="0.6" fill="none"';
const font = 'font-family="sans-serif" font-size="13" text-anchor="middle" fill="#222"';
const escaped = (text: string): string => text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`);

type Placing = (x: number, y: number) => readonly [number, number];

const placing =
  ({ left, right, bottom, top }: Frame, size: number): Placing =>
  (x, y) => [((x - left) / (right - left)) * size, ((top - y) / (top - bottom)) * size];

function pathOf(line: ArrayLike<number>, place: Placing): string {
  const parts: string[] = [];
  for (let i = 0; i + 1 < line.length; i += 2) {
    const [x, y] = place(line[i]!, line[i + 1]!);
    parts.push(`${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`);
  }
  return parts.join("");
}

function dots({ points, logDensity }: DensityFigure, place: Placing): string {
  if (!points) return "";
  const circles: string[] = [];
  for (let i = 0; 2 * i + 1 < points.data.length; i++) {
    const [x, y] = place(points.data[2 * i]!, points.data[2 * i + 1]!);
    const colour = colours[(points.classes?.[i] ?? 0) % colours.length];
    circles.push(`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="1.4" fill="${colour}"/>`);
  }
  return `<g fill-opacity="${logDensity ? 0.5 : 0.8}">${circles.join("")}</g>`;
}

function contours({ logDensity, shares = [0.5, 0.9, 0.99] }: DensityFigure, n: number, size: number): string {
  if (!logDensity) return "";
  return massLevels(logDensity, shares)
    .map((level) => `<path d="${contourPath(logDensity, n, level, size)}" stroke="#123" fill="none"/>`)
    .join("");
}

/** White where nothing is, dark blue at the mode; the root of p shows what is thin too. */
async function heatMap(logDensity: ArrayLike<number>, n: number, size: number): Promise<Buffer> {
  const values = Array.from(logDensity, (v) => (Number.isNaN(v) ? Number.NEGATIVE_INFINITY : v));
  const mode = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const pixels = new Uint8Array(3 * n * n);
  values.forEach((v, i) => {
    const share = Math.exp((v - mode) / 2);
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = 255 + share * ([8, 64, 140][c]! - 255);
  });
  return await sharp(pixels, { raw: { width: n, height: n, channels: 3 } })
    .resize(size, size, { kernel: "cubic" })
    .png()
    .toBuffer();
}
