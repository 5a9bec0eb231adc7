import type { BinaryProcess } from "./binary-process.ts";

/**
 * Bars and stripes (MacKay 2003, section 43.2): columns or rows by the throw of a coin, then each of them black or white. Of the
 * 2^(n+1) − 2 pictures, the all-black and the all-white one are twice as likely as any other.
 */
export const barsAndStripes: BinaryProcess = {
  side: 4,
  uniforms: (side) => side + 1,
  draw(u, out, side) {
    const columns = u[side]! < 0.5;
    for (let at = 0; at < side * side; at++)
      out[at] = u[columns ? at % side : Math.floor(at / side)]! < 0.5 ? 1 : 0;
  },
  logProb(x, side) {
    const equal = (step: (at: number) => number): boolean => x.every((v, at) => v === x[step(at)]);
    const bars = equal((at) => at % side);
    const stripes = equal((at) => at - (at % side));
    return Math.log((Number(bars) + Number(stripes)) / 2 ** (side + 1));
  },
  /** Two pictures of probability 2^(−n), all others half as likely. */
  entropy: (side) => (side + 1 - 2 ** (1 - side)) * Math.LN2,
};
