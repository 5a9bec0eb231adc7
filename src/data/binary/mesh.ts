import { type BinaryProcess, type Conditional, coinEntropy, sequentialProcess } from "./binary-process.ts";

const leftOf = (x: Uint8Array, at: number, side: number): number => (at % side > 0 ? x[at - 1]! : 0);
const aboveOf = (x: Uint8Array, at: number, side: number): number => (at >= side ? x[at - side]! : 0);

/** σ(−1.5 + 2.2 n) for n = left + above. */
const chances = [0, 1, 2].map((n) => 1 / (1 + Math.exp(1.5 - 2.2 * n)));
const meshConditional: Conditional = (x, at, side) => chances[leftOf(x, at, side) + aboveOf(x, at, side)]!;

/** The exact entropy takes 2^side · side² steps. */
const largestExact = 14;

/** A binary Markov mesh: p(x_ij = 1) = σ(−1.5 + 2.2 left + 2.2 above), with zeros outside. */
export const mesh: BinaryProcess = {
  side: 8,
  ...sequentialProcess(meshConditional),
  entropy: (side) => (side > largestExact ? undefined : meshEntropy(side)),
};

/**
 * Σ_ij E[H(σ(…))] with the exact distribution of the last `side` pixels, which the next one depends on: bit c is the last
 * pixel that was made in column c.
 */
function meshEntropy(side: number): number {
  let chance = new Float64Array(2 ** side);
  chance[0] = 1;
  let entropy = 0;
  for (let at = 0; at < side * side; at++) {
    const column = at % side;
    const next = new Float64Array(chance.length);
    for (const [last, p] of chance.entries()) {
      if (p === 0) continue;
      const left = column > 0 ? (last >> (column - 1)) & 1 : 0;
      const one = chances[left + ((last >> column) & 1)]!;
      entropy += p * coinEntropy(one);
      next[last | (1 << column)]! += p * one;
      next[last & ~(1 << column)]! += p * (1 - one);
    }
    chance = next;
  }
  return entropy;
}

/** How often a pixel is not what its neighbours say. */
export const flipChance = 0.05;

/** x_ij = left XOR above XOR noise, the noise 1 with probability 0.05, with zeros outside. */
export const xorMesh: BinaryProcess = {
  side: 8,
  ...sequentialProcess((x, at, side) =>
    leftOf(x, at, side) === aboveOf(x, at, side) ? flipChance : 1 - flipChance,
  ),
  entropy: (side) => side * side * coinEntropy(flipChance),
};
