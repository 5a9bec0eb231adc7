/** Mirrors a picture of rows of `width` pixels left to right, in place. */
export function flipRows(pixels: Float32Array, width: number): void {
  for (let at = 0; at < pixels.length; at += width) pixels.subarray(at, at + width).reverse();
}
