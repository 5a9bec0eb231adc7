/**
 * A binary Markov mesh: pixel by pixel from the corner, p(x_ij = 1) = σ(−1.5 + 2.2 left + 2.2 up), with zeros outside. Its
 * log-probability is exact.
 */
import { createStream } from "../../src/tensor/random/index.ts";

export interface Mesh {
  readonly pixels: Uint8Array; // [count, side, side]
  readonly logProb: readonly number[];
  /** Of the first side² pixels. */
  logProbOf(pixels: Uint8Array): number;
}

export function mesh(side: number, count: number, key: Parameters<typeof createStream>[0]): Mesh {
  const chance = (left: number, up: number): number => 1 / (1 + Math.exp(1.5 - 2.2 * left - 2.2 * up));
  const u = createStream(key).uniform(new Float32Array(count * side * side));
  const pixels = new Uint8Array(u.length);
  const around = (x: Uint8Array, at: number, start: number): number => {
    const place = at - start;
    return chance(place % side > 0 ? x[at - 1]! : 0, place >= side ? x[at - side]! : 0);
  };
  for (let i = 0; i < count; i++) {
    const start = i * side * side;
    for (let at = start; at < start + side * side; at++)
      pixels[at] = u[at]! < around(pixels, at, start) ? 1 : 0;
  }
  const logProbOf = (x: Uint8Array): number => {
    let sum = 0;
    for (let at = 0; at < side * side; at++)
      sum += Math.log(x[at] === 1 ? around(x, at, 0) : 1 - around(x, at, 0));
    return sum;
  };
  const logProb = Array.from({ length: count }, (_, i) => logProbOf(pixels.subarray(i * side * side)));
  return { pixels, logProb, logProbOf };
}
