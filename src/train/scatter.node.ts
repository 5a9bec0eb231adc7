import sharp from "sharp";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { lineHistogramPng } from "./line-histogram.node.ts";

/** Points in the plane: [n, 2]. */
export interface Points {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

export interface ScatterOptions {
  /** Side of the square picture in pixels. Default 480. */
  readonly size?: number;
}

/** Drawn in this order: what is generated lies on top. Blue and orange differ for colour-blind eyes too. */
const colours = { real: "#e8883a", fake: "#2563c9" } as const;

/** Writes real points (orange) and generated ones (blue) into one PNG file. The real ones set the frame. */
export async function writeScatter(
  file: string,
  points: { readonly real?: Points; readonly fake: Points },
  options: ScatterOptions = {},
): Promise<void> {
  await atomicWrite(file, await scatterPng(points, options));
}

/** The PNG bytes of a scatter of points, of histograms where they lie on a line. Points outside the frame are left out. */
export async function scatterPng(
  { real, fake }: { readonly real?: Points; readonly fake: Points },
  { size = 480 }: ScatterOptions = {},
): Promise<Uint8Array> {
  if (fake.shape[1] === 1)
    return await lineHistogramPng({ ...(real && { real: real.data }), fake: fake.data, colours, size });
  const frame = frameOf(real ?? fake);
  const dots = (points: Points, colour: string): string =>
    `<g fill="${colour}" fill-opacity="0.55">${circles(points, frame, size)}</g>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">` +
    `<rect width="100%" height="100%" fill="#fff"/>${axes(frame, size)}` +
    `${real ? dots(real, colours.real) : ""}${dots(fake, colours.fake)}</svg>`;
  return await sharp(Buffer.from(svg)).flatten({ background: "#fff" }).png().toBuffer();
}

/** A square around the points, with room at the edges. */
type Frame = { readonly left: number; readonly bottom: number; readonly side: number };

function frameOf({ data, shape }: Points): Frame {
  const dimensions = shape[1] ?? 2;
  const range = (axis: number): [number, number] => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = axis; i < data.length; i += dimensions) {
      const v = data[i]!;
      if (v < low) low = v;
      if (v > high) high = v;
    }
    return low <= high ? [low, high] : [-1, 1];
  };
  const [x, y] = [range(0), range(1)];
  const side = 1.3 * Math.max(x[1] - x[0], y[1] - y[0], 1e-6);
  return { left: (x[0] + x[1] - side) / 2, bottom: (y[0] + y[1] - side) / 2, side };
}

function circles({ data, shape }: Points, { left, bottom, side }: Frame, size: number): string {
  const dimensions = shape[1] ?? 2;
  const list: string[] = [];
  for (let i = 0; i + 1 < data.length; i += dimensions) {
    const x = ((data[i]! - left) / side) * size;
    const y = size - ((data[i + 1]! - bottom) / side) * size;
    if (x >= 0 && x <= size && y >= 0 && y <= size)
      list.push(`<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="2.2"/>`);
  }
  return list.join("");
}

/** Thin lines through 0, where it is in the frame. */
function axes({ left, bottom, side }: Frame, size: number): string {
  const [x, y] = [(-left / side) * size, size + (bottom / side) * size];
  return `<path d="M${x} 0V${size}M0 ${y}H${size}" stroke="#ddd" fill="none"/>`;
}
