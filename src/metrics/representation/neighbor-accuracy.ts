import { nearestNeighbors } from "../neighbors.ts";
import type { Products } from "../products.ts";
import type { Measured } from "../protocol.ts";
import { accuracyOf } from "./accuracy.ts";
import { checkSplit, type LabelledSplit } from "./linear-probe.ts";

export interface NeighborAccuracyOptions {
  readonly products: Products;
  /** Default 5. */
  readonly k?: number;
  readonly onProgress?: (share: number) => void;
}

/**
 * Accuracy of the k nearest training examples' vote, Euclidean distance, one vote each; of classes with equally many, the one
 * whose neighbour is nearest.
 */
export async function neighborAccuracy(
  split: LabelledSplit,
  { products, k = 5, onProgress }: NeighborAccuracyOptions,
): Promise<Measured> {
  checkSplit("k-NN accuracy", split);
  const { train, trainLabels, test, testLabels, classes } = split;
  const { indices } = await nearestNeighbors(test, train, { k, products, ...(onProgress && { onProgress }) });
  const predicted = Int32Array.from({ length: test.count }, (_, i) => {
    const near = Array.from(indices.subarray(i * k, (i + 1) * k), (row) => trainLabels[row]!);
    const votes = new Int32Array(classes);
    for (const label of near) votes[label]!++;
    return near.find((label) => votes[label] === Math.max(...votes))!;
  });
  return accuracyOf(`${k}-nearest-neighbour accuracy`, predicted, testLabels);
}
