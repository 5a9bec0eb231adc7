import { type BinaryProcess, coinEntropy, sequentialProcess } from "./binary-process.ts";
import { flipChance } from "./mesh.ts";

/** How far a pixel is from its source: one row up, two columns to the right. */
const reach = 2;

/**
 * x_ij = x_(i−1, j+2) XOR noise, the noise 1 with probability 0.05; pixels of the first row, and those whose source is outside,
 * are fair coins. The source lies where a PixelCNN of 3×3 kernels does not see (van den Oord et al. 2016, arXiv:1606.05328,
 * figure 1).
 */
export const blindSpot: BinaryProcess = {
  side: 8,
  ...sequentialProcess((x, at, side) => {
    if (!hasSource(at, side)) return 0.5;
    return x[at - side + reach] === 1 ? 1 - flipChance : flipChance;
  }),
  entropy(side) {
    const copies = (side - 1) * Math.max(0, side - reach);
    return copies * coinEntropy(flipChance) + (side * side - copies) * Math.LN2;
  },
};

/** Whether a pixel is a noisy copy of another. */
export function hasSource(at: number, side: number): boolean {
  return at >= side && (at % side) + reach < side;
}
