import { UserError } from "../errors.ts";
import { formatShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { permute } from "./permute.ts";
import { reshape } from "./reshape.ts";

/**
 * Turns channels into pixels (Shi et al. 2016, arXiv:1609.05158): x [N, C·r², H, W] → [N, C, H·r, W·r] with
 * y[n, c, h·r + i, w·r + j] = x[n, c·r² + i·r + j, h, w].
 */
export function pixelShuffle(x: Tensor, r: number): Tensor {
  const [n, c, h, w] = images("pixelShuffle", x, r);
  if (c % (r * r) !== 0) {
    throw new UserError(
      `pixelShuffle: ${c} channels of ${formatShape(x.shape)} do not divide into blocks of ${r}·${r}; use a multiple of ${r * r} channels.`,
    );
  }
  const parts = reshape(x, [n, c / (r * r), r, r, h, w]);
  return reshape(permute(parts, [0, 1, 4, 2, 5, 3]), [n, c / (r * r), h * r, w * r]);
}

/** Turns pixels into channels, undoing pixelShuffle: x [N, C, H·r, W·r] → [N, C·r², H, W]. */
export function pixelUnshuffle(x: Tensor, r: number): Tensor {
  const [n, c, h, w] = images("pixelUnshuffle", x, r);
  if (h % r !== 0 || w % r !== 0) {
    throw new UserError(
      `pixelUnshuffle: pictures ${formatShape([h, w])} do not divide into blocks of ${r}·${r}; use sizes that are multiples of ${r}.`,
    );
  }
  const parts = reshape(x, [n, c, h / r, r, w / r, r]);
  return reshape(permute(parts, [0, 1, 3, 5, 2, 4]), [n, c * r * r, h / r, w / r]);
}

function images(name: string, x: Tensor, r: number): [number, number, number, number] {
  if (x.rank !== 4 || !Number.isInteger(r) || r < 1) {
    throw new UserError(
      `${name}: got ${formatShape(x.shape)} and the factor ${r}, expected [N, C, H, W] and a whole number of at least 1.`,
    );
  }
  return x.shape as unknown as [number, number, number, number];
}
