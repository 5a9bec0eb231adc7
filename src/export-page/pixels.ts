/** A pixel in [−1, 1] as a byte. */
export const toByte = (pixel: number): number => Math.min(255, Math.max(0, Math.round((pixel + 1) * 127.5)));

/** RGBA bytes of picture number `index` of [n, channels, height, width]; 1 channel is grey. */
export function rgbaOf(
  data: ArrayLike<number>,
  [channels, height, width]: readonly [number, number, number],
  index: number,
): Uint8ClampedArray<ArrayBuffer> {
  const plane = height * width;
  const start = index * channels * plane;
  const out = new Uint8ClampedArray(4 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) out[4 * i + c] = toByte(data[start + Math.min(c, channels - 1) * plane + i]!);
    out[4 * i + 3] = 255;
  }
  return out;
}
