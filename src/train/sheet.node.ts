import sharp from "sharp";
import { atomicWrite } from "../data/atomic-write.node.ts";
import { UserError } from "../tensor/index.ts";

export { type Points, type ScatterOptions, scatterPng, writeScatter } from "./scatter.node.ts";

/** Pictures: [n, channels, height, width], pixels in [−1, 1], 1 or 3 channels. */
export interface Pictures {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

export interface SheetOptions {
  /** Pictures in a row. Default: about as many as there are rows. */
  readonly columns?: number;
  /** Each pixel becomes a square of so many. Default: 1 to 4, so that small pictures are easy to see. */
  readonly scale?: number;
}

/** Pixels between two pictures and around the sheet. */
const gap = 1;
/** Grey level of the gaps: stands out from black and from white digits. */
const gapLevel = 110;

/** Writes pictures side by side into one PNG file. */
export async function writeSheet(
  file: string,
  pictures: Pictures,
  options: SheetOptions = {},
): Promise<void> {
  await atomicWrite(file, await sheetPng(pictures, options));
}

/** The PNG bytes of a sheet of pictures. */
export async function sheetPng(pictures: Pictures, options: SheetOptions = {}): Promise<Uint8Array> {
  const { pixels, width, height, channels } = layOut(pictures, options);
  return await sharp(pixels, { raw: { width, height, channels } }).png().toBuffer();
}

/** A pixel in [−1, 1] as a byte. */
export function toByte(pixel: number): number {
  return Math.min(255, Math.max(0, Math.round((pixel + 1) * 127.5)));
}

type Sheet = { pixels: Uint8Array; width: number; height: number; channels: 1 | 3 };

function layOut({ data, shape }: Pictures, { columns, scale }: SheetOptions): Sheet {
  const [n = 0, channels = 0, h = 0, w = 0] = shape;
  if (shape.length !== 4 || n < 1 || (channels !== 1 && channels !== 3)) {
    throw new UserError(
      `A sheet needs pictures [n, 1 or 3 channels, height, width], got [${shape.join(", ")}].`,
    );
  }
  const factor = scale ?? Math.min(4, Math.max(1, Math.round(96 / Math.max(h, w))));
  const across = Math.min(n, columns ?? Math.ceil(Math.sqrt(n)));
  const down = Math.ceil(n / across);
  const [cellWidth, cellHeight] = [w * factor + gap, h * factor + gap];
  const [width, height] = [across * cellWidth + gap, down * cellHeight + gap];
  const pixels = new Uint8Array(width * height * channels).fill(gapLevel);
  for (let i = 0; i < n; i++) {
    const [left, top] = [(i % across) * cellWidth + gap, Math.floor(i / across) * cellHeight + gap];
    for (let y = 0; y < h * factor; y++) {
      const from = i * channels * h * w + Math.floor(y / factor) * w;
      for (let x = 0; x < w * factor; x++) {
        const to = ((top + y) * width + left + x) * channels;
        for (let c = 0; c < channels; c++)
          pixels[to + c] = toByte(data[from + c * h * w + Math.floor(x / factor)]!);
      }
    }
  }
  return { pixels, width, height, channels };
}
