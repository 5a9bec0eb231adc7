import { luma } from "../../data/channels.ts";
import { resizePlanes } from "../../data/resizers.ts";
import { UserError } from "../../tensor/index.ts";
import { type Sidecar, scaleOf, sidesOf } from "./sidecar.ts";

/**
 * Pictures [n, 1 or 3, h, w] with pixels in [−1, 1] as a network wants them: grey repeated or colour joined by luma, resized,
 * clipped to [−1, 1] (bicubic oversteps it), scaled, and with the channels where the network has them.
 */
export function fitPictures(
  pixels: Float32Array,
  shape: readonly number[],
  sidecar: Sidecar,
  name: string,
): Float32Array {
  const [n = 0, channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 4 || (channels !== 1 && channels !== 3)) {
    throw new UserError(
      `${name} takes pictures with 1 or 3 channels, but these examples are [${shape.slice(1).join(", ")}]; use --features pixels for them.`,
    );
  }
  const to = sidesOf(sidecar);
  const grey = sidecar.channels === 1 && channels === 3;
  const planes = grey ? toGrey(pixels, n, height * width) : pixels;
  const sized = resizePlanes(planes, { height, width }, to, sidecar.resize);
  const area = to.height * to.width;
  const have = grey ? 1 : channels;
  const scale = scaleOf(sidecar);
  const out = new Float32Array(n * sidecar.channels * area);
  const last = sidecar.layout === "NHWC";
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < sidecar.channels; c++) {
      const { a, b } = scale[c]!;
      const from = (i * have + (have === 1 ? 0 : c)) * area;
      const [start, stride] = last
        ? [i * sidecar.channels * area + c, sidecar.channels]
        : [(i * sidecar.channels + c) * area, 1];
      for (let p = 0; p < area; p++)
        out[start + p * stride] = a * Math.min(1, Math.max(-1, sized[from + p]!)) + b;
    }
  }
  return out;
}

function toGrey(pixels: Float32Array, n: number, area: number): Float32Array {
  const out = new Float32Array(n * area);
  for (let i = 0; i < n; i++)
    for (let c = 0; c < 3; c++)
      for (let p = 0; p < area; p++) out[i * area + p]! += luma[c]! * pixels[(3 * i + c) * area + p]!;
  return out;
}
