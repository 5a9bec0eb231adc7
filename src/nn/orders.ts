/** Orders in which the pixels of a picture can be made: order[k] is the pixel (row · width + column) that comes k-th. */
import { createStream, type RandomStream, type Shape, sizeOf } from "../tensor/index.ts";

const along = (n: number): number[] => Array.from({ length: n }, (_, k) => k);

/** Row by row from the top left corner. */
export function rasterOrder(height: number, width: number): number[] {
  return along(height * width);
}

/** From the middle outwards, turning clockwise. */
export function spiralOrder(height: number, width: number): number[] {
  const inwards: number[] = [];
  let [top, left, bottom, right] = [0, 0, height - 1, width - 1];
  while (top <= bottom && left <= right) {
    for (let c = left; c <= right; c++) inwards.push(top * width + c);
    for (let r = top + 1; r <= bottom; r++) inwards.push(r * width + right);
    for (let c = right - 1; c >= left && bottom > top; c--) inwards.push(bottom * width + c);
    for (let r = bottom - 1; r > top && right > left; r--) inwards.push(r * width + left);
    [top, left, bottom, right] = [top + 1, left + 1, bottom - 1, right - 1];
  }
  return inwards.reverse();
}

/** Any order, all equally likely. */
export function randomOrder(n: number, random: RandomStream): number[] {
  const key = random.uniform(new Float32Array(n));
  return along(n).sort((a, b) => key[a]! - key[b]! || a - b);
}

/** Column by column from the top left corner. */
export function columnOrder(height: number, width: number): number[] {
  return along(height * width).map((k) => (k % height) * width + Math.floor(k / height));
}

/** Names of orders that `pixelOrder` makes. */
export const pixelOrders = [
  "raster",
  "raster-reversed",
  "columns",
  "columns-reversed",
  "spiral",
  "random",
] as const;

/** The order of that name over all elements of pictures [channels, height, width]; `seed` tells random ones apart. */
export function pixelOrder(name: (typeof pixelOrders)[number], shape: Shape, seed = 0): number[] {
  const [height, width] = shape.slice(-2) as [number, number];
  if (name === "random") return randomOrder(sizeOf(shape), createStream([seed, 0x6f72646])); // a key of its own
  const makers = { raster: rasterOrder, columns: columnOrder, spiral: spiralOrder };
  const order = makers[name.replace("-reversed", "") as keyof typeof makers](height, width);
  const channels = along(sizeOf(shape) / order.length);
  const all = channels.flatMap((c) => order.map((pixel) => c * order.length + pixel));
  return name.endsWith("-reversed") ? all.reverse() : all;
}
