import type { Dataset } from "./dataset.ts";

/** A changed data set without the log p and the entropy of what it was made of. */
export function withoutTruth({ logProb, entropy, modes, ...dataset }: Dataset): Dataset {
  return dataset;
}
