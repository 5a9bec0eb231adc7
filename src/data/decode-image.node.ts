import type { Sharp } from "sharp";

/** Most pixels a picture may have, 2²⁷ (134 million): a larger one could take more memory than the machine has. */
const pixelLimit = 2 ** 27;

/**
 * Makes the decoder of pictures: each as size × size pixels, or as it is without a size. sharp is loaded only where pictures are
 * decoded, it takes a tenth of a second.
 */
export async function imageDecoder(size?: number): Promise<(file: string) => Promise<Uint8Array>> {
  const { default: sharp } = await import("sharp");
  return async (file) => {
    const picture = sharp(file, { limitInputPixels: pixelLimit, failOn: "error", sequentialRead: true });
    return toBytes(picture, size);
  };
}

/** Height and width of a picture file, turned upright, read from its header. */
export async function imageSides(file: string): Promise<{ height: number; width: number }> {
  const { default: sharp } = await import("sharp");
  const { autoOrient } = await sharp(file, { limitInputPixels: pixelLimit }).metadata();
  return autoOrient;
}

/**
 * A picture as size × size pixels (or as many as it has) of 8-bit sRGB, channels last: turned upright by its EXIF entry, scaled with antialiasing
 * (Lanczos, 3 lobes) until it covers the square, cropped about the centre, transparency on white. Of an animation the first
 * frame. 16-bit, grey, palette and CMYK pictures are converted.
 */
async function toBytes(picture: Sharp, size: number | undefined): Promise<Uint8Array> {
  const upright = picture.autoOrient().flatten({ background: "#ffffff" });
  const sized =
    size === undefined ? upright : upright.resize(size, size, { fit: "cover", position: "centre" });
  const { data, info } = await sized
    .toColourspace("srgb")
    .removeAlpha()
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels === 3) return data;
  if (info.channels !== 1) throw new Error(`${info.channels} channels after conversion to sRGB`);
  return Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!);
}

/** Writes a picture's pixels channels first: [h·w, 3] → [3, h·w]. */
export function writePlanes(pixels: Uint8Array, out: Uint8Array): void {
  const area = pixels.length / 3;
  for (let i = 0; i < area; i++) {
    out[i] = pixels[3 * i]!;
    out[area + i] = pixels[3 * i + 1]!;
    out[2 * area + i] = pixels[3 * i + 2]!;
  }
}

// JPEG's rounding can tint a grey picture by a few units.
const greyTolerance = 4;

/** Whether a picture of three planes has no colour. */
export function isGrey(planes: Uint8Array): boolean {
  const area = planes.length / 3;
  for (let i = 0; i < area; i++) {
    const green = planes[area + i]!;
    if (
      Math.abs(planes[i]! - green) > greyTolerance ||
      Math.abs(planes[2 * area + i]! - green) > greyTolerance
    ) {
      return false;
    }
  }
  return true;
}

/** Three planes to one: 0.299R + 0.587G + 0.114B, rounded. */
export function greyPlane(planes: Uint8Array): Uint8Array {
  const area = planes.length / 3;
  return Uint8Array.from({ length: area }, (_, i) =>
    Math.round(0.299 * planes[i]! + 0.587 * planes[area + i]! + 0.114 * planes[2 * area + i]!),
  );
}
