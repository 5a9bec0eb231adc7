/** Who is nearer where distances are equal: decided by chance, or pooled order would tell the samples apart. */
import { deriveKey, fillPermutation } from "../../tensor/random/index.ts";

/** A random rank for each row. */
export function randomRanks(count: number, seed: number, name: string): Int32Array {
  const ranks = new Int32Array(count);
  fillPermutation(ranks, deriveKey(seed, `two-sample/${name}`, "ties"));
  return ranks;
}
