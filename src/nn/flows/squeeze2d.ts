import { pixelShuffle, pixelUnshuffle } from "../../tensor/index.ts";
import { type Bijection, noVolumeChange } from "./bijection.ts";

/** Turns blocks of 2×2 pixels into channels, [N, C, H, W] → [N, 4C, H/2, W/2]: Dinh et al. 2016, section 3.6. */
export function squeeze2d(): Bijection {
  return {
    forward: (x) => ({ z: pixelUnshuffle(x, 2), logDet: noVolumeChange() }),
    inverse: (z) => pixelShuffle(z, 2),
    outputShape: ([c, h, w]) => [4 * c!, h! / 2, w! / 2],
  };
}
