import {
  add,
  arange,
  equal,
  gather,
  logicalAnd,
  mul,
  permute,
  pixelShuffle,
  reshape,
  type StreamingPass,
  sub,
  type Tensor,
  where,
  zeros,
} from "../tensor/index.ts";
import { layer } from "./scope.ts";
import { type StreamedPlace, streamedName, streamedPlace, streamingPass } from "./streaming.ts";

/** `pixelShuffle` to twice the size, [N, 4C, H, W] → [N, C, 2H, 2W], that may be evaluated part by part. */
export function shuffleUp(x: Tensor): Tensor {
  return layer("shuffleUp", () => {
    const pass = streamingPass();
    if (!pass) return pixelShuffle(x, 2);
    const name = `${streamedName()}/row`;
    const place = streamedPlace(pass, name, x);
    if (pass.mode === "open") {
      pass.keep(name, zeros([place.width, x.shape[1]!, pass.count]));
      pass.keep(`${name}s`, zeros([pass.count, x.shape[1]!, 1, place.width]));
      return pixelShuffle(x, 2);
    }
    return pass.mode === "row" ? streamedRow(pass, name, x, place) : streamedPixel(pass, name, x, place);
  });
}

/** Which of the two finer rows (columns) the part is in: 0 or 1. */
function half(pass: StreamingPass, coarse: StreamedPlace, at: "row" | "column"): Tensor {
  const scale = pass.size[1] / coarse.width / 2;
  return sub(scale === 1 ? pass[at] : pass[at].div(scale), mul(coarse[at], 2));
}

/** The coarse row is kept: it makes two rows of the finer picture. */
function streamedRow(pass: StreamingPass, name: string, x: Tensor, place: StreamedPlace): Tensor {
  const channels = x.shape[1]! / 4;
  const row = where(place.active!, x, pass.read(`${name}s`));
  pass.keep(`${name}s`, row);
  const parts = reshape(row, [pass.count, channels, 2, 2, place.width]);
  const own = gather(parts, half(pass, place, "row"), 2); // [n, C, 2, W]
  return reshape(permute(own, [0, 1, 3, 2]), [pass.count, channels, 1, 2 * place.width]);
}

/** The positions of the coarse row are kept as they come, [W, 4C, n]. */
function streamedPixel(pass: StreamingPass, name: string, x: Tensor, place: StreamedPlace): Tensor {
  const channels = x.shape[1]! / 4;
  const { width, column, active } = place;
  const slots = reshape(arange(0, width, 1, "int32"), [width, 1, 1]);
  const here = logicalAnd(equal(slots, column), active!);
  const row = where(here, reshape(x, [1, 4 * channels, pass.count]), pass.read(name));
  if (!pass.complete) pass.keep(name, row);
  const own = reshape(gather(row, column, 0), [channels, 4, pass.count]);
  const part = add(mul(half(pass, place, "row"), 2), half(pass, place, "column"));
  return reshape(gather(own, part, 1), [1, channels, 1, pass.count]);
}
