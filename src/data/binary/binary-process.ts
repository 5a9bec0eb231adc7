/** A known distribution of square binary pictures, of any side. Pixels are 0 or 1, row after row. */
export interface BinaryProcess {
  /** Pixels on each side unless asked otherwise. */
  readonly side: number;
  /** Uniform random numbers that one picture takes. */
  uniforms(side: number): number;
  /** Makes a picture of uniform random numbers. */
  draw(u: Float32Array, out: Uint8Array, side: number): void;
  /** Exact log-probability, nats. */
  logProb(x: Uint8Array, side: number): number;
  /** Nats per picture; undefined where it would take too long to compute. */
  entropy(side: number): number | undefined;
}

/** Entropy of a coin that shows 1 with probability p, nats. */
export function coinEntropy(p: number): number {
  return -p * Math.log(p) - (1 - p) * Math.log(1 - p);
}

/** P(pixel `at` is 1) given the pixels before it in raster order. */
export type Conditional = (x: Uint8Array, at: number, side: number) => number;

/** Pixels drawn one after another in raster order. */
export function sequentialProcess(
  conditional: Conditional,
): Pick<BinaryProcess, "uniforms" | "draw" | "logProb"> {
  return {
    uniforms: (side) => side * side,
    draw(u, out, side) {
      for (let at = 0; at < side * side; at++) out[at] = u[at]! < conditional(out, at, side) ? 1 : 0;
    },
    logProb(x, side) {
      let sum = 0;
      for (let at = 0; at < side * side; at++) {
        const p = conditional(x, at, side);
        sum += Math.log(x[at] === 1 ? p : 1 - p);
      }
      return sum;
    },
  };
}
